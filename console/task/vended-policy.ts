import { digest } from "../../contract/decision/record-hash.ts";
import type { Read } from "../../contract/operation.ts";
import type { ExplainedSession } from "../../contract/policies.ts";
import type { TaskEvent } from "../../contract/tasks.ts";

/** Outcome of the comparison of a policy that was computed now with the one that AWS received. */
export type Comparison = "same" | "differs" | "unknown";

/** Fence of a session policy: the moment from which everything is denied. Differs at each issue. */
const FENCE = /"DateGreaterThanEquals":\{"aws:CurrentTime":"([^"]{1,40})"\}/;

/**
 * Compares a session policy that was computed now with the last one that AWS received for the lease. The journal has the hash of the last one, and the
 * moment of its fence. Before the comparison, that moment replaces the fence of the new policy. Returns `unknown` where the journal has no hash.
 */
export async function compareWithVended(
  { lease: name, policy }: Pick<ExplainedSession, "lease" | "policy">,
  events: readonly Read<TaskEvent>[],
): Promise<Comparison> {
  const vended = events.flatMap(({ leases = [] }) => leases).findLast((lease) => lease.name === name);
  if (vended === undefined) return "unknown";
  const fence = new Date(vended.fence_at * 1_000).toISOString().replace(".000Z", "Z");
  const asVended = policy.replace(FENCE, `"DateGreaterThanEquals":{"aws:CurrentTime":"${fence}"}`);
  return (await digest(asVended)) === vended.policy_sha256 ? "same" : "differs";
}

const SAYS = {
  same: "This is the text that AWS got, except for its end: its hash is the one in the journal.",
  differs:
    "This is not the text that AWS got: its hash differs from the one in the journal. The policies or the agent have changed since, or the task was decided on facts that this page does not have (claims of its token, its address, a person, the task above it).",
  unknown: "It is unknown whether AWS got this text: the journal has no hash of it.",
} as const;

/** Describes the outcome of the comparison. */
export const comparisonInWords = (comparison: Comparison): string => SAYS[comparison];
