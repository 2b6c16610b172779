import { page } from "./wire";

/**
 * The guideline beside the item: one version at a time, fetched once and kept; rules narrow while one types.
 *
 * <s-guideline data-address=".../guideline/00000000-0000-0000-0000-000000000000">
 *   <input type="search"><div data-version="..."><details class="s-rule" data-code="H-2">...</details></div></s-guideline>
 */
export class SmoGuideline extends HTMLElement {
  #versions = new Map<string, Element>();

  connectedCallback(): void {
    const shown = this.#shown();
    if (shown?.dataset["version"]) this.#versions.set(shown.dataset["version"], shown);
    this.addEventListener("input", () => this.#narrow());
    this.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && event.target instanceof HTMLInputElement) event.target.blur();
    });
  }

  /** The version that lies before the reader's eyes. */
  get version(): string | null {
    return this.#shown()?.dataset["version"] ?? null;
  }

  get codes(): { code: string; title: string }[] {
    return [...this.querySelectorAll<HTMLElement>(".s-rule")].map((rule) => ({
      code: rule.dataset["code"] ?? "",
      title: rule.querySelector("summary")?.textContent?.trim() ?? "",
    }));
  }

  /** Turns to a version, fetching it when it is not here; errors as `page`. */
  async turnTo(version: string): Promise<void> {
    if (version === this.version) return;
    if (!this.#versions.has(version)) {
      const text = await page((this.dataset["address"] ?? "").replace(/[0-9a-f-]{36}$/, version));
      const fragment = document.createRange().createContextualFragment(text);
      const found = fragment.querySelector("[data-version]");
      if (!found) return;
      this.#versions.set(version, found);
    }
    const next = this.#versions.get(version);
    if (next) this.#shown()?.replaceWith(next);
    this.#narrow();
  }

  search(): void {
    this.querySelector<HTMLInputElement>("input[type=search]")?.focus();
  }

  #shown(): HTMLElement | null {
    return this.querySelector("[data-version]");
  }

  #narrow(): void {
    const words = (this.querySelector<HTMLInputElement>("input[type=search]")?.value ?? "").toLowerCase().split(/\s+/).filter(Boolean);
    const rules = [...this.querySelectorAll<HTMLDetailsElement>(".s-rule")];
    const found = rules.filter((rule) => words.every((word) => rule.textContent?.toLowerCase().includes(word)));
    for (const rule of rules) rule.hidden = !found.includes(rule);
    if (words.length && found.length === 1 && found[0]) found[0].open = true;
    const none = this.querySelector<HTMLElement>("[data-none-found]");
    if (none) none.hidden = found.length > 0 || words.length === 0;
  }
}

customElements.define("s-guideline", SmoGuideline);
