import type { CardSent, ClaimFacts } from "./wire";

/** One item in this browser: what is known of its claim, and its page, ready to be shown. */
export interface Held {
  claim: ClaimFacts;
  card: HTMLElement;
  /** On the monotonic clock: when the claim was made. */
  claimedAt: number;
  expiresAt: number;
  openedAt: number | null;
}

export function held({ claim, html }: CardSent & { html: string }): Held | null {
  const template = document.createElement("template");
  template.innerHTML = html;
  const found = template.content.firstElementChild;
  if (!found) return null;
  const card = document.importNode(found, true) as HTMLElement;
  const now = performance.now();
  return { claim, card, claimedAt: now - claim.age_ms, expiresAt: now + claim.expires_in_ms, openedAt: null };
}

/** The items that wait here, in memory only; each once. */
export class Stock {
  #held: Held[] = [];
  /** The guideline that was in force at the last word from the server. */
  inForce: string | null = null;

  get size(): number {
    return this.#held.length;
  }

  get all(): readonly Held[] {
    return this.#held;
  }

  /** Puts new ones at the end; those that are here or are the one being looked at stay as they are. */
  add(sent: readonly CardSent[], current: Held | null): void {
    for (const one of sent) {
      this.inForce = one.claim.guideline_version_id ?? this.inForce;
      const isHere = one.claim.id === current?.claim.id || this.#held.some(({ claim }) => claim.id === one.claim.id);
      const next = isHere || one.html === undefined ? null : held({ claim: one.claim, html: one.html });
      if (next) this.#held.push(next);
    }
  }

  /** The next one whose time has not run out. */
  take(): Held | null {
    this.#held = this.#held.filter(({ expiresAt }) => expiresAt > performance.now());
    return this.#held.shift() ?? null;
  }

  putBack(item: Held): void {
    this.#held.unshift(item);
  }

  /** What the server says is held still: others are dropped, new questions replace old ones. */
  settle(sent: readonly CardSent[]): void {
    const known = new Map(sent.map((one) => [one.claim.id, one]));
    this.#held = this.#held.flatMap((item) => {
      const news = known.get(item.claim.id);
      if (!news) return [];
      const again = news.html === undefined ? null : held({ claim: news.claim, html: news.html });
      return [again ?? { ...item, claim: news.claim, expiresAt: performance.now() + news.claim.expires_in_ms }];
    });
  }
}
