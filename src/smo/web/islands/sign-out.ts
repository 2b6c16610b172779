import { ofOwner, openStore, wipe } from "./unsent-store";

/**
 * The form that signs out: asks first when answers of this account wait in the browser, and wipes them.
 *
 * <smo-sign-out data-owner="..." data-question="%(count)s answers ..."><form>...</form></smo-sign-out>
 */
class SmoSignOut extends HTMLElement {
  connectedCallback(): void {
    this.addEventListener("submit", (event) => {
      if (!(event.target instanceof HTMLFormElement) || !this.dataset["owner"] || !("indexedDB" in window)) return;
      event.preventDefault();
      void this.#leave(event.target);
    });
  }

  async #leave(form: HTMLFormElement): Promise<void> {
    const owner = this.dataset["owner"] ?? "";
    try {
      const store = await openStore();
      const count = (await ofOwner(store, owner)).length;
      const question = (this.dataset["question"] ?? "").replace("%(count)s", String(count));
      if (count > 0 && !window.confirm(question)) return;
      await wipe(store, owner);
    } catch {
      // a browser without a store has nothing to lose
    }
    form.submit();
  }
}

customElements.define("smo-sign-out", SmoSignOut);
