/** Failure of a call to the API, in the words that a person is shown. */
export class ApiFault extends Error {
  /** `offline`: no answer came; `signed_out`: the token is no longer taken; `refused`: the API said no; `down`: the API cannot answer now. */
  readonly kind: "offline" | "signed_out" | "refused" | "down";
  /** Stable code of a refusal. */
  readonly code: string;

  constructor(kind: ApiFault["kind"], says: string, code = "") {
    super(says);
    this.kind = kind;
    this.code = code;
  }

  /** True where no answer came, so that it is not known whether the call did what it asks for. */
  get isUnanswered(): boolean {
    return this.kind === "offline" || this.kind === "down";
  }
}

/** Answer of the API, with the difference of its clock to this machine's. */
export interface Told<T> {
  readonly value: T;
  /** Milliseconds to add to this machine's time. */
  readonly clockAheadMs: number;
}

/** Answer that came with an ETag. */
interface Remembered {
  readonly token: string | undefined;
  readonly etag: string;
  readonly value: unknown;
}

/** Latest answers with an ETag, by path; the one that was used last is the last. In this document's memory alone, as the token is. */
const remembered = new Map<string, Remembered>();
/** Most answers that are remembered. */
const MOST_REMEMBERED = 64;

/** Answer to the same read that the same token was given last; undefined where there is none. */
export function lastAnswer<T>(path: string, token: string): T | undefined {
  const last = remembered.get(path);
  return last?.token === token ? (last.value as T) : undefined;
}

function remember(path: string, answer: Remembered): void {
  remembered.delete(path);
  remembered.set(path, answer);
  const [oldest] = remembered.keys();
  if (remembered.size > MOST_REMEMBERED && oldest !== undefined) remembered.delete(oldest);
}

/** Longest wait for an answer; milliseconds. The gateway itself gives up after 30 s. */
const WAIT_MS = 31_000;

/**
 * Calls the API with a person's token.
 * @param token none for what the API tells everybody.
 * @param body sent as JSON by POST; GET without one, which is answered with the same value until the API has another.
 * @throws {ApiFault}
 */
export async function call<T>(api: string, path: string, token: string | undefined, body?: unknown): Promise<Told<T>> {
  const last = body === undefined ? remembered.get(path) : undefined;
  const known = last?.token === token ? last : undefined;
  let response: Response;
  try {
    response = await fetch(`${api}${path}`, {
      method: body === undefined ? "GET" : "POST",
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(known === undefined ? {} : { "if-none-match": known.etag }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...{ credentials: "omit", cache: "no-store", redirect: "error", signal: AbortSignal.timeout(WAIT_MS) },
    });
  } catch {
    throw new ApiFault("offline", "No answer from valetkey.");
  }
  const clockAheadMs = clockAhead(response.headers.get("date"));
  // The same answer is the same value, so that a page draws nothing anew.
  if (response.status === 304 && known) {
    remember(path, known);
    return { value: known.value as T, clockAheadMs };
  }
  const answer: unknown = await response.json().catch(() => undefined);
  const fields = typeof answer === "object" && answer !== null ? (answer as Readonly<Record<string, unknown>>) : {};
  const etag = response.headers.get("etag");
  if (response.ok && fields === answer) {
    if (body === undefined && etag !== null) remember(path, { token, etag, value: answer });
    return { value: answer as T, clockAheadMs };
  }
  if (response.ok) throw new ApiFault("down", "The answer of valetkey could not be read.");
  throw faultOf(response.status, fields);
}

function faultOf(status: number, { code, error_description: says }: Readonly<Record<string, unknown>>): ApiFault {
  const text = typeof says === "string" ? says : `valetkey answered with ${status}.`;
  const kind = status === 401 ? "signed_out" : status >= 500 || status === 429 ? "down" : "refused";
  return new ApiFault(kind, text, typeof code === "string" ? code : "");
}

/** A Date header has no fractions of a second, so a difference below 2 s is none. */
function clockAhead(date: string | null): number {
  const ahead = Date.parse(date ?? "") - Date.now();
  return Number.isFinite(ahead) && Math.abs(ahead) > 2_000 ? ahead : 0;
}
