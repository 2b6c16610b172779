/** What every label input does for the form of questions. */
export interface LabelInput extends HTMLElement {
  /** The answer as its label type wants it; undefined while nothing is answered. Setting it does not fire. */
  answer: unknown;
  /** The words of the answer, for a line beside a turn. */
  readonly words: string;
  /** Does what a key stands for; false when it stands for nothing here. */
  press(key: string): boolean;
  /** The shown text that the answer is about; only spans mind. */
  body?: HTMLElement | null;
}

/** Fired by an input when a person has answered. */
export const ANSWER = "s-answer";

export function tell(input: HTMLElement): void {
  input.dispatchEvent(new CustomEvent(ANSWER, { bubbles: true }));
}

/** The boxes of an input, radio or check. */
export function boxes(input: HTMLElement): HTMLInputElement[] {
  return [...input.querySelectorAll<HTMLInputElement>("input[type=radio], input[type=checkbox]")];
}

export function wordsOf(box: Element | null | undefined): string {
  return box?.closest(".s-option")?.querySelector("span:last-child")?.textContent ?? "";
}
