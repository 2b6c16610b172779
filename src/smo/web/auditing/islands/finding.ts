import { isFree, keyOf } from "../../islands/keys";

const AXES = ["a", "b", "c"];

/**
 * One finding: a letter chooses the axis, a number the entry. The rule table sets the severity as soon as outcome and
 * rule are known; one step to either side stays open and asks why.
 *
 * <s-finding><input type="radio" name="0-outcome_class" data-axis-key="a1" data-by-unknown="S2" data-by-s3="S3">
 *   <input type="radio" name="0-severity" value="S2" data-axis-key="b2" data-means="...">
 *   <p data-severity-means></p><div data-moved hidden></div><select name="0-rule_code"></select></s-finding>
 */
class SmoFinding extends HTMLElement {
  #axis = "";

  connectedCallback(): void {
    document.addEventListener("keydown", this.#key);
    this.addEventListener("change", (event) => this.#changed(event));
    if (!this.#severity) this.#setByRule();
    this.#show();
  }

  disconnectedCallback(): void {
    document.removeEventListener("keydown", this.#key);
  }

  get #outcome(): HTMLInputElement | null {
    return this.querySelector("input[name$=outcome_class]:checked");
  }

  get #severity(): HTMLInputElement | null {
    return this.querySelector("input[name$=severity]:checked");
  }

  /** What the table says for the chosen outcome under the chosen rule; empty before an outcome is chosen. */
  get #byRule(): string {
    const rule = this.querySelector<HTMLSelectElement>("select[name$=rule_code]")?.selectedOptions[0]?.dataset["severity"] ?? "";
    const outcome = this.#outcome;
    return outcome?.getAttribute(`data-by-${rule.toLowerCase() || "unknown"}`) ?? "";
  }

  #changed(event: Event): void {
    const name = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement ? event.target.name : "";
    if (name.endsWith("outcome_class") || name.endsWith("rule_code")) this.#setByRule();
    this.#show();
  }

  #setByRule(): void {
    const set = this.querySelector<HTMLInputElement>(`input[name$=severity][value="${this.#byRule}"]`);
    if (set) set.checked = true;
  }

  #show(): void {
    const byRule = this.#byRule;
    const place = Number(byRule.slice(1));
    for (const box of this.querySelectorAll<HTMLInputElement>("input[name$=severity]")) {
      box.disabled = byRule !== "" && Math.abs(Number(box.value.slice(1)) - place) > 1;
    }
    const chosen = this.#severity;
    const moved = this.querySelector<HTMLElement>("[data-moved]");
    if (moved) moved.hidden = !chosen || byRule === "" || chosen.value === byRule;
    const means = this.querySelector("[data-severity-means]");
    if (means) means.textContent = chosen ? `${byRule && chosen.value === byRule ? `${byRule}: ` : ""}${chosen.dataset["means"] ?? ""}` : "";
  }

  /** Of several findings the keys mean the one that has the focus, else the last. */
  get #isMeant(): boolean {
    const every = [...(this.closest("form")?.querySelectorAll("s-finding") ?? [])];
    return (every.find((one) => one.contains(document.activeElement)) ?? every.at(-1)) === this;
  }

  #key = (event: KeyboardEvent): void => {
    if (!this.#isMeant) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.closest("form")?.querySelector<HTMLButtonElement>("button[data-key='Ctrl+Enter']")?.click();
      return;
    }
    if (!isFree(event)) return;
    const key = keyOf(event);
    if (AXES.includes(key)) this.#turnTo(key);
    else if (/^\d$/.test(key) && this.#axis) this.#pick(this.#axis + key);
    else if (key === "/") this.#openAll();
    else if (key === "w") this.querySelector<HTMLTextAreaElement>("[data-comment]")?.focus();
    else if (key === "+") this.closest("form")?.querySelector<HTMLButtonElement>("button[data-another]")?.click();
    else if (key === "n") this.closest("form")?.querySelector<HTMLButtonElement>("button[data-key=N]")?.click();
    else return;
    event.preventDefault();
  };

  /** The axis that numbers mean from now on; its entry gets the focus, so that arrows and a screen reader know. */
  #turnTo(axis: string): void {
    this.#axis = axis;
    for (const field of this.querySelectorAll<HTMLElement>("[data-axis]")) field.toggleAttribute("data-active", field.dataset["axis"] === axis);
    const field = this.querySelector<HTMLElement>(`[data-axis=${axis}]`);
    (field?.querySelector<HTMLElement>("input:checked") ?? field?.querySelector<HTMLElement>("input:not(:disabled)"))?.focus();
  }

  #pick(code: string): void {
    const box = this.querySelector<HTMLInputElement>(`[data-axis-key=${code}]`);
    if (!box || box.disabled) return;
    const more = box.closest("details");
    if (more) more.open = true;
    box.checked = true;
    box.focus();
    box.dispatchEvent(new Event("change", { bubbles: true }));
    this.dataset["picked"] = code;
  }

  #openAll(): void {
    const every = [...this.querySelectorAll("details")];
    const isOpen = every.every((one) => one.open);
    for (const one of every) one.open = !isOpen;
  }
}

customElements.define("s-finding", SmoFinding);

/** One more finding on the same decision: the form of the last one, empty, under the next number. */
const another = document.querySelector<HTMLButtonElement>("button[data-another]");
if (another) {
  another.hidden = false;
  another.addEventListener("click", () => {
    const every = [...document.querySelectorAll<HTMLElement>("s-finding")];
    const last = every.at(-1);
    if (!last || every.length >= Number(another.dataset["another"])) return;
    last.after(emptied(last, every.length));
    document.querySelector<HTMLElement>("s-finding:last-of-type input")?.focus();
  });
}

function emptied(model: HTMLElement, number: number): HTMLElement {
  const copy = model.cloneNode(true) as HTMLElement;
  copy.dataset["number"] = String(number);
  for (const one of copy.querySelectorAll<HTMLElement>("[name], [id], label[for]")) {
    for (const part of ["name", "id", "for"]) {
      const before = one.getAttribute(part);
      if (before) one.setAttribute(part, before.replace(/^\d+-/, `${number}-`));
    }
    if (one instanceof HTMLInputElement && one.type === "radio") one.checked = one.defaultChecked = false;
    else if (one instanceof HTMLInputElement || one instanceof HTMLTextAreaElement) one.value = "";
  }
  for (const said of copy.querySelectorAll(".s-fault")) said.remove();
  return copy;
}
