import { changedEffects, recordHash } from "../../core/approvals/approval-record.ts";
import { useWithinOf } from "../../core/approvals/group-times.ts";
import { nextUse } from "../../core/approvals/standing-uses.ts";
import { EMPTY_CHAIN, headOf, nextEvent } from "../../core/journal/event.ts";
import { deadBefore } from "../../core/revocation/panic.ts";
import type { TaskPath } from "../../core/task-path.ts";
import type { TaskRequest } from "../../core/tasks/task-request.ts";
import type { Caller } from "../../steps/requests/verify-identity.ts";
import { type BelievedTask, sealTask } from "../../steps/tasks/believe-task.ts";
import type { UnapprovedGrants } from "../../steps/tasks/grants.ts";
import { newTask } from "../vend/plan-task.ts";
import { readBudgets } from "../vend/read-budgets.ts";
import { idempotencyOf } from "../vend/record-task.ts";
import { type AskNeeds, approvalNow } from "./approval-now.ts";
import { openWaiting } from "./open-waiting.ts";
import { plannedEffects, waitingUntil } from "./plan-request.ts";
import type { WaitingTask } from "./waiting-task.ts";

/**
 * Opens a further task under a standing approval of the same request, with the same effects. Issues nothing for it yet. Verifies the votes, so that a
 * request that they do not cover goes to people anew. The use verifies the votes again, and decides.
 * @returns undefined where no standing approval covers the request.
 * @throws {Refusal} policy_denied where policy does not let people approve so many uses, and those of an opening.
 */
export async function openUnderStanding(
  caller: Caller,
  request: TaskRequest,
  grants: UnapprovedGrants,
  key: string,
  ports: AskNeeds,
): Promise<WaitingTask | { readonly repeats: TaskPath } | undefined> {
  if (!request.standing) return undefined;
  const approvals = await ports.approvals();
  const id = await approvals.standing(caller.agent.id, key);
  if (id === undefined) return undefined;
  const [stored, panic] = await Promise.all([approvals.read(id), ports.panics.read()]);
  const { record } = stored;
  // A panic ends the approvals that were requested before it, as it ends tasks.
  if (!record || nextUse(stored) === undefined || record.created_at < deadBefore(panic)) return undefined;

  const { task: whole, token } = newTask(caller, request, grants, ports);
  const { task, effects } = await plannedEffects(whole, request, caller.agent, grants, ports);
  if (changedEffects(record, effects).length > 0) return undefined;
  const hash = recordHash(record);
  const until = task.openedAt + useWithinOf(record, ports.deployment);
  const waiting = waitingUntil(until, task, caller.agent, { id, hash });
  const sealed = await sealTask(waiting, ports);
  const now = await approvalNow({ ...sealed, approval: { id, hash } }, ports);
  if (!now.tally || (now.state !== "approved" && !now.isUnsure)) return undefined;

  const counted = await readBudgets(caller, request, grants, ports);
  if ("repeats" in counted) return counted;
  const event = nextEvent(EMPTY_CHAIN, task.path, "approval.standing", ports.clock.nowMs(), {
    agent: task.agent,
    subject: task.subject,
    approval: { id, hash },
    purpose: task.purpose,
    details: task.details,
    policies: grants.policies,
    shadows: grants.shadows.length > 0 ? grants.shadows : undefined,
    denials: grants.denials.length > 0 ? grants.denials : undefined,
    bundle: ports.policies.hash,
    source_ip: request.sourceIp,
    request: request.requestId,
  });
  const linked: BelievedTask = { ...sealed, chain: headOf(event) };
  const idempotency = idempotencyOf(linked, request);
  const open = () => ports.tasks.open(linked, event, caller.use, idempotency, undefined);
  const opened = await openWaiting(linked, grants, open, idempotency, ports);
  if ("repeats" in opened) return opened;
  const { denials, outlives } = grants;
  const { filled } = now.tally;
  return { ...{ task: linked, token, record, hash, filled, denials, outlives }, isNew: true, isGiven: true };
}
