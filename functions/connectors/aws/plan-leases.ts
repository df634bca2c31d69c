import { accountOf, type Deployment } from "../../core/deployment.ts";
import type { AwsDetail } from "../../core/intent/detail.ts";
import { LIMITS } from "../../core/intent/detail.ts";
import type { Pair } from "../../core/intent/pairs.ts";
import type { SpreadDetail } from "../../core/intent/spread-intent.ts";
import { compileSessionPolicy, SESSION_POLICY_CHARACTERS } from "../../core/policy/compile.ts";
import { Refusal } from "../../core/refusal.ts";
import { poolIndex, type TaskPath } from "../../core/tasks/path.ts";
import { fenceFor, type Lease, type Task } from "../../core/tasks/task.ts";
import { taskRoleName } from "../../names.ts";

/** A lease that is about to be issued, and the session policy that it will be issued with. */
export interface PlannedLease {
  readonly lease: Lease;
  readonly policy: string;
}

/**
 * One lease for each AWS detail, in the role of the pool that is this task's.
 * @throws {Refusal} intent_too_large, with the size and what to split off; intent_invalid where there are too many AWS details.
 */
export function planLeases(
  task: Pick<Task, "path" | "expiresAt" | "chain">,
  spread: readonly SpreadDetail[],
  deployment: Deployment,
  nowSeconds: number,
): readonly PlannedLease[] {
  const aws = [...spread.entries()].filter(([, { detail }]) => detail.type === "aws");
  if (aws.length > LIMITS.leases) {
    throw new Refusal("intent_invalid", {
      say: `It may hold ${LIMITS.leases} details of type aws; split it over several tasks.`,
    });
  }
  return aws.map(([index, { detail, pairs }]) => {
    const lease = leaseFor(task, detail as AwsDetail, index, deployment, nowSeconds);
    return { lease, policy: fittingPolicy(pairs, detail as AwsDetail, index, lease.fenceAt) };
  });
}

function leaseFor(
  task: Pick<Task, "path" | "expiresAt" | "chain">,
  detail: AwsDetail,
  index: number,
  deployment: Deployment,
  nowSeconds: number,
): Lease {
  const account = accountOf(deployment, detail.account);
  // A task may outlive a deployment that took the account away.
  if (!account)
    throw new Refusal("intent_invalid", { say: `The account ${detail.account} is not handed out any more.` });
  return {
    name: `aws-${index}`,
    account: account.id,
    role: taskRoleName(poolIndex(task.path as TaskPath, account.taskRoles)),
    detail: index,
    state: "issuing",
    event: task.chain.n + 1,
    startedAt: Math.floor(nowSeconds),
    fenceAt: fenceFor(task, nowSeconds),
  };
}

function fittingPolicy(pairs: readonly Pair[], detail: AwsDetail, index: number, fenceAt: number): string {
  const { text, characters } = compileSessionPolicy(pairs, detail.conditions, fenceAt);
  if (characters <= SESSION_POLICY_CHARACTERS) return text;
  const keep = longestFittingPrefix(pairs, detail, fenceAt);
  const split = pairs.slice(keep).map((pair) => `${pair.action} on ${pair.target}`);
  throw new Refusal("intent_too_large", {
    say:
      `authorization_details[${index}] compiles to ${characters} characters of ${SESSION_POLICY_CHARACTERS}, ` +
      `${characters - SESSION_POLICY_CHARACTERS} too many. Its first ${keep} of ${pairs.length} pairs fit; ` +
      `put the others into another detail or task: ${split.slice(0, 5).join("; ")}${split.length > 5 ? "; ..." : ""}.`,
  });
}

/** How many of the pairs, from the first on, still fit: at most 50 compilations, and only on the way to a refusal. */
function longestFittingPrefix(pairs: readonly Pair[], detail: AwsDetail, fenceAt: number): number {
  const fits = (count: number): boolean =>
    compileSessionPolicy(pairs.slice(0, count), detail.conditions, fenceAt).characters <= SESSION_POLICY_CHARACTERS;
  let keep = pairs.length - 1;
  while (keep > 0 && !fits(keep)) keep -= 1;
  return keep;
}
