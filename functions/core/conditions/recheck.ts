import type { AgentId } from "../../../contract/agent-id.ts";
import type { ConditionScope } from "../../../contract/condition-scope.ts";

/** Change of a condition in one place, after which policy may permit live tasks less than they were granted. */
export interface Recheck {
  readonly condition: string;
  readonly scope: ConditionScope;
  /** Agents whose tasks are decided anew; absent where the agents of the place are not listed yet. */
  readonly agents?: readonly AgentId[];
}

/** Queue of changes. Delivery is at least once, and a repeat changes nothing. */
export interface RecheckQueue {
  send(rechecks: readonly Recheck[]): Promise<void>;
}

/** Upper bound on the agents in one message: some seconds of work, which a crash loses at most. */
export const AGENTS_IN_MESSAGE = 25;
