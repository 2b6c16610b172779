import { ANSWER } from "./label-input";
import { rangeOf, textOf } from "./offsets";

/**
 * An item: a text or the turns of a conversation. Shows the rest of a long text on demand, keeps the turn that is being
 * looked at (click, or arrow keys through `step`), and moves a selection word by word in a text that has the focus.
 *
 * <s-content>
 *   <ol><li class="s-turn" data-turn="0">... <div data-body>text</div><template data-rest>more</template></li></ol>
 * </s-content>
 */
export class SmoContent extends HTMLElement {
  #turn = -1;
  #words: { from: number; to: number }[] = [];
  #wordsOf: Element | null = null;
  #anchor = -1;
  #focus = -1;

  connectedCallback(): void {
    this.addEventListener("click", this.#click);
    this.addEventListener("keydown", this.#arrow);
  }

  get turns(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>("[data-turn]")];
  }

  /** The turn that is being looked at, by its index; -1 in a text. */
  get turn(): number {
    return this.#turn;
  }

  set turn(index: number) {
    const turns = this.turns;
    if (!turns[index] || index === this.#turn) return;
    this.#turn = index;
    turns.forEach((turn, place) => turn.toggleAttribute("data-active", place === index));
    turns[index].scrollIntoView({ block: "nearest" });
    this.dispatchEvent(new CustomEvent("s-turn", { bubbles: true }));
  }

  /** To the next or the previous turn; with `among`, to the next one that is asked about. */
  step(by: 1 | -1, among?: readonly number[]): void {
    const last = this.turns.length - 1;
    let next = this.#turn + by;
    while (among?.length && next >= 0 && next <= last && !among.includes(next)) next += by;
    if (next >= 0 && next <= last) this.turn = next;
  }

  /** The text of a turn, or of the item. */
  body(turn: number | null): HTMLElement | null {
    return this.querySelector<HTMLElement>(turn === null ? ":scope > [data-body]" : `[data-turn="${turn}"] [data-body]`);
  }

  #click = (event: Event): void => {
    const target = event.target instanceof Element ? event.target : null;
    const turn = target?.closest<HTMLElement>("[data-turn]");
    if (turn) this.turn = Number(turn.dataset["turn"]);
    const more = target?.closest("[data-show-all]")?.closest(".s-more");
    const rest = more?.previousElementSibling;
    if (!more || !(rest instanceof HTMLTemplateElement)) return;
    rest.previousElementSibling?.append(rest.content);
    rest.previousElementSibling?.normalize();
    rest.remove();
    more.remove();
    this.dispatchEvent(new CustomEvent(ANSWER, { bubbles: true })); // marks may lie in the rest
  };

  /** Arrow keys in a text: from word to word; Shift selects on; Alt and Shift move the end by single characters. */
  #arrow = (event: KeyboardEvent): void => {
    const body = event.target instanceof HTMLElement && event.target.matches("[data-body]") ? event.target : null;
    if (!body || !["ArrowLeft", "ArrowRight"].includes(event.key) || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const forward = (event.key === "ArrowRight") !== (getComputedStyle(body).direction === "rtl");
    const selection = document.getSelection();
    if (event.altKey) return selection?.modify("extend", forward ? "forward" : "backward", "character");
    this.#split(body);
    const next = Math.max(0, Math.min(this.#words.length - 1, this.#focus + (forward ? 1 : -1)));
    this.#focus = next;
    if (!event.shiftKey || this.#anchor < 0) this.#anchor = next;
    const first = this.#words[Math.min(this.#anchor, next)];
    const last = this.#words[Math.max(this.#anchor, next)];
    if (!first || !last) return;
    const range = rangeOf(body, first.from, last.to);
    const ends = [range.startContainer, range.startOffset, range.endContainer, range.endOffset] as const;
    if (next < this.#anchor) selection?.setBaseAndExtent(ends[2], ends[3], ends[0], ends[1]);
    else selection?.setBaseAndExtent(...ends);
  };

  /** The words of a text, found once for each text that the caret enters. */
  #split(body: Element): void {
    if (this.#wordsOf === body) return;
    this.#wordsOf = body;
    this.#words = [];
    this.#anchor = this.#focus = -1;
    let at = 0;
    for (const { segment, isWordLike } of new Intl.Segmenter(undefined, { granularity: "word" }).segment(textOf(body))) {
      const length = [...segment].length;
      if (isWordLike || /[^\s\p{P}]/u.test(segment)) this.#words.push({ from: at, to: at + length });
      at += length;
    }
  }
}

customElements.define("s-content", SmoContent);
