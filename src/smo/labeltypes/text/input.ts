import { type LabelInput, tell } from "../../web/islands/label-input";

/**
 * Words written freely. Escape leaves the field, so that single keys mean options again.
 *
 * <s-text><textarea data-key="f"></textarea></s-text>
 */
class SmoText extends HTMLElement implements LabelInput {
  connectedCallback(): void {
    this.addEventListener("input", () => tell(this));
    this.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.#field()?.blur();
    });
  }

  get answer(): unknown {
    const text = this.#field()?.value.trim() ?? "";
    return text === "" ? undefined : text;
  }

  set answer(value: unknown) {
    const field = this.#field();
    if (field) field.value = typeof value === "string" ? value : "";
  }

  get words(): string {
    return String(this.answer ?? "");
  }

  press(key: string): boolean {
    const field = this.#field();
    if (!field || field.dataset["key"] !== key) return false;
    field.focus();
    return true;
  }

  #field(): HTMLTextAreaElement | null {
    return this.querySelector("textarea");
  }
}

customElements.define("s-text", SmoText);
