import { randomInt } from "node:crypto";
import { STSClient } from "@aws-sdk/client-sts";
import { Refusal } from "../../core/refusal.ts";
import type { Session, SessionRequest, Sessions } from "../../core/tasks/sessions.ts";
import { assumeTaskRole } from "./assume-task-role.ts";

/** Sessions from AWS STS, in the Region of this function (a global endpoint's tokens are not valid everywhere). */
export class StsSessions implements Sessions {
  readonly #client: STSClient;
  readonly #partition: string;
  readonly #nowMs: () => number;
  #busyUntilMs = 0;

  constructor(partition: string, nowMs: () => number = Date.now) {
    this.#partition = partition;
    this.#nowMs = nowMs;
    this.#client = new STSClient({
      maxAttempts: 2,
      requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
    });
  }

  isBusy(): boolean {
    return this.#nowMs() < this.#busyUntilMs;
  }

  async assume(request: SessionRequest): Promise<Session> {
    const session = { ...request, sourceIdentity: request.agent };
    const answer = await assumeTaskRole(this.#client, this.#partition, session).catch((error: unknown) => {
      if (error instanceof Refusal && THROTTLED.has(error.detail.why ?? ""))
        this.#busyUntilMs = this.#nowMs() + BUSY_MS.least + randomInt(BUSY_MS.spread);
      throw error;
    });
    return {
      ...answer.keys,
      // STS's own clock, never ours.
      issuedAt: Math.floor(answer.expiresAt.getTime() / 1_000) - request.durationSeconds,
      ...percentOf(answer.SessionTokenUtilization ?? answer.PackedPolicySize),
    };
  }
}

/** STS's words for more calls a second than the account may make; the SDK has tried again already. */
const THROTTLED: ReadonlySet<string> = new Set(["Throttling", "ThrottlingException", "RequestLimitExceeded"]);

/** How long this process then asks for nothing; by chance, so that a thousand processes do not begin again together. */
const BUSY_MS = { least: 500, spread: 1_000 } as const;

/** The second name is the one that STS used until June 2026; not every endpoint knows the first. */
const percentOf = (tokenPercent: number | undefined) => (tokenPercent === undefined ? {} : { tokenPercent });
