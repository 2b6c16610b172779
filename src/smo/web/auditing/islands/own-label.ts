import { isFree, keyOf } from "../../islands/keys";
import type { SmoQuestions } from "../../islands/questions";

const IDLE_MS = 60_000;

/** Milliseconds in which the page was seen and, within the minute before, touched. */
class ActiveTime {
  #sum = 0;
  #since = performance.now();
  #touched = performance.now();

  constructor() {
    for (const name of ["pointermove", "pointerdown", "keydown", "scroll", "touchstart"]) {
      document.addEventListener(name, () => this.touch(), { passive: true, capture: true });
    }
    document.addEventListener("visibilitychange", () => this.#settle());
  }

  touch(): void {
    this.#settle();
    this.#touched = performance.now();
  }

  get ms(): number {
    this.#settle();
    return Math.round(this.#sum);
  }

  /** Adds what has passed; beyond a minute without a touch nobody was at it, nor while the page was hidden. */
  #settle(): void {
    const now = performance.now();
    const end = Math.min(now, this.#touched + IDLE_MS);
    if (end > this.#since) this.#sum += end - this.#since;
    this.#since = now;
    if (document.hidden) this.#touched = -IDLE_MS;
  }
}

/**
 * The own label of an audit: Ctrl+Enter locks when every required question is answered, else it leads to the first that
 * is not. N leads to the button that says there is no unique answer, so that no single key locks anything.
 *
 * <s-own-label data-faults="[]"><form data-own-label><input name="active_ms">
 *   <s-questions></s-questions><button data-key="Ctrl+Enter"></button><button data-key="N"></button></form></s-own-label>
 */
class SmoOwnLabel extends HTMLElement {
  #time = new ActiveTime();

  connectedCallback(): void {
    const form = this.querySelector("form");
    if (!form) return;
    document.addEventListener("keydown", this.#key);
    form.addEventListener("submit", (event) => this.#check(event, form));
    const faults = JSON.parse(this.dataset["faults"] || "[]") as { question: string; turn: number | null; message: string }[];
    if (faults.length) customElements.whenDefined("s-questions").then(() => this.#questions?.showFaults(faults));
  }

  disconnectedCallback(): void {
    document.removeEventListener("keydown", this.#key);
  }

  get #questions(): SmoQuestions | null {
    return this.querySelector<SmoQuestions>("s-questions");
  }

  #check(event: SubmitEvent, form: HTMLFormElement): void {
    const pressed = event.submitter instanceof HTMLButtonElement ? event.submitter.value : "decided";
    if (pressed === "decided" && this.#questions?.leadToMissing()) {
      event.preventDefault();
      return;
    }
    const field = form.querySelector<HTMLInputElement>("input[name=active_ms]");
    if (field) field.value = String(this.#time.ms);
  }

  #key = (event: KeyboardEvent): void => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.querySelector<HTMLButtonElement>("button[data-key='Ctrl+Enter']")?.click();
    } else if (isFree(event) && keyOf(event) === "n") {
      event.preventDefault();
      this.querySelector<HTMLButtonElement>("button[data-key=N]")?.focus();
    }
  };
}

customElements.define("s-own-label", SmoOwnLabel);
