import { forget, keep, ofOwner, openStore, type Sealed } from "../../islands/unsent-store";

/** One answer on its way: what will be sent, under a key that makes a second try harmless. */
export interface Unsent {
  submit_key: string;
  body: Record<string, unknown>;
  title: string;
  /** In words, why it was not taken; such an answer is not tried again by itself. */
  refused?: string;
}

/**
 * Answers from the moment of submitting until the server has them: written to the browser's store first, sealed with a
 * key that only a page of the same account has. Without a store (private windows of some browsers) they stay in memory.
 */
export class Outbox {
  #waiting = new Map<string, Unsent>();
  #store: IDBDatabase | null = null;
  #seal: CryptoKey | null = null;

  private constructor(readonly owner: string) {}

  static async open(owner: string, secret: string): Promise<Outbox> {
    const box = new Outbox(owner);
    try {
      const raw = Uint8Array.from(atob(secret), (sign) => sign.charCodeAt(0));
      box.#seal = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
      box.#store = await openStore();
      for (const sealed of await ofOwner(box.#store, owner)) await box.#restore(sealed);
    } catch (fault) {
      console.info("answers are kept in memory only", fault);
    }
    return box;
  }

  /** Do answers outlive this tab? */
  get isLasting(): boolean {
    return this.#store !== null;
  }

  get all(): Unsent[] {
    return [...this.#waiting.values()];
  }

  get due(): Unsent[] {
    return this.all.filter((unsent) => unsent.refused === undefined);
  }

  get refused(): Unsent[] {
    return this.all.filter((unsent) => unsent.refused !== undefined);
  }

  async put(unsent: Unsent): Promise<void> {
    this.#waiting.set(unsent.submit_key, unsent);
    if (!this.#store || !this.#seal) return;
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const plain = new TextEncoder().encode(JSON.stringify(unsent));
    const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: this.#label(unsent.submit_key) }, this.#seal, plain);
    await keep(this.#store, { key: unsent.submit_key, owner: this.owner, iv, data });
  }

  async remove(key: string): Promise<void> {
    this.#waiting.delete(key);
    if (this.#store) await forget(this.#store, key);
  }

  async #restore({ key, iv, data }: Sealed): Promise<void> {
    if (!this.#seal) return;
    try {
      const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData: this.#label(key) }, this.#seal, data);
      this.#waiting.set(key, JSON.parse(new TextDecoder().decode(plain)) as Unsent);
    } catch {
      console.info("an answer was sealed with another key and stays closed");
    }
  }

  #label(key: string): Uint8Array<ArrayBuffer> {
    return new TextEncoder().encode(`${this.owner}/${key}`);
  }
}
