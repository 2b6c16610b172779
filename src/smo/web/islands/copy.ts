/** Copies the text of its <code>; without script or clipboard the text can still be selected. */
class SmoCopy extends HTMLElement {
  connectedCallback(): void {
    const button = this.querySelector("button");
    const text = this.querySelector("code")?.textContent ?? "";
    const said = this.querySelector<HTMLElement>("[role=status]");
    if (!button || !navigator.clipboard) return;
    button.hidden = false;
    button.addEventListener("click", () => {
      void navigator.clipboard.writeText(text).then(() => {
        if (said) said.textContent = this.dataset["done"] ?? "";
      });
    });
  }
}

customElements.define("smo-copy", SmoCopy);
