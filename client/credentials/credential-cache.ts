import { setTimeout as sleep } from "node:timers/promises";
import type { Credential } from "../task/task.ts";

/** What asking for a renewal came to. `refused` is final; `later` and `unreachable` are not. */
export type Renewal =
  | { readonly kind: "renewed"; readonly credential: Credential }
  | { readonly kind: "refused"; readonly sentence: string }
  | { readonly kind: "later"; readonly retryAfterSeconds: number }
  | { readonly kind: "unreachable" };

export type Current = { readonly credential: Credential } | { readonly refused: boolean; readonly sentence: string };

/** JavaScript's SDK asks again when less than this is left, so that is when a better answer is worth having. */
const SHORT_MS = 5 * 60_000;
/** The JavaScript SDK waits one second for an answer: what we hold is given out before that. */
const PATIENCE_MS = 700;
/** The service makes one STS call for a lease in this time. */
const RENEWAL_PAUSE_MS = 10_000;
const OUTAGE_PAUSE_MS = 2_000;

interface Options {
  readonly first: Credential;
  /** The task's deadline: no credential outlives it. Epoch milliseconds. */
  readonly taskExpiresAtMs: number;
  readonly renew: () => Promise<Renewal>;
  readonly nowMs?: () => number;
}

/**
 * The credentials of one account, renewed when asked for: past half of their life, or when five minutes are left. One renewal at a time. An
 * outage is bridged with what is held, until that expires; a refusal is final, and nothing is given out after it.
 */
export class CredentialCache {
  readonly #options: Options;
  readonly #nowMs: () => number;
  #held: Credential;
  #halfLifeMs: number;
  #notBeforeMs: number;
  #renewal: Promise<void> | undefined;
  #refusal: string | undefined;

  constructor(options: Options) {
    this.#options = options;
    this.#nowMs = options.nowMs ?? Date.now;
    this.#held = options.first;
    this.#halfLifeMs = this.#middleOf(options.first);
    this.#notBeforeMs = Math.min(this.#nowMs() + RENEWAL_PAUSE_MS, endOf(options.first));
  }

  /** What to answer at this moment; at once, unless what is held cannot be used. */
  async current(): Promise<Current> {
    if (this.#isDue()) {
      this.#renewal ??= this.#renew().finally(() => {
        this.#renewal = undefined;
      });
      await (this.#isUsable()
        ? Promise.race([this.#renewal, sleep(PATIENCE_MS, undefined, { ref: false })])
        : this.#renewal);
    }
    if (this.#refusal !== undefined) return { refused: true, sentence: this.#refusal };
    if (this.#isUsable()) return { credential: this.#held };
    if (this.#nowMs() >= this.#options.taskExpiresAtMs)
      return { refused: true, sentence: "The task's time is over; run it with a longer --ttl." };
    return { refused: false, sentence: "The credentials have expired and cannot be renewed right now; try again." };
  }

  #isUsable(): boolean {
    return this.#nowMs() < endOf(this.#held);
  }

  #isDue(): boolean {
    const now = this.#nowMs();
    if (this.#renewal) return true;
    if (this.#refusal !== undefined || now < this.#notBeforeMs) return false;
    // It lives as long as its task already (to the second, and fences are whole seconds): a renewal could gain nothing.
    if (endOf(this.#held) >= this.#options.taskExpiresAtMs - 2_000) return false;
    return now >= this.#halfLifeMs || endOf(this.#held) - now < SHORT_MS;
  }

  async #renew(): Promise<void> {
    const renewal = await this.#options.renew();
    const now = this.#nowMs();
    switch (renewal.kind) {
      case "renewed": {
        // A forbid on the hour may end every session at the same moment: then only a new hour brings a longer one.
        const hasGained = endOf(renewal.credential) > endOf(this.#held);
        this.#held = renewal.credential;
        this.#halfLifeMs = this.#middleOf(renewal.credential);
        this.#notBeforeMs = hasGained
          ? now + RENEWAL_PAUSE_MS
          : Math.max(endOf(renewal.credential), now + RENEWAL_PAUSE_MS);
        return;
      }
      case "refused":
        this.#refusal = renewal.sentence;
        return;
      case "later":
        this.#notBeforeMs = now + renewal.retryAfterSeconds * 1_000;
        return;
      case "unreachable":
        this.#notBeforeMs = now + OUTAGE_PAUSE_MS;
    }
  }

  #middleOf(credential: Credential): number {
    return (this.#nowMs() + endOf(credential)) / 2;
  }
}

const endOf = (credential: Credential): number => Date.parse(credential.Expiration);
