const IDLE_AFTER_MS = 60_000;
const SIGNS = ["pointerdown", "pointermove", "keydown", "wheel", "scroll", "focus"] as const;

/**
 * How long somebody worked on an item, on the monotonic clock. A stretch counts as active while the page is visible and
 * no more than 60 seconds have gone by since the last movement, key or scroll; everything else is idle.
 */
export class Stopwatch {
  #last = performance.now();
  #active = 0;
  #idle = 0;
  #wasVisible = !document.hidden;
  #touched = performance.now();

  constructor() {
    for (const sign of SIGNS) window.addEventListener(sign, () => this.#touch(), { capture: true, passive: true });
    document.addEventListener("visibilitychange", () => {
      this.#count();
      this.#wasVisible = !document.hidden;
      if (this.#wasVisible) this.#touched = performance.now();
    });
  }

  /** From now on for the next item. */
  restart(): void {
    this.#last = this.#touched = performance.now();
    this.#active = this.#idle = 0;
  }

  read(): { active_ms: number; idle_ms: number } {
    this.#count();
    return { active_ms: Math.round(this.#active), idle_ms: Math.round(this.#idle) };
  }

  /** How long nobody has moved anything here. */
  get stillFor(): number {
    return performance.now() - this.#touched;
  }

  #touch(): void {
    this.#count();
    this.#touched = performance.now();
  }

  #count(): void {
    const now = performance.now();
    const span = now - this.#last;
    const worked = this.#wasVisible ? Math.max(0, Math.min(now, this.#touched + IDLE_AFTER_MS) - this.#last) : 0;
    this.#active += worked;
    this.#idle += span - worked;
    this.#last = now;
  }
}
