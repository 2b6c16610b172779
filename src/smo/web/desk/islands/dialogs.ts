/** The desk's dialogs: native ones, closed by Escape, answered by Enter, with digits for their choices. */

export function dialog(desk: HTMLElement, name: string): HTMLDialogElement | null {
  return desk.querySelector<HTMLDialogElement>(`dialog[data-dialog="${name}"]`);
}

export function emptied(desk: HTMLElement, name: string): void {
  dialog(desk, name)?.querySelector("form")?.reset();
}

/** Digits choose, Ctrl+Enter sends, the close buttons close. */
export function readyDialogs(desk: HTMLElement): void {
  for (const box of desk.querySelectorAll("dialog")) {
    box.addEventListener("click", (event) => {
      if (event.target instanceof Element && event.target.closest("[data-close]")) box.close();
    });
    box.addEventListener("keydown", (event) => {
      const isText = event.target instanceof HTMLTextAreaElement;
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey || (!isText && event.target instanceof HTMLInputElement))) {
        event.preventDefault();
        box.querySelector("form")?.requestSubmit();
      }
      const choice = isText ? undefined : box.querySelectorAll<HTMLInputElement>("input[type=radio]")[Number(event.key) - 1];
      if (choice) {
        choice.checked = true;
        choice.focus();
      }
    });
  }
}

/** Asks in a dialog; what was filled in, or nothing when it was closed. What is written stays until `emptied`. */
export function filled(desk: HTMLElement, name: string, rules: readonly { code: string; title: string }[]): Promise<Record<string, string> | null> {
  const box = dialog(desk, name);
  const form = box?.querySelector("form");
  if (!box || !form) return Promise.resolve(null);
  const select = form.querySelector<HTMLSelectElement>("select[name=rule_code]");
  if (select) {
    const chosen = select.value;
    select.replaceChildren(select.options[0]!, ...rules.map(({ code, title }) => new Option(title, code)));
    select.value = chosen;
  }
  box.showModal();
  form.querySelector<HTMLElement>("input, textarea")?.focus();
  return new Promise((resolve) => {
    const done = new AbortController();
    const settle = (given: Record<string, string> | null): void => {
      done.abort();
      box.close();
      resolve(given);
    };
    form.addEventListener(
      "submit",
      (event) => {
        event.preventDefault();
        settle(Object.fromEntries([...new FormData(form)].map(([key, value]) => [key, String(value)])));
      },
      { signal: done.signal },
    );
    box.addEventListener("close", () => settle(null), { signal: done.signal });
  });
}
