import { plainName } from "./plain-name.ts";

/** Calls of one kind with the same answer, in a row or not. */
export interface Evidence {
  /** Client and command of AWS's SDK, such as `S3 ListBuckets`. */
  readonly call: string;
  /** Caller: `operator`, or a session or copy that a probe made. */
  readonly by: string;
  /** `ok`, or the name of the error. */
  readonly answer: string;
  readonly times: number;
  /** RFC 3339 moment of the last call. */
  readonly at: string;
  /** AWS's id of the last call; undefined where AWS gave none. */
  readonly requestId: string | undefined;
}

/** Form of AWS's request ids, S3's included. The endpoint may not be AWS and may send any text. */
const REQUEST_ID = /^[\w+/=.:-]{1,128}$/;

export interface Logged {
  readonly clientName?: unknown;
  readonly commandName?: unknown;
  readonly error?: unknown;
  readonly metadata?: { readonly requestId?: unknown };
}

/**
 * Record of a probe's calls: names, answers and request ids, and no inputs or outputs. The SDK's clients use it as
 * their logger.
 */
export class EvidenceLog {
  readonly #entries = new Map<string, Evidence>();

  /** Evidence so far, in the order of each kind's first call. */
  get entries(): readonly Evidence[] {
    return [...this.#entries.values()];
  }

  /** Makes the logger of a caller's clients. */
  loggerOf(by: string) {
    const ignore = () => {};
    return {
      trace: ignore,
      debug: ignore,
      warn: ignore,
      info: (logged: Logged) => this.#add(by, logged, "ok"),
      error: (logged: Logged) => this.#add(by, logged, plainName(logged.error)),
    };
  }

  #add(by: string, { clientName, commandName, metadata }: Logged, answer: string): void {
    if (typeof clientName !== "string" || typeof commandName !== "string") return;
    const call = `${clientName.replace(/Client$/, "")} ${commandName.replace(/Command$/, "")}`;
    const key = JSON.stringify([call, by, answer]);
    const id = String(metadata?.requestId ?? "");
    this.#entries.set(key, {
      call,
      by,
      answer,
      times: (this.#entries.get(key)?.times ?? 0) + 1,
      at: new Date().toISOString(),
      requestId: REQUEST_ID.test(id) ? id : undefined,
    });
  }
}
