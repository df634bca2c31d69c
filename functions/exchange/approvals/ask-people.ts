import type { ApprovalId } from "../../../contract/approval-id.ts";
import type { ApprovalRecord } from "../../core/approvals/approval-record.ts";
import type { ApprovalRequests } from "../../core/approvals/approvals.ts";
import { excludedPeople } from "../../core/approvals/excluded-people.ts";
import { fillable, fillSlots } from "../../core/approvals/fill-slots.ts";
import { inboxesOf } from "../../core/approvals/inboxes-of.ts";
import { defined } from "../../core/defined.ts";
import type { KnownAgent } from "../../core/identity/agent.ts";
import { EMPTY_CHAIN, headOf, nextEvent } from "../../core/journal/event.ts";
import type { Ports } from "../../core/ports.ts";
import { Refusal } from "../../core/refusal.ts";
import type { TaskPath } from "../../core/task-path.ts";
import type { Task } from "../../core/tasks/task.ts";
import type { TaskRequest } from "../../core/tasks/task-request.ts";
import { whileContended, withoutPause } from "../../core/while-contended.ts";
import type { Caller } from "../../steps/requests/verify-identity.ts";
import type { BelievedTask } from "../../steps/tasks/believe-task.ts";
import type { UnapprovedGrants } from "../../steps/tasks/grants.ts";
import { refuseKnownHalt } from "../../steps/tasks/refuse-halted.ts";
import { readBudgets } from "../vend/read-budgets.ts";
import { idempotencyOf } from "../vend/record-task.ts";
import type { AskNeeds } from "./approval-now.ts";
import { joinWaiting, STILL_WAITING } from "./join-waiting.ts";
import { openUnderStanding } from "./open-under-standing.ts";
import { openWaiting } from "./open-waiting.ts";
import { type PlannedRequest, planRequest } from "./plan-request.ts";
import { limitsOfRequest, refuseTooMany, requestOf } from "./refuse-too-many.ts";
import type { WaitingTask } from "./waiting-task.ts";

/** Attempts at recording a request, while others request the same. */
const ATTEMPTS = 4;

/**
 * Opens a task that waits for people: records it with the request that they decide about, and issues nothing. If the same request (agent, person and
 * granted pairs) waits already, returns the task of that request.
 * @throws {Refusal} policy_denied for a child, budget_spent, too_many_approvals, intent_too_large, intent_invalid, session_policy_unproven, session_policy_unknown, and those of an opening.
 */
export async function askPeople(
  caller: Caller,
  taskRequest: TaskRequest,
  grants: UnapprovedGrants,
  ports: AskNeeds,
): Promise<WaitingTask> {
  refuseKnownHalt(ports);
  if (grants.parentScope) throw new Refusal("policy_denied", { denials: [OF_A_CHILD] });
  const approvals = await ports.approvals();
  const asked = requestOf(caller, grants);
  const { key } = asked;
  return whileContended(async () => {
    const standing = await openUnderStanding(caller, taskRequest, grants, key, ports);
    if (standing && "repeats" in standing) return repeat(standing.repeats, caller, taskRequest, grants, ports);
    if (standing) return standing;
    const latest = await approvals.latest(caller.agent.id, key);
    const joined =
      latest && (await joinWaiting(latest.task, latest.id, STILL_WAITING, caller, taskRequest, grants, ports));
    if (joined) return joined;
    // People are not asked about a grant that a spent budget would refuse. Only the use counts.
    const counted = await readBudgets(caller, taskRequest, grants, ports);
    if ("repeats" in counted) return repeat(counted.repeats, caller, taskRequest, grants, ports);
    await refuseTooMany(asked, caller, approvals, ports);
    const planned = await planRequest(caller, taskRequest, grants, ports);
    const recorded = await record(planned, caller, taskRequest, grants, key, latest?.id, approvals, ports);
    if ("repeats" in recorded) return repeat(recorded.repeats, caller, taskRequest, grants, ports);
    const { token, record: request, hash } = planned;
    const filled = fillSlots([], request.needed);
    const { denials, outlives } = grants;
    return {
      task: recorded.task,
      token,
      record: request,
      hash,
      filled,
      denials,
      outlives,
      isNew: true,
      isGiven: false,
    };
  }, withoutPause(ATTEMPTS));
}

/**
 * Denial of a child. People approve no child: its delegation can be used once only, and ends with the task above. No approval is inherited either: who
 * approved the task above has not approved its child. The task above has to request what its children need.
 */
const OF_A_CHILD = {
  action: "*",
  target: "*",
  reason: "People must approve this, and they are asked for tasks that have none above.",
  hint: "Have the agent open a task of its own for it.",
} as const;

/** Records the task and the request in one transaction, and makes the reads that must follow. Confirms the task, so that its token may be handed out. */
async function record(
  { task, record: request, hash }: PlannedRequest,
  caller: Caller,
  taskRequest: TaskRequest,
  grants: UnapprovedGrants,
  key: string,
  replaces: ApprovalId | undefined,
  approvals: ApprovalRequests,
  ports: AskNeeds,
): Promise<{ readonly task: Task } | { readonly repeats: TaskPath }> {
  const { id, needed, expires_at } = request;
  const event = nextEvent(EMPTY_CHAIN, task.path, "approval.asked", ports.clock.nowMs(), {
    agent: task.agent,
    subject: task.subject,
    approval: { id, hash, needed: needed, expires_at },
    // The whole record: a vote's nonce is its hash, so the log alone shows what a vote was for.
    record: request,
    purpose: task.purpose,
    details: task.details,
    policies: grants.policies,
    shadows: grants.shadows.length > 0 ? grants.shadows : undefined,
    denials: grants.denials.length > 0 ? grants.denials : undefined,
    bundle: ports.policies.hash,
    source_ip: taskRequest.sourceIp,
    request: taskRequest.requestId,
  });
  const linked: BelievedTask = { ...task, chain: headOf(event) };
  const inboxes = inboxesOf(request, ports.deployment);
  const requested = { record: request, hash, key, inboxes, ...defined({ replaces }) };
  const idempotency = idempotencyOf(task, taskRequest);
  const open = () => approvals.open(linked, event, caller.use, idempotency, undefined, requested);
  const asked = { agent: task.agent, key, needed, person: request.person };
  const opened = await openWaiting(linked, grants, open, idempotency, ports, limitsOfRequest(asked, approvals, ports));
  if ("repeats" in opened) return opened;
  ringWhereFew(request, caller.agent, ports);
  return { task: linked };
}

/** Answers a request with an earlier idempotency key: returns that request's task, waiting or approved. If that task was withdrawn, opens a new one. */
async function repeat(
  path: TaskPath,
  caller: Caller,
  taskRequest: TaskRequest,
  grants: UnapprovedGrants,
  ports: AskNeeds,
): Promise<WaitingTask> {
  const task = await ports.tasks.read(path);
  if (task?.status === "withdrawn" && !(await ports.tasks.isAlive(task)))
    return askPeople(caller, { ...taskRequest, replaces: path }, grants, ports);
  const states = [...STILL_WAITING, "used"] as const;
  const joined =
    task?.approval && (await joinWaiting(path, task.approval.id, states, caller, taskRequest, grants, ports));
  if (joined) return joined;
  throw new Refusal("task_ended", { say: "Its approval was used, or decided; use a new idempotency_key." });
}

/**
 * Rings an alarm if fewer people may vote on a request than its votes and one to spare. The agent's owner, those who shaped it, and the person it acts
 * for are excluded. Only groups that list `persons` are counted: only the issuer knows the people of a group by claim.
 */
function ringWhereFew(
  { needed, person, task }: ApprovalRecord,
  agent: KnownAgent,
  { deployment, clock, log }: Pick<Ports, "deployment" | "clock" | "log">,
): void {
  const { approvers = [], issuers } = deployment;
  const nowSeconds = clock.nowMs() / 1_000;
  const excluded = excludedPeople([agent], person ? [person] : [], needed, issuers, nowSeconds);
  const { isFillable, irreplaceable } = fillable(needed, approvers, excluded);
  if (isFillable && irreplaceable.length === 0) return;
  const why = isFillable ? "nobody to spare" : "too few may vote";
  log.write({ level: "error", event: "approvers_few", agent: agent.id, task, why });
}
