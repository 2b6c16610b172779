import type { Outbox, Unsent } from "./outbox";
import { type Answered, post, Refused, SignedOut } from "./wire";

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;

export interface Listener {
  /** Fills in what is only known when it is sent: how many items are wanted. */
  wanted(): number;
  taken(unsent: Unsent, answer: Answered): void;
  refused(unsent: Unsent, refusal: Refused): void;
  changed(state: "sending" | "sent" | "offline" | "signed-out"): void;
}

/** Sends what waits in the outbox, one after the other and in order; after a failure again, each time a little later. */
export class Sender {
  #running: Promise<void> | null = null;
  #timer = 0;
  #failures = 0;
  /** The answer that is under way now. */
  underWay: string | null = null;

  constructor(
    private readonly outbox: Outbox,
    private readonly address: string,
    private readonly listener: Listener,
  ) {
    window.addEventListener("online", () => void this.send());
  }

  /** Resolves when nothing is left to send, or when it has to wait. */
  send(): Promise<void> {
    window.clearTimeout(this.#timer);
    this.#running ??= this.#drain().finally(() => (this.#running = null));
    return this.#running;
  }

  async #drain(): Promise<void> {
    for (let next = this.outbox.due[0]; next; next = this.outbox.due[0]) {
      this.listener.changed("sending");
      this.underWay = next.submit_key;
      try {
        const answer = await post(this.address, { ...next.body, owner: this.outbox.owner, claim_next: this.listener.wanted() });
        await this.outbox.remove(next.submit_key);
        this.#failures = 0;
        this.listener.taken(next, answer);
      } catch (fault) {
        if (fault instanceof Refused) {
          await this.outbox.put({ ...next, refused: fault.words });
          this.listener.refused(next, fault);
          continue;
        }
        this.listener.changed(fault instanceof SignedOut ? "signed-out" : "offline");
        this.#again();
        return;
      } finally {
        this.underWay = null;
      }
    }
    this.listener.changed("sent");
  }

  #again(): void {
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#failures++);
    this.#timer = window.setTimeout(() => void this.send(), wait * (0.8 + 0.4 * Math.random()));
  }
}
