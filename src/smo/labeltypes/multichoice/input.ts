import { boxes, type LabelInput, tell, wordsOf } from "../../web/islands/label-input";

/**
 * Any number of labels out of a list; "none of these" (`data-none`) is the empty set, and no box at all no answer.
 *
 * <s-multichoice data-most="2"><label class="s-option"><input type="checkbox" value="slur" data-key="1"> ...</label>
 *   <label class="s-option"><input type="checkbox" value="" data-none data-key="3"> ...</label></s-multichoice>
 */
class SmoMultichoice extends HTMLElement implements LabelInput {
  connectedCallback(): void {
    this.addEventListener("change", (event) => {
      if (event.target instanceof HTMLInputElement) this.#settle(event.target);
      tell(this);
    });
  }

  get answer(): unknown {
    const chosen = this.#chosen();
    if (chosen.some((box) => "none" in box.dataset)) return [];
    return chosen.length ? chosen.map((box) => box.value) : undefined;
  }

  set answer(value: unknown) {
    const names: unknown[] = Array.isArray(value) ? value : [];
    for (const box of boxes(this)) {
      box.checked = "none" in box.dataset ? Array.isArray(value) && names.length === 0 : names.includes(box.value);
    }
  }

  get words(): string {
    return this.#chosen().map(wordsOf).join(", ");
  }

  press(key: string): boolean {
    const box = boxes(this).find((one) => one.dataset["key"] === key);
    if (!box) return false;
    box.checked = !box.checked;
    this.#settle(box);
    tell(this);
    return true;
  }

  /** A label and "none of these" exclude each other; beyond the most that may be chosen nothing more is taken. */
  #settle(changed: HTMLInputElement): void {
    if (!changed.checked) return;
    const isNone = "none" in changed.dataset;
    for (const box of boxes(this)) if (box !== changed && isNone !== "none" in box.dataset) box.checked = false;
    const most = Number(this.dataset["most"] || Infinity);
    if (this.#chosen().length > most) changed.checked = false;
  }

  #chosen(): HTMLInputElement[] {
    return boxes(this).filter((box) => box.checked);
  }
}

customElements.define("s-multichoice", SmoMultichoice);
