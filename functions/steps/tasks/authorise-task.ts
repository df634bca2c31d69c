import { brand } from "../../core/brand.ts";
import { defined } from "../../core/defined.ts";
import type { Delegated } from "../../core/delegation/delegation.ts";
import type { Detail } from "../../core/intent/detail.ts";
import type { Ports } from "../../core/ports.ts";
import { Refusal } from "../../core/refusal.ts";
import type { TaskFacts } from "../../core/tasks/task.ts";
import { authoriseIntent } from "./authorise-intent.ts";
import type { BelievedTask } from "./believe-task.ts";
import type { Grants, NoParent, ParentScope, UnapprovedGrants } from "./grants.ts";
import { noParentAbove } from "./no-parent.ts";
import type { Lineage, TaskOf } from "./read-lineage.ts";
import type { HeldDelegation } from "./verify-delegation.ts";

type Needs = Parameters<typeof authoriseIntent>[3] & Pick<Ports, "approvals" | "tasks" | "seals" | "log">;

/** Selects the details that are decided. The others count as not granted. */
type Part = (detail: Detail) => boolean;

const EVERYTHING: Part = () => true;

/**
 * Decides anew by Cedar the grants that the task was opened with: all of them, or nothing. Never grants more than the
 * record has, whatever policy permits now. A child never gets more than each task above is granted now.
 * @param sourceIp address of this request, where it is known; the tasks above are decided with the same address.
 * @param part selects the details that matter to the caller, in this task and in all above; every detail unless given.
 * @throws {Refusal} agent_inactive, policy_denied.
 */
export async function authoriseTask(
  lineage: Lineage,
  sourceIp: string | undefined,
  ports: Needs,
  part = EVERYTHING,
): Promise<Grants> {
  let parent: { readonly task: BelievedTask; readonly grants: Grants } | undefined;
  const above = (task: BelievedTask) =>
    parent ? parentScopeOf(parent.task, parent.grants, task.delegated?.details, part) : noParentAbove(task);
  for (const each of lineage.ancestors) {
    const grants = await stillGranted(() => decideAnew(each, above(each.task), sourceIp, ports, part));
    parent = { task: each.task, grants };
  }
  return decideAnew(lineage, above(lineage.task), sourceIp, ports, part);
}

/** Rewrites a denial for a task above, so that it does not read as a denial of a requested detail. */
async function stillGranted(decide: () => Promise<Grants>): Promise<Grants> {
  try {
    return await decide();
  } catch (error) {
    if (!(error instanceof Refusal && error.code === "policy_denied")) throw error;
    throw new Refusal("policy_denied", {
      ...error.detail,
      say: "A task above it is no longer permitted what it was granted.",
    });
  }
}

/**
 * Computes the bounds of a new child: the present grants of its parent and all tasks above, within its delegation.
 * @throws {Refusal} agent_inactive, policy_denied.
 */
export async function authoriseParent(held: HeldDelegation, sourceIp: string, ports: Needs): Promise<ParentScope> {
  const { lineage, delegation } = held;
  const grants = await stillGranted(() => authoriseTask(lineage, sourceIp, ports));
  return { ...parentScopeOf(lineage.task, grants, held.details), delegation };
}

/**
 * Decides one task anew. A grant that needs approval counts only where people have approved it for this task. The code
 * for approvals is loaded at its first use.
 */
const decideAnew = async (
  of: TaskOf,
  parent: ParentScope | NoParent,
  sourceIp: string | undefined,
  ports: Needs,
  part: Part,
): Promise<Grants> => {
  const { task } = of;
  const decided = await decideTask(of, task.expiresAt - task.openedAt, sourceIp, parent, ports, part);
  if (!("needed" in decided) && task.approval === undefined) return decided;
  const { approveGrants } = await import("../approvals/approve-grants.ts");
  return approveGrants(task, decided, part === EVERYTHING, ports);
};

/**
 * Decides the grants of a task's record by today's policies, without regard to approvals.
 * @throws {Refusal} agent_inactive, policy_denied.
 */
export async function decideTask(
  { task, agent }: TaskOf,
  ttlSeconds: number,
  sourceIp: string | undefined,
  parent: ParentScope | NoParent,
  ports: Parameters<typeof authoriseIntent>[3],
  part = EVERYTHING,
): Promise<Grants | UnapprovedGrants> {
  const { purpose, facts } = task;
  const details = task.details.filter(part);
  refuseUnknownClaims(facts, ports);
  const request = {
    details,
    purpose,
    mode: "all",
    ttlSeconds,
    ...defined({ sourceIp, deliver: task.delivery }),
  } as const;
  return authoriseIntent({ agent, claims: facts.claims, onBehalf: task.onBehalf }, request, parent, ports);
}

/**
 * Refuses where policy reads a claim that the record lacks, since a `forbid` on that claim would not apply. The record
 * has the claims that policies read at the opening.
 */
function refuseUnknownClaims({ claims, absent = [] }: TaskFacts, { policies }: Pick<Ports, "policies">): void {
  const unknown = policies.claims.filter((name) => !Object.hasOwn(claims, name) && !absent.includes(name));
  if (unknown.length > 0) throw new Refusal("policy_denied", { denials: [UNKNOWN_CLAIM], why: unknown.join(" ") });
}

const UNKNOWN_CLAIM = {
  action: "*",
  target: "*",
  reason:
    "A policy that was deployed after the task was opened reads a claim of its agent's token that no policy read before.",
  hint: "Open the task anew, with a new token.",
} as const;

function parentScopeOf(
  parent: BelievedTask,
  grants: Grants,
  details: Delegated["details"],
  part = EVERYTHING,
): ParentScope {
  const chain = [...(parent.delegated?.chain ?? []), parent.agent];
  return brand<ParentScope>({
    parent,
    grants,
    delegated: { chain, ...(details ? { details: details.filter(part) } : {}) },
  });
}
