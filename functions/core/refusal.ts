import { type Denial, LOUD_REFUSALS, REFUSALS, type RefusalCode } from "../../contract/refusals.ts";
import type { TaskPath } from "./task-path.ts";

export interface RefusalDetail {
  /**
   * Added to the public sentence. Our own words about the caller's own request: never a token, never a foreign error's
   * words.
   */
  readonly say?: string;
  readonly denials?: readonly Denial[];
  /**
   * True where the request has no token. The response then names the authentication scheme, and no error code (RFC
   * 6750, section 3.1).
   */
  readonly lacksToken?: true;
  /** Seconds, for `Retry-After`. */
  readonly retryAfterSeconds?: number;
  /** Further members of the answer's body. */
  readonly more?: Readonly<Record<string, unknown>>;
  /** For the journal and the log only. */
  readonly why?: string;
  /** Genuine delegation token that an agent used although it names another one. Never part of the response. */
  readonly misused?: MisusedDelegation;
}

/** Delegation token that the wrong agent used. */
export interface MisusedDelegation {
  /** Task that issued the token. */
  readonly task: TaskPath;
  /** SHA-256 of the token, as the task's record has it. */
  readonly hash: string;
}

/** Refusal of a request. Any other error is a bug. */
export class Refusal extends Error {
  readonly code: RefusalCode;
  readonly detail: RefusalDetail;

  constructor(code: RefusalCode, detail: RefusalDetail = {}) {
    super(code);
    this.name = "Refusal";
    this.code = code;
    this.detail = detail;
  }

  get status(): number {
    return REFUSALS[this.code][0];
  }

  /** OAuth's error code (RFC 6749 and its extensions). */
  get error(): (typeof REFUSALS)[RefusalCode][1] {
    return REFUSALS[this.code][1];
  }

  get sentence(): string {
    const sentence = REFUSALS[this.code][2];
    return this.detail.say ? `${sentence} ${this.detail.say}` : sentence;
  }

  /** True for a refusal that needs a person: it is logged as an error, and raises an alarm. */
  get isLoud(): boolean {
    return LOUD_REFUSALS.includes(this.code);
  }

  /** True for an outage, in which nothing was decided: the response is a 503, never a denial. */
  get isOutage(): boolean {
    return this.status === 503;
  }
}

/**
 * Returns the reason for a log line: a refusal's code, or the name of any other error. Never a message, which may quote
 * its input.
 */
export const reasonOf = (error: unknown): string =>
  error instanceof Refusal ? error.code : error instanceof Error ? error.name : "unknown";
