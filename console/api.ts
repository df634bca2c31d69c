/** Failure of a call to the API. Its message is shown to the person. */
export class ApiFault extends Error {
  /** `offline`: no answer came; `signed_out`: the token is no longer accepted; `refused`: the API refused; `down`: the API cannot answer now. */
  readonly kind: "offline" | "signed_out" | "refused" | "down";
  /** Stable code of a refusal. */
  readonly code: string;

  constructor(kind: ApiFault["kind"], sentence: string, code = "") {
    super(sentence);
    this.kind = kind;
    this.code = code;
  }

  /** True where no answer came, so that it is unknown whether the call had its effect. */
  get isUnanswered(): boolean {
    return this.kind === "offline" || this.kind === "down";
  }
}

/** Answer of the API, with the lead of the API's clock over this machine's. */
export interface Answered<T> {
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

/** Latest answers with an ETag, by path, the most recently used one last. Only in this document's memory, as the token is. */
const remembered = new Map<string, Remembered>();
/** Largest number of remembered answers. */
const MOST_REMEMBERED = 64;

/** Returns the last answer to the same read with the same token; undefined where there is none. */
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
 * @param token undefined for a public path.
 * @param body sent as JSON by POST. Without a body, sends a GET, which returns the same object until the API has another answer.
 * @throws {ApiFault}
 */
export async function call<T>(
  api: string,
  path: string,
  token: string | undefined,
  body?: unknown,
): Promise<Answered<T>> {
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
      credentials: "omit",
      cache: "no-store",
      redirect: "error",
      signal: AbortSignal.timeout(WAIT_MS),
    });
  } catch {
    throw new ApiFault("offline", "No answer from valetkey.");
  }
  const clockAheadMs = clockAhead(response.headers.get("date"));
  // Returns the same object for the same answer, so that a page draws nothing again.
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

function faultOf(status: number, { code, error_description: sentence }: Readonly<Record<string, unknown>>): ApiFault {
  const text = typeof sentence === "string" ? sentence : `valetkey answered with ${status}.`;
  const kind = status === 401 ? "signed_out" : status >= 500 || status === 429 ? "down" : "refused";
  return new ApiFault(kind, text, typeof code === "string" ? code : "");
}

/** Computes the lead of the API's clock; 0 below 2 s, since a Date header has no fractions of a second. */
function clockAhead(date: string | null): number {
  const ahead = Date.parse(date ?? "") - Date.now();
  return Number.isFinite(ahead) && Math.abs(ahead) > 2_000 ? ahead : 0;
}
