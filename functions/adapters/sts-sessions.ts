import { STSClient } from "@aws-sdk/client-sts";
import type { Session, SessionRequest, Sessions } from "../core/ports.ts";
import { assumeTaskRole } from "./assume-task-role.ts";

/** Sessions from AWS STS, in the Region of this function (a global endpoint's tokens are not valid everywhere). */
export class StsSessions implements Sessions {
  readonly #client: STSClient;
  readonly #partition: string;

  constructor(partition: string) {
    this.#partition = partition;
    this.#client = new STSClient({
      maxAttempts: 2,
      requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
    });
  }

  async assume(request: SessionRequest): Promise<Session> {
    const session = { ...request, sourceIdentity: request.agent };
    const answer = await assumeTaskRole(this.#client, this.#partition, session);
    return {
      ...answer.keys,
      // STS's own clock, never ours.
      issuedAt: Math.floor(answer.expiresAt.getTime() / 1_000) - request.durationSeconds,
      ...percentOf(answer.SessionTokenUtilization ?? answer.PackedPolicySize),
    };
  }
}

/** The second name is the one that STS used until June 2026; not every endpoint knows the first. */
const percentOf = (tokenPercent: number | undefined) => (tokenPercent === undefined ? {} : { tokenPercent });
