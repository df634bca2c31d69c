import { randomInt } from "node:crypto";
import { Refusal } from "../../core/refusal.ts";
import type { Session, SessionRequest, Sessions } from "../../core/tasks/sessions.ts";
import type { AssumeRole } from "./assume-role.ts";
import { assumeTaskRole } from "./assume-task-role.ts";

/** Sessions from AWS STS in the function's own Region (tokens of the global endpoint are not valid in all Regions). */
export class StsSessions implements Sessions {
  readonly #assumeRole: AssumeRole;
  readonly #partition: string;
  readonly #nowMs: () => number;
  #busyUntilMs = 0;

  constructor(partition: string, assumeRole: AssumeRole, nowMs: () => number = Date.now) {
    this.#partition = partition;
    this.#assumeRole = assumeRole;
    this.#nowMs = nowMs;
  }

  isBusy(): boolean {
    return this.#nowMs() < this.#busyUntilMs;
  }

  async assume(request: SessionRequest): Promise<Session> {
    const session = { ...request, sourceIdentity: request.agent };
    const answer = await assumeTaskRole(this.#assumeRole, this.#partition, session).catch((error: unknown) => {
      if (error instanceof Refusal && THROTTLED.has(error.detail.why ?? ""))
        this.#busyUntilMs = this.#nowMs() + BUSY_MS.least + randomInt(BUSY_MS.spread);
      throw error;
    });
    return {
      ...answer.keys,
      // Time by STS's clock, not by valetkey's.
      issuedAt: Math.floor(answer.expiresAt.getTime() / 1_000) - request.durationSeconds,
      ...percentOf(answer.SessionTokenUtilization ?? answer.PackedPolicySize),
    };
  }
}

/** Names of STS's throttling errors, which arrive here after the client's own retries. */
const THROTTLED: ReadonlySet<string> = new Set(["Throttling", "ThrottlingException", "RequestLimitExceeded"]);

/** Time for which a process pauses after a throttle; milliseconds. Random, so that a thousand processes do not resume together. */
const BUSY_MS = { least: 500, spread: 1_000 } as const;

/** Wraps the token's size in per cent. STS's field was `PackedPolicySize` until June 2026, and some endpoints lack its successor. */
const percentOf = (tokenPercent: number | undefined) => (tokenPercent === undefined ? {} : { tokenPercent });
