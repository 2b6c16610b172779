/** Keys by meaning, on any keyboard layout. */

/**
 * The key that was pressed: digits by their place (so that no Shift is needed on AZERTY), Latin letters by what they
 * write, letters of other scripts by their place, everything else by its name.
 */
export function keyOf(event: KeyboardEvent): string {
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code)?.[1];
  if (digit && (!event.shiftKey || /\d/.test(event.key))) return digit;
  if (/^[a-z]$/i.test(event.key)) return event.key.toLowerCase();
  const letter = /^Key([A-Z])$/.exec(event.code)?.[1];
  return letter && event.key.length === 1 ? letter.toLowerCase() : event.key;
}

/** Is somebody writing, so that letters are letters? */
export function isWriting(event: KeyboardEvent): boolean {
  const target = event.composedPath()[0];
  if (event.isComposing) return true;
  if (target instanceof HTMLInputElement) return !["radio", "checkbox", "button", "submit"].includes(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || (target instanceof HTMLElement && target.isContentEditable);
}

/** May a single key act now: nobody writes, no dialog is open, no shortcut of the browser is meant? */
export function isFree(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return false;
  return !isWriting(event) && document.querySelector("dialog[open]") === null;
}
