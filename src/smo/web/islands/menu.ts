/** A menu made of <details>: closes on Escape, on a click elsewhere, and when focus leaves it. Works without script too. */
class SmoMenu extends HTMLElement {
  connectedCallback(): void {
    const details = this.querySelector("details");
    const summary = this.querySelector("summary");
    if (!details || !summary) return;
    this.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !details.open) return;
      details.open = false;
      summary.focus();
    });
    this.addEventListener("focusout", (event) => {
      if (event.relatedTarget instanceof Node && !this.contains(event.relatedTarget)) details.open = false;
    });
    document.addEventListener("click", (event) => {
      if (event.target instanceof Node && !this.contains(event.target)) details.open = false;
    });
  }
}

customElements.define("smo-menu", SmoMenu);
