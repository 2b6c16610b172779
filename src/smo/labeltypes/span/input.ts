import { boxes, type LabelInput, tell, wordsOf } from "../../web/islands/label-input";
import { drawMark, eraseMarks, rangeOf, selected, size, textOf } from "../../web/islands/offsets";

interface Span {
  start: number;
  end: number;
  type: string;
}

/**
 * Marked passages of the shown text: select words with the mouse or with M and the arrow keys, then press a type.
 *
 * <s-span data-remove="Remove" data-place="characters %(start)s to %(end)s" data-unmarked="Select ..." data-overlap="...">
 *   <button class="s-option" type="button" value="insult" data-key="1">...</button>
 *   <label class="s-option"><input type="checkbox" value="" data-none> ...</label>
 *   <ol class="s-marks"></ol><p role="status">...</p>
 * </s-span>
 */
class SmoSpan extends HTMLElement implements LabelInput {
  #spans: Span[] | undefined;
  #body: HTMLElement | null = null;

  connectedCallback(): void {
    this.addEventListener("click", (event) => this.#click(event));
    this.addEventListener("pointerdown", (event) => {
      // a press on a type must not take the selection away
      if (event.target instanceof Element && event.target.closest("button.s-option")) event.preventDefault();
    });
    this.addEventListener("change", (event) => {
      if (event.target instanceof HTMLInputElement) this.#nothing(event.target.checked);
    });
  }

  get #owner(): string {
    return this.closest<HTMLElement>("[data-question]")?.dataset["question"] ?? "";
  }

  get answer(): unknown {
    return this.#spans;
  }

  set answer(value: unknown) {
    this.#spans = Array.isArray(value) ? [...(value as Span[])] : undefined;
    this.#draw();
  }

  get words(): string {
    return (this.#spans ?? []).map(({ type }) => this.#name(type)).join(", ");
  }

  get body(): HTMLElement | null {
    return this.#body;
  }

  set body(body: HTMLElement | null) {
    if (!body && this.#body) eraseMarks(this.#body, this.#owner);
    this.#body = body;
    if (body) body.tabIndex = 0;
  }

  press(key: string): boolean {
    if (key === "m" && this.#body) {
      this.#body.focus();
      return true;
    }
    const part = this.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`);
    if (part instanceof HTMLButtonElement) this.#mark(part.value);
    else if (part instanceof HTMLInputElement) this.#nothing(!part.checked);
    return part !== null;
  }

  #click(event: Event): void {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    if (!button) return;
    if (button.dataset["remove"] === undefined) return this.#mark(button.value);
    const rest = (this.#spans ?? []).filter((_, place) => place !== Number(button.dataset["remove"]));
    this.#set(rest.length ? rest : undefined);
  }

  #mark(type: string): void {
    const place = this.#body ? selected(this.#body) : null;
    if (!place) return this.#say(this.dataset["unmarked"] ?? "");
    const others = this.#spans ?? [];
    const meets = (span: Span): boolean => span.start < place.end && place.start < span.end;
    const same = (span: Span): boolean => span.type === type && span.start === place.start && span.end === place.end;
    const overlaps = "mayOverlap" in this.dataset ? others.some(same) : others.some(meets);
    if (overlaps) return this.#say(this.dataset["overlap"] ?? "");
    document.getSelection()?.collapseToEnd();
    this.#set([...others, { ...place, type }].sort((a, b) => a.start - b.start || a.end - b.end));
  }

  #nothing(isNothing: boolean): void {
    this.#set(isNothing ? [] : undefined);
  }

  #set(spans: Span[] | undefined): void {
    this.#spans = spans;
    this.#draw();
    this.#say("");
    tell(this);
  }

  #say(words: string): void {
    const status = this.querySelector<HTMLElement>("[role=status]");
    if (!status) return;
    this.dataset["help"] ??= status.textContent ?? "";
    status.textContent = words || this.dataset["help"];
  }

  #name(type: string): string {
    return wordsOf([...this.querySelectorAll("button")].find((button) => button.value === type)) || type;
  }

  /** Draws the marks into the text and lists them below, each with its words and a way to remove it. */
  #draw(): void {
    const box = boxes(this)[0];
    if (box) box.checked = this.#spans?.length === 0;
    const list = this.querySelector(".s-marks");
    list?.replaceChildren();
    if (!this.#body) return;
    eraseMarks(this.#body, this.#owner);
    const length = size(textOf(this.#body));
    (this.#spans ?? []).forEach((span, place) => {
      if (this.#body && span.start < length) drawMark(this.#body, span, { owner: this.#owner, name: this.#name(span.type) });
      list?.append(this.#line(span, place));
    });
  }

  #line(span: Span, place: number): HTMLLIElement {
    const line = document.createElement("li");
    const words = document.createElement("span");
    words.className = "s-mark-words";
    words.dir = "auto";
    words.textContent = this.#body ? rangeOf(this.#body, span.start, span.end).toString() : "";
    const where = document.createElement("span");
    where.className = "s-small s-third";
    const numbers = (this.dataset["place"] ?? "").replace("%(start)s", String(span.start + 1)).replace("%(end)s", String(span.end));
    where.textContent = `${this.#name(span.type)} · ${numbers}`;
    const remove = document.createElement("button");
    remove.type = "button";
    remove.className = "s-button s-button-table s-button-plain";
    remove.dataset["remove"] = String(place);
    remove.textContent = this.dataset["remove"] ?? "";
    line.append(words, where, remove);
    return line;
  }
}

customElements.define("s-span", SmoSpan);
