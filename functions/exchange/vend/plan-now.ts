import { CALL_LIMITS } from "../../../contract/limits.ts";
import { type PlannedLease, type PlannedTask, planLeases } from "../../connectors/aws/plan-leases.ts";
import { budgetText } from "../../core/budgets/budget.ts";
import { heldBy } from "../../core/budgets/budgets.ts";
import { callsIn } from "../../core/delegation/inherited-terms.ts";
import type { AccountId } from "../../core/deployment/account-id.ts";
import { OBLIGATIONS } from "../../core/policy/obligations.ts";
import type { SealingPorts } from "../../core/ports.ts";
import { Refusal } from "../../core/refusal.ts";
import { shortFence, type UnwritableRole, unwritable } from "../../core/revocation/unwritable.ts";
import type { SigningRules } from "../../core/tasks/session-vault.ts";
import type { Task } from "../../core/tasks/task.ts";
import { outagesAmong } from "../../steps/revocation/outages-among.ts";
import type { Grants, UnapprovedGrants } from "../../steps/tasks/grants.ts";

/** Seconds after which the request may be repeated. */
const RETRY_SECONDS = 20;

/**
 * Plans a task's leases with regard to what the reconciler last reported of their roles. In an account where IAM cannot be written, an ending cannot be
 * denied before its fence. There, a permit with `@requires("revocation")` issues nothing, and a client that renews its sessions by itself gets a shorter
 * fence.
 * @throws {Refusal} revocation_unavailable, store_unavailable, and those of `planLeases`.
 */
export async function planNow(
  task: PlannedTask & Pick<Task, "onBehalf">,
  grants: Pick<Grants | UnapprovedGrants, "aws" | "terms" | "agents">,
  reads: readonly string[],
  ports: Pick<SealingPorts, "deployment" | "clock" | "loads" | "renews">,
): Promise<readonly PlannedLease[]> {
  const { aws, terms } = grants;
  const nowMs = ports.clock.nowMs();
  const rules = terms.delivery === "sign" ? { rules: signingRules(task, grants) } : {};
  const planIn = (shortened?: ReadonlyMap<AccountId, number>) =>
    planLeases(
      task,
      aws,
      { ...terms, ...(shortened ? { shortened } : {}) },
      ports.deployment,
      nowMs / 1_000,
      reads,
    ).map((planned) => ({ ...planned, ...rules }));
  const planned = planIn();
  const outages = await outagesAmong(
    planned.map(({ lease }) => lease),
    nowMs,
    ports,
  );
  const [first] = outages;
  if (!first) return planned;
  const isRequired =
    OBLIGATIONS.requiresRevocation.keep(terms.obligations) || (terms.inherited?.requiresRevocation ?? false);
  if (isRequired) throw revocationUnavailable(first);
  if (!ports.renews) return planned;
  const seconds = shortFence(await ports.loads.living());
  return planIn(new Map(outages.map(({ role: { account } }) => [account, seconds])));
}

/**
 * Computes the rules of a task's sessions that stay in the hub, from the present decision.
 * @throws {Refusal} intent_invalid where too many budgets count its signatures.
 */
function signingRules(
  { path, onBehalf }: Pick<Task, "path" | "onBehalf">,
  { terms, agents }: Pick<Grants, "terms" | "agents">,
): SigningRules {
  const budgets = callsIn(terms);
  if (budgets.length > CALL_LIMITS.budgets)
    throw new Refusal("intent_invalid", {
      say: `${budgets.length} budgets of policy count its signatures (${budgets.map(budgetText).join(", ")}), and at most ${CALL_LIMITS.budgets} may; ask for its parts in tasks of their own.`,
    });
  return { budgets: heldBy(budgets, { agents, person: onBehalf, path }), refused: terms.refusedCalls ?? [] };
}

function revocationUnavailable({ role: { account, role }, sinceMs }: UnwritableRole): Refusal {
  const { since } = unwritable(sinceMs);
  return new Refusal("revocation_unavailable", {
    say: `It is account ${account}${since === undefined ? "" : `, since ${since}`}.`,
    why: `${account}/${role}`,
    retryAfterSeconds: RETRY_SECONDS,
  });
}
