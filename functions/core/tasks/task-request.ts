import type { AgentId } from "../../../contract/agent-id.ts";
import type { Delivery } from "../../../contract/names.ts";
import type { Detail } from "../intent/detail.ts";
import type { StandingTerms } from "../policy/standing-terms.ts";
import type { TaskPath } from "../task-path.ts";

/** Agent's request for a task: well formed, not yet trusted. Each step takes the parts that it reads. */
export interface TaskRequest {
  readonly details: readonly Detail[];
  /** Purpose of the task in the agent's words: 1 to 256 characters. */
  readonly purpose: string;
  /** Requested lifetime; the exchange lowers it to what the agent and its delegation allow. */
  readonly ttlSeconds: number;
  /** `all`: the whole intent or nothing. `narrow`: the part that policy permits. */
  readonly mode: "all" | "narrow";
  /** Delivery of AWS sessions that the agent requests; absent where their keys may be handed out. */
  readonly deliver?: Delivery;
  /** Uses of one approval that the agent requests, where policy demands an approval; absent for one use. */
  readonly standing?: StandingTerms;
  readonly idempotencyKey?: string;
  /** Hash over the request without the agent's token and the idempotency key, to identify repeats. */
  readonly requestHash: string;
  /** Withdrawn task of an earlier attempt of the same request. Only the exchange itself can name it. */
  readonly replaces?: TaskPath;
  /**
   * Tool server, where the task is opened for that server only. The task then has one presentation token, and no task
   * token.
   */
  readonly shownTo?: AgentId;
  readonly sourceIp: string;
  readonly requestId: string;
}
