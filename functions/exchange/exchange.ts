import { fullestTokenPercent } from "../connectors/aws/issue-sessions.ts";
import { partyBelow, UNPROVEN_PARTY } from "../core/delegation/party.ts";
import { personId } from "../core/identity/person.ts";
import type { SealingPorts } from "../core/ports.ts";
import type { TaskRequest } from "../core/tasks/task-request.ts";
import { answered } from "../http/answered.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import type { RequestRecord } from "../steps/requests/request-record.ts";
import { type Caller, type Identity, verifyIdentity } from "../steps/requests/verify-identity.ts";
import { authoriseIntent } from "../steps/tasks/authorise-intent.ts";
import { authoriseParent } from "../steps/tasks/authorise-task.ts";
import type { Grants, NoParent, UnapprovedGrants } from "../steps/tasks/grants.ts";
import { noParentOf } from "../steps/tasks/no-parent.ts";
import type { HeldDelegation } from "../steps/tasks/verify-delegation.ts";
import { watchRefusals } from "./escalation/watch-refusals.ts";
import { type Form, parseTokenRequest, type TokenRequest } from "./request.ts";
import { respond } from "./respond.ts";
import { confirmLeases, type Issued } from "./vend/confirm-leases.ts";
import { givingBack } from "./vend/count-grant.ts";
import { openTask } from "./vend/open-task.ts";
import { leaseNames, type OpenedTask } from "./vend/opened-task.ts";
import { refuseKnown, refuseKnownParty, refuseStale } from "./vend/refuse-known.ts";
import { releasing } from "./vend/take-labels.ts";
import { withinRate } from "./vend/within-rate.ts";

/** Task that policy permits, at once (`Grants`) or once people approve it (`UnapprovedGrants`). */
export interface DecidedTask<G = Grants | UnapprovedGrants> {
  readonly caller: Caller;
  readonly request: TaskRequest;
  readonly grants: G;
}

/** Answers `POST /v1/token` for a task (RFC 8693): the path of a request, from the agent's token to its credentials. Each step turns one noun into the next. */
export function exchange(form: Form, event: HttpEvent, ports: SealingPorts): Promise<HttpAnswer> {
  const work = async (record: RequestRecord) => {
    const { caller, request, grants } = await decideTask(parseTokenRequest(form, event, ports), ports, record);
    // If policy requires approvals, the task waits for people.
    if ("needed" in grants) return waitFor({ caller, request, grants }, ports, record);
    return issueTask({ caller, request, grants }, ports, record);
  };
  const respondTo = (issued: HttpAnswer | Issued<OpenedTask>) =>
    "statusCode" in issued ? issued : respond(issued, ports.deployment, ports.clock.nowMs());
  return answered(event, ports, work, respondTo);
}

/** Verifies who asks, and decides by policy. Every grant that opens a task decides here, and so has one record of used tokens. */
export async function decideTask(
  request: TokenRequest,
  ports: SealingPorts,
  record: RequestRecord,
): Promise<DecidedTask> {
  record.note({ purpose: request.purpose, details: request.details });

  const identity = await verifyIdentity(request.identityToken, ports.deployment.audiences.exchange, ports);
  record.note({ agent: identity.agent.id, subject: identity.subject });
  record.staleIf(() => ports.tasks.isTokenUsed(identity.use));
  // Evaluating policy costs most, so floods are refused first: from memory, or by one read of a token's use.
  refuseKnown(identity.agent, request.details, ports);
  await refuseStale(identity, ports);

  // Policy decides. Too many refusals are an escalation, so each one is watched.
  const decided = await watchRefusals(identity, request, ports, () => decideFor(identity, request, ports, record));
  record.note({ policies: decided.grants.policies });
  return decided;
}

/** Verifies for whom a proven agent acts, and decides its request by policy. Writes nothing. */
export async function decideFor(
  identity: Identity,
  request: TokenRequest,
  ports: SealingPorts,
  record: Pick<RequestRecord, "note">,
): Promise<DecidedTask> {
  if (request.personToken ?? request.delegationToken) record.note({ party: UNPROVEN_PARTY });
  const delegation = await delegationOf(request, identity, ports);
  const caller = await callerOf(request, identity, delegation, ports);
  record.note({ party: caller.party });
  refuseKnownParty(caller, ports);
  const isChild = "lineage" in delegation;
  if (isChild) record.note({ task: delegation.lineage.task.path });
  // Policy decides every task above a sub-agent's task anew.
  const parent = isChild ? await authoriseParent(delegation, request.sourceIp, ports) : delegation;

  const { taskSeconds } = identity.agent.limits;
  const ttlSeconds = Math.min(request.ttlSeconds, taskSeconds, isChild ? delegation.secondsLeft : taskSeconds);
  const taskRequest = { ...request, ttlSeconds };
  return { caller, request: taskRequest, grants: await authoriseIntent(caller, taskRequest, parent, ports) };
}

/** Opens a decided task and confirms its leases. `answered` records the outcome before it responds (I7): no record, no credentials. */
export async function issueTask(
  { caller, request, grants }: DecidedTask<Grants>,
  ports: SealingPorts,
  record: RequestRecord,
): Promise<Issued<OpenedTask>> {
  // STS issues sessions while the task is recorded: both succeed, or nothing is handed out.
  const remembering = releasing(givingBack(ports));
  const opened = await withinRate(caller, remembering, (onUse) =>
    openTask(caller, request, grants, { ...remembering, onUse }),
  );
  record.note({ task: opened.task.path, leases: leaseNames(opened) });
  record.note({ tokenPercent: fullestTokenPercent(opened.leases) });

  // Every AccessKeyId is recorded while the task is active; only then may the credentials be handed out (I6).
  return confirmLeases(opened, remembering);
}

/** Opens a task that waits for people, and writes the answer. The code of approvals is loaded at its first use, not at every cold start. */
async function waitFor(
  { caller, request, grants }: DecidedTask<UnapprovedGrants>,
  ports: SealingPorts,
  record: RequestRecord,
): Promise<HttpAnswer> {
  const [{ askPeople }, { respondWaiting }, { vendGiven }] = await Promise.all([
    import("./approvals/ask-people.ts"),
    import("./approvals/respond-waiting.ts"),
    import("./approvals/vend-given.ts"),
  ]);
  const waiting = await withinRate(caller, ports, (onUse) => askPeople(caller, request, grants, { ...ports, onUse }));
  record.note({ task: waiting.task.path });
  // If people have approved the request before, its credentials are issued now.
  const vended = waiting.isGiven && (await vendGiven(waiting, request.sourceIp, ports));
  if (vended) record.note({ leases: leaseNames(vended), tokenPercent: fullestTokenPercent(vended.leases) });
  if (vended) return respond(vended, ports.deployment, ports.clock.nowMs());
  return respondWaiting(waiting, ports.deployment, ports.clock.nowMs());
}

/**
 * Verifies a sub-agent's delegation, or proves that the request has none. The verification is loaded at its first use, not at every cold start.
 * @throws {Refusal} those of `verifyDelegation`.
 */
async function delegationOf(
  request: TokenRequest,
  identity: Identity,
  ports: SealingPorts,
): Promise<HeldDelegation | NoParent> {
  if (request.delegationToken === undefined) return noParentOf(request);
  const { verifyDelegation } = await import("../steps/tasks/verify-delegation.ts");
  return verifyDelegation(request.delegationToken, identity, request.idempotencyKey !== undefined, ports);
}

/**
 * Returns the agent with the person for whom it acts. A sub-agent acts for the person of the task above, any other agent for the person whose token it
 * shows. The verification is loaded at its first use, not at every cold start.
 * @throws {Refusal} those of `verifyPerson`.
 */
async function callerOf(
  { personToken }: TokenRequest,
  identity: Identity,
  delegation: HeldDelegation | NoParent,
  ports: SealingPorts,
): Promise<Caller> {
  if ("lineage" in delegation) {
    const { task } = delegation.lineage;
    return { ...identity, onBehalf: task.onBehalf, party: partyBelow(task, identity.agent.id) };
  }
  if (personToken === undefined) return { ...identity, onBehalf: undefined };
  const { verifyPerson } = await import("../steps/requests/verify-person.ts");
  const { onBehalf, use } = await verifyPerson(personToken, identity, ports);
  return { ...identity, onBehalf, party: personId(onBehalf), use: { ...identity.use, beside: use } };
}
