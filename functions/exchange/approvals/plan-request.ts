import { approvalId } from "../../../contract/approval-id.ts";
import { WITHOUT_STANDING } from "../../../contract/names.ts";
import { detailsWithLeases, planLeases } from "../../connectors/aws/plan-leases.ts";
import {
  type ApprovalRecord,
  assertReadable,
  recordHash,
  type VendEffects,
} from "../../core/approvals/approval-record.ts";
import { timeoutOf, useWithinOf } from "../../core/approvals/group-times.ts";
import { standingNow } from "../../core/approvals/standing.ts";
import type { KnownAgent } from "../../core/identity/agent.ts";
import { loggedOwner } from "../../core/identity/person.ts";
import type { Detail } from "../../core/intent/detail.ts";
import { onBehalfUntil } from "../../core/people/on-behalf.ts";
import { OBLIGATIONS } from "../../core/policy/obligations.ts";
import type { StandingTerms } from "../../core/policy/standing-terms.ts";
import { Refusal } from "../../core/refusal.ts";
import type { Task, TaskApproval } from "../../core/tasks/task.ts";
import type { TaskRequest } from "../../core/tasks/task-request.ts";
import { effectsOf } from "../../steps/approvals/effects-of.ts";
import type { Caller } from "../../steps/requests/verify-identity.ts";
import { authoriseIntent } from "../../steps/tasks/authorise-intent.ts";
import { type BelievedTask, sealTask } from "../../steps/tasks/believe-task.ts";
import { describeDetails } from "../../steps/tasks/describe-details.ts";
import type { UnapprovedGrants } from "../../steps/tasks/grants.ts";
import { noParentAbove } from "../../steps/tasks/no-parent.ts";
import { sessionReads } from "../../steps/tasks/session-reads.ts";
import { planConnected } from "../vend/issue-connected.ts";
import type { OpenNeeds } from "../vend/opened-task.ts";
import { newTask } from "../vend/plan-task.ts";
import { proveSessions } from "../vend/prove-sessions.ts";

/** Task that will wait for people, with the record that they decide about. */
export interface PlannedRequest {
  readonly task: BelievedTask;
  readonly token: string;
  readonly record: ApprovalRecord;
  readonly hash: string;
}

/**
 * Plans the task and its vend as they would be now, and makes the record of both. Proves the session policies first: people decide about nothing that
 * could not be handed out.
 * @throws {Refusal} intent_too_large, intent_invalid, session_policy_unproven, session_policy_unknown, policy_denied, and those of connectors.
 */
export async function planRequest(
  caller: Caller,
  request: TaskRequest,
  grants: UnapprovedGrants,
  ports: OpenNeeds,
): Promise<PlannedRequest> {
  const { task: whole, token } = newTask(caller, request, grants, ports);
  const { task, effects } = await plannedEffects(whole, request, caller.agent, grants, ports);

  const createdAt = task.openedAt;
  // Nobody votes after the person's hour, in which alone the approval can be used.
  const expiresAt = Math.min(createdAt + timeoutOf(effects, ports.deployment), onBehalfUntil(caller.onBehalf));
  const record: ApprovalRecord = {
    version: 1,
    hub: ports.deployment.url,
    id: approvalId(Buffer.from(ports.random.bytes(16)).toString("hex")),
    decision: "vend",
    nonce: Buffer.from(ports.random.bytes(16)).toString("base64url"),
    task: task.path,
    agent: agentOf(caller.agent),
    ...(caller.onBehalf ? { person: { issuer: caller.onBehalf.issuer, value: caller.onBehalf.value } } : {}),
    chain: [],
    purpose: request.purpose,
    authorization_details: describeDetails(request.details) as readonly Detail[],
    bundle: ports.policies.hash,
    created_at: createdAt,
    expires_at: expiresAt,
    ...effects,
  };
  assertReadable(record);
  const hash = recordHash(record);
  // The task waits as long as its approval may be used. The use sets another deadline, for the credentials.
  const until = expiresAt + useWithinOf(record, ports.deployment);
  const waiting = waitingUntil(until, task, caller.agent, { id: record.id, hash });
  return { task: await sealTask(waiting, ports), token, record, hash };
}

/** Makes a planned task wait for an approval. The task ends when the approval may no longer be used, with its agent, and with its person's hour. */
export const waitingUntil = (
  until: number,
  task: Omit<Task, "seal">,
  { endsAt = Number.POSITIVE_INFINITY }: KnownAgent,
  approval: TaskApproval,
): Omit<Task, "seal"> => ({
  ...task,
  expiresAt: Math.min(until, endsAt, onBehalfUntil(task.onBehalf)),
  approval,
});

/** Computes the effects from the details' recorded form, as the vend and every renewal do: equal effects are equal texts. */
export async function plannedEffects(
  whole: Omit<Task, "seal">,
  { ttlSeconds: most, standing: terms }: Pick<TaskRequest, "ttlSeconds" | "standing">,
  agent: KnownAgent,
  grants: UnapprovedGrants,
  ports: OpenNeeds,
): Promise<{ readonly task: Omit<Task, "seal">; readonly effects: VendEffects }> {
  const nowSeconds = ports.clock.nowMs() / 1_000;
  const ttlSeconds = OBLIGATIONS.maxTtlSeconds.keep(grants.terms.obligations, most);
  const connecting = await planConnected(whole, grants, ports);
  const reads = sessionReads(connecting.map(({ lease }) => lease));
  const first = planLeases(whole, grants.aws, grants.terms, ports.deployment, nowSeconds, reads);
  const task = { ...whole, details: detailsWithLeases(grants.details, first) };
  const { claims, purpose, sourceIp, onBehalf } = grants.requester;
  const ask = {
    details: task.details,
    purpose,
    mode: "all",
    ttlSeconds,
    ...(sourceIp ? { sourceIp } : {}),
  } as const;
  const decided = await authoriseIntent({ agent, claims, onBehalf }, ask, noParentAbove(task), ports);
  if (!("needed" in decided)) throw new Refusal("contended", { why: "policy asks nobody", retryAfterSeconds: 1 });
  const planned = planLeases(task, decided.aws, decided.terms, ports.deployment, nowSeconds, reads);
  const { written, requester, needed } = decided;
  await proveSessions(task, planned, reads, { written, requester, approved: { needed } }, ports);
  const { obligations } = decided.terms;
  const standing = standingNow(OBLIGATIONS.standing.keep(obligations, terms), agent);
  if (terms && !standing) throw new Refusal("policy_denied", { denials: [beyondTerms(obligations.standing)] });
  return { task, effects: effectsOf({ task, planned, reads, ttlSeconds, standing }, decided, ports.deployment) };
}

/** Denies a standing approval that policy does not let people give, so that nobody approves more than policy allows. */
const beyondTerms = (allowed: StandingTerms | undefined) => ({
  action: "*",
  target: "*",
  reason: allowed
    ? `Policy lets people approve this for ${allowed.uses} uses within ${allowed.window / 3_600} hours, and no more.`
    : "Policy lets people approve this for one task at a time.",
  hint: allowed ? "Ask for fewer uses, or a shorter window." : WITHOUT_STANDING,
});

/** Describes the agent in a record. The record goes into the log, so its owner is a person, or a text that names nobody. */
const agentOf = ({ id, name, owner, team }: KnownAgent) => ({
  id,
  name,
  team,
  owner: loggedOwner(owner) ?? "no person who is known",
});
