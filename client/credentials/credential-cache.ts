import { setTimeout as sleep } from "node:timers/promises";
import type { Credential } from "../task/held-task.ts";

/** Outcome of a renewal. `refused` is final; `later` and `unreachable` are not. */
export type Renewal =
  | { readonly kind: "renewed"; readonly credential: Credential }
  | { readonly kind: "refused"; readonly sentence: string }
  | { readonly kind: "later"; readonly retryAfterSeconds: number }
  | { readonly kind: "unreachable" };

export type Current = { readonly credential: Credential } | { readonly refused: boolean; readonly sentence: string };

/** Longest wait for a renewal before the held credential is returned: the JavaScript SDK waits one second. */
const PATIENCE_MS = 700;
/** Shortest time between two renewals, as the service makes one STS call per lease in this time. */
const RENEWAL_PAUSE_MS = 10_000;
const OUTAGE_PAUSE_MS = 2_000;

interface Options {
  readonly first: Credential;
  /** Deadline of the task, which no credential outlives; epoch milliseconds. */
  readonly taskExpiresAtMs: number;
  readonly renew: () => Promise<Renewal>;
  readonly nowMs?: () => number;
}

/**
 * Cache of one account's credential. A request renews it past half of its life, however short that is; one renewal at a time. During
 * an outage the cache returns the held credential until it expires. After a refusal, which is final, and after the task's end, it returns none.
 */
export class CredentialCache {
  readonly #options: Options;
  readonly #nowMs: () => number;
  #held: Credential;
  #halfLifeMs: number;
  #notBeforeMs: number;
  #renewal: Promise<void> | undefined;
  #refusal: string | undefined;
  #end: string | undefined;

  constructor(options: Options) {
    this.#options = options;
    this.#nowMs = options.nowMs ?? Date.now;
    this.#held = options.first;
    this.#halfLifeMs = this.#middleOf(options.first);
    this.#notBeforeMs = Math.min(this.#nowMs() + RENEWAL_PAUSE_MS, endOf(options.first));
  }

  /** Returns the current credential, or the reason why there is none; waits only where the held one is unusable. */
  async current(): Promise<Current> {
    if (this.#end === undefined && this.#isDue()) {
      this.#renewal ??= this.#renew().finally(() => {
        this.#renewal = undefined;
      });
      await (this.#isUsable()
        ? Promise.race([this.#renewal, sleep(PATIENCE_MS, undefined, { ref: false })])
        : this.#renewal);
    }
    const none = this.#end ?? this.#refusal;
    if (none !== undefined) return { refused: true, sentence: none };
    if (this.#isUsable()) return { credential: this.#held };
    if (this.#nowMs() >= this.#options.taskExpiresAtMs)
      return { refused: true, sentence: "The task's time is over; run it with a longer --ttl." };
    return { refused: false, sentence: "The credentials have expired and cannot be renewed right now; try again." };
  }

  /** Ends the cache with its task: it returns nothing from now on, whatever a renewal on its way brings. */
  end(sentence: string): void {
    this.#end = sentence;
  }

  #isUsable(): boolean {
    return this.#nowMs() < endOf(this.#held);
  }

  #isDue(): boolean {
    const now = this.#nowMs();
    if (this.#renewal) return true;
    if (this.#refusal !== undefined || now < this.#notBeforeMs) return false;
    // A credential that lives as long as its task needs no renewal. Two seconds of tolerance, since fences are whole seconds.
    if (endOf(this.#held) >= this.#options.taskExpiresAtMs - 2_000) return false;
    return now >= this.#halfLifeMs;
  }

  async #renew(): Promise<void> {
    const renewal = await this.#options.renew();
    const now = this.#nowMs();
    switch (renewal.kind) {
      case "renewed": {
        // A policy on the hour may end every session at the same moment. Until then, no renewal gains time.
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
