import { createHash } from "node:crypto";
import { type PlannedLease, type PlannedTask, timelessPolicy } from "../../connectors/aws/plan-leases.ts";
import type { VendEffects } from "../../core/approvals/approval-record.ts";
import type { Standing } from "../../core/approvals/standing.ts";
import type { Deployment } from "../../core/deployment/deployment.ts";
import type { Detail } from "../../core/intent/detail.ts";
import { OBLIGATIONS, votesFor } from "../../core/policy/obligations.ts";
import { describeDetails } from "../tasks/describe-details.ts";
import type { GrantedIntent } from "../tasks/grants.ts";

/** Planned vend whose effects are described. */
export interface PlannedVend {
  readonly task: PlannedTask;
  readonly planned: readonly PlannedLease[];
  /** ARNs of secrets that the task's sessions read by themselves. */
  readonly reads: readonly string[];
  /** Longest lifetime of the task; seconds. */
  readonly ttlSeconds: number;
  /** Further uses that the approval permits. */
  readonly standing: Standing | undefined;
}

/**
 * Computes the effects of a vend. People approve the effects, and these must be the same at the vend and at every
 * renewal.
 */
export function effectsOf(
  { task, planned, reads, ttlSeconds, standing }: PlannedVend,
  { details, terms }: Pick<GrantedIntent, "details" | "terms">,
  deployment: Pick<Deployment, "accounts">,
): VendEffects {
  const { obligations } = terms;
  const needed = votesFor(obligations);
  // Break-glass replaces several votes by one, so it is pointless where one is needed. A broken glass is good for one
  // task, so it excludes further uses.
  const mayBreak = !standing && OBLIGATIONS.breakGlass.keep(obligations, needed);
  return {
    grants: describeDetails(details) as readonly Detail[],
    session_policies: Object.fromEntries(
      planned.map((each) => [each.lease.name, sha256(timelessPolicy(each, task, terms, deployment, reads))]),
    ),
    accounts: [...new Set(planned.map(({ lease }) => lease.account))].sort(),
    ttl: OBLIGATIONS.maxTtlSeconds.keep(obligations, ttlSeconds),
    needed,
    ...(standing ? { standing } : {}),
    ...(mayBreak ? { break_glass: true } : {}),
  };
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("base64url");
