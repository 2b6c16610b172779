import "../../islands/questions";
import type { SmoQuestions } from "../../islands/questions";
import { isFree, isWriting, keyOf } from "../../islands/keys";
import { dialog, emptied, filled, readyDialogs } from "./dialogs";
import "./guideline";
import type { SmoGuideline } from "./guideline";
import { Outbox, type Unsent } from "./outbox";
import { Sender } from "./sender";
import { type Held, held, Stock } from "./stock";
import { Stopwatch } from "./stopwatch";
import { type Answered, type CardSent, post, Refused, SignedOut } from "./wire";

const GIVE_UP_AFTER_MS = 15 * 60_000; // whoever moved nothing for so long is away, and the items go to others

/** What was submitted, so that it can be taken back. */
interface Done {
  submitKey: string;
  item: Held | null;
  decisionId: string | null;
}

type Deed = "submit" | "undo" | "skip" | "none" | "unclear" | "guideline" | "rules" | "shortcuts" | "break" | "up" | "down" | "look";
const KEYS: Record<string, Deed> = { z: "undo", k: "skip", n: "none", u: "unclear", g: "guideline", b: "break", "?": "shortcuts", "/": "rules" };

/**
 * The desk: one item, its questions, its guideline. An answer goes to the outbox and the next item is shown at once;
 * sending happens behind. Addresses, words and the account's key come as data; claims that are held lie in templates.
 */
class SmoDesk extends HTMLElement {
  #outbox!: Outbox;
  #sender!: Sender;
  #stock = new Stock();
  #watch = new Stopwatch();
  #current: Held | null = null;
  #done: Done[] = [];
  #words: Record<string, string> = {};
  #isBusy = false;
  #isEmpty = false;
  #hasSaved = false;

  connectedCallback(): void {
    this.#words = JSON.parse(document.getElementById("desk-words")?.textContent ?? "{}") as Record<string, string>;
    for (const id of (this.dataset["done"] ?? "").split(",").filter(Boolean)) this.#done.push({ submitKey: "", item: null, decisionId: id });
    this.addEventListener("click", (event) => {
      const button = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-do]") : null;
      if (button) void this.#act(button.dataset["do"] as Deed);
    });
    this.addEventListener("s-answered", () => this.#tellProgress());
    document.addEventListener("keydown", (event) => this.#key(event));
    readyDialogs(this);
    void this.#start();
  }

  async #start(): Promise<void> {
    if (matchMedia("(max-width: 1080px)").matches) this.#toggleGuideline(); // there it would cover the item
    const cards = [...document.querySelectorAll<HTMLTemplateElement>("template[data-claim]")];
    this.#stock.add(cards.map((card) => ({ claim: JSON.parse(card.dataset["claim"] ?? "{}"), html: card.innerHTML }) as CardSent), null);
    this.#outbox = await Outbox.open(this.dataset["owner"] ?? "", this.dataset["key"] ?? "");
    // an answer that was given before the page was left belongs to a claim that may be held still
    const answered = new Set(this.#outbox.all.map(({ body }) => body["claim_id"]));
    this.#stock.settle(this.#stock.all.filter(({ claim }) => !answered.has(claim.id)).map(({ claim }) => ({ claim })));
    this.#sender = new Sender(this.#outbox, this.#address("submit"), {
      wanted: () => this.#wanted(),
      taken: (unsent, answer) => this.#taken(unsent, answer),
      refused: (unsent, refusal) => this.#refused(unsent, refusal),
      changed: (state) => this.#tellSaving(state),
    });
    this.#showRefused();
    if (!this.#outbox.isLasting) this.#say("memory_only");
    this.#next();
    await this.#sender.send();
    await this.#fetch();
    this.#beat();
  }

  #address(name: string, id = ""): string {
    return (this.dataset[name] ?? "").replace("00000000-0000-0000-0000-000000000000", id);
  }

  get #questions(): SmoQuestions | null {
    return this.querySelector("s-questions");
  }

  get #guideline(): SmoGuideline | null {
    return this.querySelector("s-guideline");
  }

  #wanted(): number {
    return Math.max(0, Number(this.dataset["ready"] ?? 3) + (this.#current ? 0 : 1) - this.#stock.size);
  }

  #key(event: KeyboardEvent): void {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !document.querySelector("dialog[open]")) {
      event.preventDefault();
      void this.#act("submit");
      return;
    }
    if (!isFree(event) && !(event.key === "?" && !isWriting(event) && !document.querySelector("dialog[open]"))) return;
    const deed = KEYS[keyOf(event)] ?? KEYS[event.key];
    if (!deed) return;
    event.preventDefault();
    void this.#act(deed);
  }

  async #act(deed: Deed): Promise<void> {
    if (deed === "guideline") return this.#toggleGuideline();
    if (deed === "rules") return this.#toggleGuideline(true);
    if (deed === "shortcuts") return dialog(this, "shortcuts")?.showModal();
    if (deed === "up" || deed === "down") return this.#questions?.content?.step(deed === "up" ? -1 : 1);
    if (deed === "look") return this.#fetch();
    if (this.#isBusy) return;
    this.#isBusy = true;
    try {
      if (deed === "undo") await this.#undo();
      else if (deed === "break") await this.#break();
      else if (this.#current) await this.#leave(deed, this.#current);
    } finally {
      this.#isBusy = false;
    }
  }

  /** Every way to be done with an item, or to say something about it. */
  async #leave(deed: Deed, item: Held): Promise<void> {
    if (deed === "submit") {
      if (this.#questions?.leadToMissing()) return this.#say("missing");
      return this.#submit(item, { outcome: "decided", answers: this.#questions?.answers ?? {} });
    }
    const given = await filled(this, deed, this.#guideline?.codes ?? []);
    if (!given || this.#current !== item) return;
    if (deed === "unclear") return this.#flag(item, given);
    emptied(this, deed);
    if (deed === "none") return this.#submit(item, { outcome: "no_unique_answer", note: given["note"] ?? "" });
    const isGone = given["reason"] === "unavailable";
    const outcome = isGone ? { outcome: "unavailable" } : { outcome: "skipped", reason: given["reason"] ?? "" };
    await this.#submit(item, { ...outcome, note: given["note"] ?? "" });
  }

  /** First onto the disk, then the next item, then over the network. */
  async #submit(item: Held, answer: Record<string, unknown>): Promise<void> {
    const submit_key = crypto.randomUUID();
    const body = {
      submit_key,
      claim_id: item.claim.id,
      schema_version_id: item.claim.schema_version_id,
      seen_guideline_version_id: this.#guideline?.version ?? null,
      elapsed_ms: Math.round(Math.max(0, (item.openedAt ?? performance.now()) - item.claimedAt)),
      client_at: new Date().toISOString(),
      tool_version: this.dataset["version"] ?? "",
      ...this.#watch.read(),
      ...answer,
    };
    try {
      await this.#outbox.put({ submit_key, body, title: item.claim.item_key });
    } catch {
      this.#say("memory_only");
    }
    this.#done.push({ submitKey: submit_key, item, decisionId: null });
    this.#next();
    void this.#sender.send().then(() => this.#fetch());
  }

  #next(): void {
    this.#show(this.#stock.take());
  }

  /** Shows an item; nothing else on the page moves. */
  #show(item: Held | null): void {
    const stage = this.querySelector("[data-stage]");
    this.#current = item;
    this.toggleAttribute("data-idle", item === null);
    stage?.replaceChildren(...(item ? [item.card] : []));
    if (!item) return this.#tellProgress();
    this.#isEmpty = false;
    item.openedAt ??= performance.now();
    this.#watch.restart();
    for (const pane of item.card.querySelectorAll(".s-card-content, .s-card-questions")) pane.scrollTop = 0;
    this.#tellProgress();
    void this.#matchGuideline(item);
  }

  /** The guideline in force is fetched before one decides; offline the one at hand stays, and its version is sent along. */
  async #matchGuideline(item: Held): Promise<void> {
    const wanted = this.#stock.inForce ?? item.claim.guideline_version_id;
    const before = this.#guideline?.version;
    if (!wanted || !this.#guideline || wanted === before) return;
    try {
      await this.#guideline.turnTo(wanted);
      if (before) this.#say("new_guideline");
    } catch {
      this.#say("old_guideline");
    }
  }

  #taken(unsent: Unsent, answer: Answered): void {
    const done = this.#done.find(({ submitKey }) => submitKey === unsent.submit_key);
    if (done) done.decisionId = answer.decision_id ?? null;
    this.#hasSaved = true;
    this.#arrive(answer.claims ?? []);
  }

  #arrive(claims: readonly CardSent[]): void {
    const waiting = new Set(this.#outbox.all.map(({ body }) => body["claim_id"]));
    const own = claims.filter(({ claim }) => !waiting.has(claim.id));
    this.#stock.add(own, this.#current);
    if (!this.#current) this.#next();
    else void this.#matchGuideline(this.#current);
    this.#tellProgress();
  }

  /** Said no: the item comes back with its answers where it can still be answered, else its words are kept below. */
  #refused(unsent: Unsent, refusal: Refused): void {
    const done = this.#done.find(({ submitKey }) => submitKey === unsent.submit_key);
    this.#done = this.#done.filter((one) => one !== done);
    const isMendable = ["answers_not_valid", "reason_missing", "submission_not_valid"].includes(refusal.code);
    if (isMendable && done?.item) {
      void this.#outbox.remove(unsent.submit_key);
      if (this.#current) this.#stock.putBack(this.#current);
      this.#show(done.item);
      this.#questions?.showFaults(refusal.faults);
      this.#note(refusal.words);
    } else this.#showRefused();
  }

  #showRefused(): void {
    const list = this.querySelector<HTMLElement>("[data-refused]");
    const template = this.querySelector<HTMLTemplateElement>("template[data-refused-line]");
    if (!list || !template) return;
    list.replaceChildren(
      ...this.#outbox.refused.map((unsent) => {
        const line = document.importNode(template.content, true).firstElementChild as HTMLElement;
        const put = (part: string, text: string): void => void (line.querySelector(`[data-${part}]`)!.textContent = text);
        put("item", unsent.title);
        put("why", unsent.refused ?? "");
        put("answers", JSON.stringify({ answers: unsent.body["answers"], note: unsent.body["note"] }, null, 1));
        line.querySelector("button")?.addEventListener("click", () => void this.#outbox.remove(unsent.submit_key).then(() => this.#showRefused()));
        return line;
      }),
    );
  }

  /** Takes the last one back: before it was sent by not sending it, afterwards by asking the server. */
  async #undo(): Promise<void> {
    const last = this.#done.at(-1);
    if (!last) return this.#say("nothing_to_undo");
    if (this.#sender.underWay === last.submitKey) await this.#sender.send();
    const isWaiting = this.#outbox.due.some(({ submit_key }) => submit_key === last.submitKey);
    try {
      if (isWaiting) await this.#outbox.remove(last.submitKey);
      else await this.#retract(last);
    } catch (fault) {
      if (fault instanceof Refused) this.#done.pop();
      return this.#note(fault instanceof Refused ? fault.words : (this.#words["undo_offline"] ?? ""));
    }
    this.#done.pop();
    if (!last.item) return;
    if (this.#current) this.#stock.putBack(this.#current);
    this.#show(last.item);
    this.#say("undone");
  }

  async #retract(last: Done): Promise<void> {
    if (!last.decisionId) throw new SignedOut();
    const answer = await post(this.#address("retract", last.decisionId), {});
    const back = answer.claims?.[0];
    if (back?.html === undefined) return;
    const kept = last.item;
    last.item = held({ claim: back.claim, html: back.html });
    if (kept && last.item) last.item.openedAt = kept.openedAt;
  }

  async #flag(item: Held, given: Record<string, string>): Promise<void> {
    try {
      await post(this.#address("flag", item.claim.id), { text: given["text"] ?? "", rule_code: given["rule_code"] ?? "" });
      emptied(this, "unclear");
      this.#say("flagged");
    } catch (fault) {
      this.#note(fault instanceof Refused ? fault.words : (this.#words["flag_offline"] ?? ""));
    }
  }

  async #break(): Promise<void> {
    const isStarted = (this.#questions?.progress.answered ?? 0) > 0;
    if (isStarted && !window.confirm(this.#words["break"])) return;
    await this.#sender.send();
    const ids = [...this.#stock.all, ...(this.#current ? [this.#current] : [])].map(({ claim }) => claim.id);
    await post(this.#address("release"), { claim_ids: ids }).catch(() => undefined); // else they run out by themselves
    window.location.assign(this.#address("queues"));
  }

  #toggleGuideline(search = false): void {
    const isOpen = search || !this.hasAttribute("data-guideline-open");
    this.toggleAttribute("data-guideline-open", isOpen);
    for (const button of this.querySelectorAll("[data-do=guideline]")) button.setAttribute("aria-expanded", String(isOpen));
    if (search) this.#guideline?.search();
  }

  /** More items, when fewer wait than should. */
  async #fetch(): Promise<void> {
    const missing = this.#wanted();
    if (missing <= 0 || !this.#sender) return;
    try {
      const { claims = [] } = await post(this.#address("claims"), { how_many: missing });
      this.#isEmpty = claims.length === 0;
      this.#arrive(claims);
    } catch (fault) {
      if (fault instanceof Refused && !this.#current) this.#note(fault.words);
      this.#isEmpty = fault instanceof Refused;
    }
    this.#tellProgress();
  }

  /** Now and then: still here. Items whose time is extended stay; others go back into the queue. */
  #beat(): void {
    const items = [...this.#stock.all, ...(this.#current ? [this.#current] : [])];
    const soonest = Math.min(...items.map(({ expiresAt }) => expiresAt - performance.now()), 900_000);
    window.setTimeout(() => void this.#extend().finally(() => this.#beat()), Math.max(15_000, Math.min(300_000, soonest / 3)));
  }

  async #extend(): Promise<void> {
    const items = [...this.#stock.all, ...(this.#current ? [this.#current] : [])];
    if (this.#watch.stillFor > GIVE_UP_AFTER_MS) return;
    if (!items.length) return this.#fetch();
    try {
      const held = Object.fromEntries(items.map(({ claim }) => [claim.id, claim.schema_version_id]));
      const opened = items.filter(({ openedAt }) => openedAt !== null).map(({ claim }) => claim.id);
      const { claims = [] } = await post(this.#address("extend"), { held, opened });
      this.#stock.settle(claims);
      const mine = claims.find(({ claim }) => claim.id === this.#current?.claim.id);
      if (this.#current && mine) this.#current.expiresAt = performance.now() + mine.claim.expires_in_ms;
      else if (this.#current && held[this.#current.claim.id]) this.#say("ran_out");
      await this.#fetch();
    } catch {
      // not reached: the claims run out by themselves, and a late answer is taken where it is still needed
    }
  }

  #tellProgress(): void {
    const questions = this.#questions;
    const put = (part: string, text: string): void => {
      const place = this.querySelector(`[data-tell=${part}]`);
      if (place && place.textContent !== text) place.textContent = text;
    };
    const { answered, of } = questions?.progress ?? { answered: 0, of: 0 };
    put("progress", questions ? (this.#words["progress"] ?? "").replace("%(answered)s", String(answered)).replace("%(of)s", String(of)) : "");
    put("ready", (this.#words["ready"] ?? "").replace("%(count)s", String(this.#stock.size)));
    const isEmpty = this.#current === null && this.#isEmpty;
    this.querySelectorAll<HTMLElement>("[data-empty]").forEach((part) => (part.hidden = !isEmpty));
    this.querySelectorAll<HTMLElement>("[data-waiting]").forEach((part) => (part.hidden = this.#current !== null || isEmpty));
    for (const button of this.querySelectorAll<HTMLButtonElement>("[data-needs-item]")) button.disabled = this.#current === null;
    const undo = this.querySelector<HTMLButtonElement>("[data-do=undo]");
    if (undo) undo.disabled = this.#done.length === 0;
    this.toggleAttribute("data-turns", (questions?.content?.turns.length ?? 0) > 0);
  }

  #tellSaving(state: "sending" | "sent" | "offline" | "signed-out"): void {
    const count = this.#outbox.due.length;
    const time = new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
    const text = (this.#words[state] ?? "").replace("%(count)s", String(count)).replace("%(time)s", time);
    const place = this.querySelector("[data-tell=saving]");
    if (place && (state !== "sent" || this.#hasSaved)) place.textContent = text;
    this.dataset["saving"] = state;
  }

  #say(word: string): void {
    this.#note(this.#words[word] ?? "");
  }

  #note(text: string): void {
    const place = this.querySelector("[data-tell=note]");
    if (place) place.textContent = text;
  }
}

customElements.define("s-desk", SmoDesk);
