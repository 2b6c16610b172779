/** How the desk talks to the server: JSON both ways, and three ways in which it may fail. */

export interface Fault {
  question: string;
  turn: number | null;
  message: string;
}

/** The server understood and said no: trying again changes nothing. */
export class Refused extends Error {
  constructor(readonly code: string, readonly words: string, readonly faults: Fault[]) {
    super(words);
  }
}

/** Nobody is signed in any more: the answer waits until somebody is. */
export class SignedOut extends Error {}

/** No answer, or one that makes no sense: it may work later. */
export class Unreachable extends Error {}

export interface ClaimFacts {
  id: string;
  item_key: string;
  schema_version_id: string;
  guideline_version_id: string | null;
  age_ms: number;
  expires_in_ms: number;
}

export interface CardSent {
  claim: ClaimFacts;
  html?: string;
}

export interface Answered {
  decision_id?: string;
  claims?: CardSent[];
}

const PATIENCE_MS = 20_000;

function csrf(): string {
  return /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? "";
}

async function reached(address: string, how: RequestInit): Promise<Response> {
  try {
    return await fetch(address, { ...how, redirect: "manual", signal: AbortSignal.timeout(PATIENCE_MS) });
  } catch (fault) {
    throw new Unreachable(String(fault));
  }
}

export async function post(address: string, sent: unknown): Promise<Answered> {
  const headers = { "Content-Type": "application/json", "X-CSRFToken": csrf() };
  const response = await reached(address, { method: "POST", headers, body: JSON.stringify(sent) });
  if (response.type === "opaqueredirect") throw new SignedOut();
  const isJson = response.headers.get("Content-Type")?.startsWith("application/json") ?? false;
  if (!isJson && response.status === 403) throw new SignedOut(); // the token is of an older session
  if (!isJson || response.status >= 500) throw new Unreachable(String(response.status));
  const said = (await response.json().catch(() => {
    throw new Unreachable("cut off");
  })) as Answered & { code?: string; words?: string; faults?: Fault[] };
  if (!response.ok) throw new Refused(said.code ?? "", said.words ?? "", said.faults ?? []);
  return said;
}

export async function page(address: string): Promise<string> {
  const response = await reached(address, {});
  if (response.type === "opaqueredirect") throw new SignedOut();
  if (!response.ok) throw new Unreachable(String(response.status));
  return response.text();
}
