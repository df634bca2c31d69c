import { type PlannedLease, type PlannedTask, planLeases } from "../../connectors/aws/plan-leases.ts";
import type { AccountId } from "../../core/deployment/account-id.ts";
import { OBLIGATIONS } from "../../core/policy/obligations.ts";
import type { SealingPorts } from "../../core/ports.ts";
import { Refusal } from "../../core/refusal.ts";
import { shortFence, type UnwritableRole, unwritable } from "../../core/revocation/unwritable.ts";
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
  task: PlannedTask,
  { aws, terms }: Pick<Grants | UnapprovedGrants, "aws" | "terms">,
  reads: readonly string[],
  ports: Pick<SealingPorts, "deployment" | "clock" | "loads" | "renews">,
): Promise<readonly PlannedLease[]> {
  const nowMs = ports.clock.nowMs();
  const planIn = (shortened?: ReadonlyMap<AccountId, number>) =>
    planLeases(task, aws, { ...terms, ...(shortened ? { shortened } : {}) }, ports.deployment, nowMs / 1_000, reads);
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

function revocationUnavailable({ role: { account, role }, sinceMs }: UnwritableRole): Refusal {
  const { since } = unwritable(sinceMs);
  return new Refusal("revocation_unavailable", {
    say: `It is account ${account}${since === undefined ? "" : `, since ${since}`}.`,
    why: `${account}/${role}`,
    retryAfterSeconds: RETRY_SECONDS,
  });
}
