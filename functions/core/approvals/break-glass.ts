import type { AgentId } from "../../../contract/agent-id.ts";
import type { ApprovalId } from "../../../contract/approval-id.ts";
import type { Registration } from "../identity/agent.ts";

/** Time within which another person has to review a broken glass; seconds. After it the agent is suspended. */
export const REVIEW_SECONDS = 86_400;

/**
 * Time for which an unreviewed glass remains listed; seconds. A sweep that was down still suspends the agent later, and
 * the person who broke the glass cannot resume the agent.
 */
export const OVERDUE_SECONDS = 90 * 86_400;

/** Broken glass that nobody has reviewed in time. */
export interface UnreviewedGlass {
  /** Id of the approval; empty where the stored one is misspelt, since its agent is suspended all the same. */
  readonly id: ApprovalId | "";
  readonly agent: AgentId;
  /** Epoch seconds. */
  readonly dueAt: number;
  /** Person who broke the glass, as `personId` names them; absent for a glass that an earlier release has listed. */
  readonly by?: string;
}

/** True where nobody has resumed the agent since the review was due, which would be a person's decision about the glass. */
export const isUndecided = ({ resumedAt }: Pick<Registration, "resumedAt">, { dueAt }: UnreviewedGlass): boolean =>
  (resumedAt ?? 0) < dueAt;

/**
 * Broken glasses, as the sweep suspends agents whose glass nobody has reviewed, and as `register` refuses to let the
 * person who broke one resume the agent. The sweep removes none: whoever has its
 * keys could otherwise prevent an agent's suspension.
 */
export interface Glasses {
  /** Lists the glasses whose review was due by then and did not come, strongly read. @param nowSeconds epoch seconds. */
  unreviewed(nowSeconds: number): Promise<readonly UnreviewedGlass[]>;
}
