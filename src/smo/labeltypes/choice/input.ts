import { boxes, type LabelInput, tell, wordsOf } from "../../web/islands/label-input";

/**
 * One label out of a list.
 *
 * <s-choice><label class="s-option"><input type="radio" name="q-rule" value="yes" data-key="1"> ...</label></s-choice>
 */
class SmoChoice extends HTMLElement implements LabelInput {
  connectedCallback(): void {
    this.addEventListener("change", () => tell(this));
  }

  get answer(): unknown {
    return this.#chosen()?.value;
  }

  set answer(value: unknown) {
    for (const box of boxes(this)) box.checked = box.value === value;
  }

  get words(): string {
    return wordsOf(this.#chosen());
  }

  press(key: string): boolean {
    const box = boxes(this).find((one) => one.dataset["key"] === key);
    if (!box) return false;
    box.checked = true;
    tell(this);
    return true;
  }

  #chosen(): HTMLInputElement | undefined {
    return boxes(this).find((box) => box.checked);
  }
}

customElements.define("s-choice", SmoChoice);
