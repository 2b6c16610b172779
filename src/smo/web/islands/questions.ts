import "../../labeltypes/choice/input";
import "../../labeltypes/multichoice/input";
import "../../labeltypes/scale/input";
import "../../labeltypes/span/input";
import "../../labeltypes/text/input";
import "./content"; // for its element, which the type alone would not bring along
import type { SmoContent } from "./content";
import { isFree, keyOf } from "./keys";
import { ANSWER, type LabelInput } from "./label-input";

type Answers = Record<string, unknown>;

/**
 * The questions about one item. `answers` holds those of the questions that are shown; fires `s-answered`. A question
 * with `data-when` is shown when another one has a certain answer; one with `data-turns` asks about the turn that is
 * being looked at in the <s-content> of the same `[data-work]`. Single keys answer.
 *
 * <s-questions data-answers="{}"><input type="hidden" name="answers">
 *   <fieldset data-question="rule" data-type="choice" data-per="item" data-when="" data-turns="" data-required>
 *     <s-choice>...</s-choice><p data-fault hidden></p></fieldset></s-questions>
 */
export class SmoQuestions extends HTMLElement {
  #answers: Answers = {};
  #isReady = false;

  connectedCallback(): void {
    document.addEventListener("keydown", this.#key);
    if (this.#isReady) return;
    this.#isReady = true;
    for (const part of [this, this.content]) if (part) customElements.upgrade(part); // a swap connects parents first
    this.addEventListener(ANSWER, (event) => this.#take(event));
    this.content?.addEventListener("s-turn", () => this.#show());
    this.content?.addEventListener(ANSWER, () => this.#show());
    this.answers = JSON.parse(this.dataset["answers"] || "{}") as Answers;
    const content = this.content;
    if (content && content.turn < 0) content.turn = this.#asked()[0] ?? 0;
  }

  disconnectedCallback(): void {
    document.removeEventListener("keydown", this.#key);
  }

  get content(): SmoContent | null {
    return (this.closest("[data-work]") ?? document).querySelector<SmoContent>("s-content");
  }

  /** The answers of the questions that are shown. */
  get answers(): Answers {
    const kept: Answers = {};
    for (const field of this.#fields()) {
      const key = keyOfField(field);
      const answer = this.#answers[key];
      if (answer === undefined) continue;
      const turns = turnsOf(field);
      if (!turns.length) {
        if (this.#isVisible(field, null)) kept[key] = answer;
        continue;
      }
      const pairs = Object.entries(answer as Answers).filter(([turn, one]) => one !== undefined && this.#isVisible(field, Number(turn)));
      if (pairs.length) kept[key] = Object.fromEntries(pairs);
    }
    return kept;
  }

  set answers(answers: Answers) {
    this.#answers = structuredClone(answers);
    this.#show();
  }

  /** How many answers are wanted, and how many of those are there. */
  get progress(): { answered: number; of: number } {
    const wanted = this.#wanted();
    return { answered: wanted.filter(({ field, turn }) => this.#answer(field, turn) !== undefined).length, of: wanted.length };
  }

  /** Leads to the first question that must be answered still; false when there is none. */
  leadToMissing(): boolean {
    const missing = this.#wanted().find(({ field, turn }) => this.#answer(field, turn) === undefined);
    if (!missing) return false;
    if (missing.turn !== null && this.content) this.content.turn = missing.turn;
    missing.field.scrollIntoView({ block: "nearest" });
    const first = missing.field.querySelector<HTMLElement>("input, textarea, button");
    first?.focus();
    return true;
  }

  /** Puts what was wrong with an answer beside its question. */
  showFaults(faults: readonly { question: string; turn?: number | null; message: string }[]): void {
    for (const field of this.#fields()) {
      const own = faults.filter((fault) => fault.question === keyOfField(field));
      const line = field.querySelector<HTMLElement>("[data-fault]");
      if (!line) continue;
      line.hidden = own.length === 0;
      line.textContent = own.map((fault) => fault.message).join(" ");
    }
  }

  #fields(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>("[data-question]")];
  }

  #input(field: HTMLElement): LabelInput | null {
    return field.querySelector<LabelInput>("s-choice, s-multichoice, s-scale, s-span, s-text");
  }

  /** The turns that any question asks about. */
  #asked(): number[] {
    return [...new Set(this.#fields().flatMap(turnsOf))].sort((a, b) => a - b);
  }

  #answer(field: HTMLElement, turn: number | null): unknown {
    const answer = this.#answers[keyOfField(field)];
    return turn === null ? answer : (answer as Answers | undefined)?.[turn];
  }

  #wanted(): { field: HTMLElement; turn: number | null }[] {
    const required = this.#fields().filter((field) => "required" in field.dataset);
    const places = required.flatMap((field) => (turnsOf(field).length ? turnsOf(field) : [null]).map((turn) => ({ field, turn })));
    return places.filter(({ field, turn }) => isAsked(field) && this.#isVisible(field, turn));
  }

  /** A question hangs on another one's answer: at the same turn, at the item, or, for the item, at any turn. */
  #isVisible(field: HTMLElement, turn: number | null): boolean {
    const when = JSON.parse(field.dataset["when"] || "null") as { question: string; any_of: unknown[] } | null;
    if (!when) return true;
    const other = this.#fields().find((one) => keyOfField(one) === when.question);
    if (!other) return false;
    const turns = turnsOf(other);
    const places = !turns.length ? [null] : turn !== null ? [turn] : turns;
    const wanted = when.any_of.map(String);
    return places.some((place) => {
      const answer = this.#answer(other, place);
      const given = Array.isArray(answer) ? answer : answer === undefined ? [] : [answer];
      return this.#isVisible(other, place) && given.some((one) => wanted.includes(String(one)));
    });
  }

  #take(event: Event): void {
    const input = event.target as LabelInput;
    const field = input.closest<HTMLElement>("[data-question]");
    if (!field) return;
    const key = keyOfField(field);
    const turn = this.#place(field);
    if (turn === null) this.#answers[key] = input.answer;
    else this.#answers[key] = { ...(this.#answers[key] as Answers | undefined), [turn]: input.answer };
    const fault = field.querySelector<HTMLElement>("[data-fault]");
    if (fault) fault.hidden = true;
    this.#show(input);
    this.dispatchEvent(new CustomEvent("s-answered", { bubbles: true, detail: this.progress }));
  }

  /** The turn that a question is about now; none when it is about the item. */
  #place(field: HTMLElement): number | null {
    return field.dataset["per"] === "turn" ? (this.content?.turn ?? -1) : null;
  }

  /** Shows the questions that are due, each with its answer; the input that has just been used keeps its state. */
  #show(used?: LabelInput): void {
    for (const field of this.#fields()) {
      const input = this.#input(field);
      const turn = this.#place(field);
      const isDue = isAsked(field) && (turn === null || turnsOf(field).includes(turn)) && this.#isVisible(field, turn);
      field.hidden = !isDue;
      const name = field.querySelector(".s-question-turn");
      if (name) name.textContent = turn === null ? "" : (this.dataset["turnName"] ?? "").replace("%(turn)s", String(turn + 1));
      if (!input || input === used) continue;
      if ("body" in input) input.body = isDue ? (this.content?.body(turn) ?? null) : null;
      input.answer = this.#answer(field, turn);
    }
    this.#label();
    const hidden = this.querySelector<HTMLInputElement>("input[name=answers]");
    if (hidden) hidden.value = JSON.stringify(this.answers);
  }

  /** Beside the turn that is being looked at: what was answered about it. */
  #label(): void {
    const content = this.content;
    const line = content?.turns[content.turn]?.querySelector(".s-turn-answer");
    if (!line) return;
    const due = this.#fields().filter((field) => turnsOf(field).length && !field.hidden && field.dataset["type"] !== "text");
    line.textContent = due.map((field) => this.#input(field)?.words).filter(Boolean).join(" · ");
  }

  #key = (event: KeyboardEvent): void => {
    if (!isFree(event)) return;
    const key = keyOf(event);
    if (key === "ArrowDown" || key === "ArrowUp") return this.#step(event, key === "ArrowDown" ? 1 : -1);
    const taken = this.#fields().some((field) => !field.hidden && this.#input(field)?.press(key));
    if (taken) event.preventDefault();
  };

  #step(event: Event, by: 1 | -1): void {
    if (event.target instanceof HTMLInputElement || !this.content?.turns.length) return;
    event.preventDefault();
    this.content.step(by, this.#asked());
  }
}

function keyOfField(field: HTMLElement): string {
  return field.dataset["question"] ?? "";
}

function turnsOf(field: HTMLElement): number[] {
  return (field.dataset["turns"] || "").split(",").filter(Boolean).map(Number);
}

/** A question per turn is not asked where no turn is its own. */
function isAsked(field: HTMLElement): boolean {
  return field.dataset["per"] !== "turn" || turnsOf(field).length > 0;
}

customElements.define("s-questions", SmoQuestions);
