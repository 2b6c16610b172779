import { boxes, type LabelInput, tell, wordsOf } from "../../web/islands/label-input";

/**
 * A point on a numbered scale: buttons, or a number to write where there are many points.
 *
 * <s-scale><label class="s-option"><input type="radio" name="q-severity" value="2" data-key="2"> ...</label></s-scale>
 * <s-scale><input type="number" min="0" max="100" step="1"></s-scale>
 */
class SmoScale extends HTMLElement implements LabelInput {
  connectedCallback(): void {
    this.addEventListener("input", () => tell(this));
  }

  get answer(): unknown {
    const number = this.#number();
    const text = number ? number.value : this.#chosen()?.value;
    return text === undefined || text === "" ? undefined : Number(text);
  }

  set answer(value: unknown) {
    const number = this.#number();
    if (number) number.value = typeof value === "number" ? String(value) : "";
    for (const box of boxes(this)) box.checked = typeof value === "number" && Number(box.value) === value;
  }

  get words(): string {
    return wordsOf(this.#chosen()) || String(this.answer ?? "");
  }

  press(key: string): boolean {
    const box = boxes(this).find((one) => one.dataset["key"] === key);
    if (!box) return false;
    box.checked = true;
    tell(this);
    return true;
  }

  #number(): HTMLInputElement | null {
    return this.querySelector("input[type=number]");
  }

  #chosen(): HTMLInputElement | undefined {
    return boxes(this).find((box) => box.checked);
  }
}

customElements.define("s-scale", SmoScale);
