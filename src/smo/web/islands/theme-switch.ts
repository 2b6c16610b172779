/** Switches light and dark at once and lets the form remember it in the background; without script the form posts. */
class SmoThemeSwitch extends HTMLElement {
  connectedCallback(): void {
    const form = this.querySelector("form");
    if (!form) return;
    this.show(form);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const data = new FormData(form);
      document.documentElement.dataset["bsTheme"] = String(data.get("theme"));
      void fetch(form.action, { method: "POST", body: data, redirect: "manual" });
      this.show(form);
    });
  }

  /** The button always offers the other theme. */
  private show(form: HTMLFormElement): void {
    const isDark = document.documentElement.dataset["bsTheme"] === "dark";
    const field = form.querySelector<HTMLInputElement>("input[name=theme]");
    if (field) field.value = isDark ? "light" : "dark";
    for (const part of this.querySelectorAll<HTMLElement>("[data-for]")) {
      part.hidden = part.dataset["for"] !== (isDark ? "light" : "dark");
    }
  }
}

customElements.define("smo-theme-switch", SmoThemeSwitch);
