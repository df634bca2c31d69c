import { fullestTokenPercent } from "../connectors/aws/issue-sessions.ts";
import type { SealingPorts } from "../core/ports.ts";
import type { Refusal } from "../core/refusal.ts";
import type { TaskRequest } from "../core/tasks/task-request.ts";
import { answered } from "../http/answered.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import type { RequestRecord } from "../steps/requests/request-record.ts";
import { type Caller, type Identity, verifyIdentity } from "../steps/requests/verify-identity.ts";
import { authoriseIntent } from "../steps/tasks/authorise-intent.ts";
import { authoriseParent } from "../steps/tasks/authorise-task.ts";
import type { NoParent, UnapprovedGrants } from "../steps/tasks/grants.ts";
import { noParentOf } from "../steps/tasks/no-parent.ts";
import type { HeldDelegation } from "../steps/tasks/verify-delegation.ts";
import { watchRefusals } from "./escalation/watch-refusals.ts";
import type { Form } from "./parameters.ts";
import { parseTokenRequest, type TokenRequest } from "./request.ts";
import { respond } from "./respond.ts";
import { confirmLeases, type Issued } from "./vend/confirm-leases.ts";
import { openTask } from "./vend/open-task.ts";
import { leaseNames, type OpenedTask } from "./vend/opened-task.ts";
import { refuseKnown, refuseStale } from "./vend/refuse-known.ts";
import { withinRate } from "./vend/within-rate.ts";

/** Parts of the path that differ by the grant. */
interface Grant {
  readonly parseTokenRequest: typeof parseTokenRequest;
  readonly waitFor: typeof waitFor;
  readonly respond: typeof respond;
  readonly refuse?: (refusal: Refusal) => HttpAnswer;
}

/**
 * Answers `POST /v1/token` for a task: the path of a request from the agent's token to its credentials. Each step turns one noun into the next.
 * @param grant of RFC 8693 unless given; every grant has this one path, and so one record of used tokens.
 */
export function exchange(
  form: Form,
  event: HttpEvent,
  ports: SealingPorts,
  grant: Grant = { parseTokenRequest, waitFor, respond },
): Promise<HttpAnswer> {
  const work = async (record: RequestRecord) => {
    const request = grant.parseTokenRequest(form, event, ports);
    record.note({ purpose: request.purpose, details: request.details });

    const identity = await verifyIdentity(request.identityToken, ports.deployment.audiences.exchange, ports);
    record.note({ agent: identity.agent.id, subject: identity.subject });
    record.staleIf(() => ports.tasks.isTokenUsed(identity.use));
    refuseKnown(identity.agent, request.details, ports); // a flood is refused from memory, before policy is asked
    await refuseStale(identity, ports); // and one of used tokens by one read

    // a refusal may be one too many
    const { caller, asked, grants } = await watchRefusals(identity, request, ports, async () => {
      const held = await delegationOf(request, identity, ports); // a sub-agent's
      const caller = await callerOf(request, identity, held, ports); // with the person it acts for
      const isChild = "lineage" in held;
      if (isChild) record.note({ task: held.lineage.task.path });
      const parent = isChild ? await authoriseParent(held, request.sourceIp, ports) : held; // all that is above it, decided anew

      const { taskSeconds } = identity.agent.limits;
      const ttlSeconds = Math.min(request.ttlSeconds, taskSeconds, isChild ? held.secondsLeft : taskSeconds);
      const asked = { ...request, ttlSeconds };
      return { caller, asked, grants: await authoriseIntent(caller, asked, parent, ports) };
    });
    record.note({ policies: grants.policies });
    if ("needed" in grants) return grant.waitFor(caller, asked, grants, ports, record); // people decide first

    // STS beside the record: both, or nothing
    const opened = await withinRate(identity, ports, (onUse) => openTask(caller, asked, grants, { ...ports, onUse }));
    record.note({ task: opened.task.path, leases: leaseNames(opened) });
    record.note({ tokenPercent: fullestTokenPercent(opened.leases) });

    return confirmLeases(opened, ports); // AccessKeyId written while the task is alive
  };
  // no record, no credentials
  const respondTo = (issued: HttpAnswer | Issued<OpenedTask>) =>
    "statusCode" in issued ? issued : grant.respond(issued, ports.deployment, ports.clock.nowMs());
  return answered(event, ports, work, respondTo, grant.refuse);
}

/** Opens a task that waits for people, and writes the answer. All that concerns approvals is loaded at its first use, not at every cold start. */
async function waitFor(
  caller: Caller,
  request: TaskRequest,
  grants: UnapprovedGrants,
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
  const given = waiting.isGiven && (await vendGiven(waiting, request.sourceIp, ports)); // people have approved it before
  if (given) record.note({ leases: leaseNames(given), tokenPercent: fullestTokenPercent(given.leases) });
  if (given) return respond(given, ports.deployment, ports.clock.nowMs());
  return respondWaiting(waiting, ports.deployment, ports.clock.nowMs());
}

/**
 * Verifies a sub-agent's delegation, or proves that the request shows none. The verification is loaded at its first use, not at every cold start.
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
 * Returns the agent with the person for whom it asks: that of the person's own token, or that of the task above. The verification is loaded at its first
 * use, not at every cold start.
 * @throws {Refusal} those of `verifyPerson`.
 */
async function callerOf(
  { personToken }: TokenRequest,
  identity: Identity,
  held: HeldDelegation | NoParent,
  ports: SealingPorts,
): Promise<Caller> {
  if ("lineage" in held) return { ...identity, onBehalf: held.lineage.task.onBehalf };
  if (personToken === undefined) return { ...identity, onBehalf: undefined };
  const { verifyPerson } = await import("../steps/requests/verify-person.ts");
  const { onBehalf, use } = await verifyPerson(personToken, identity, ports);
  return { ...identity, onBehalf, use: { ...identity.use, beside: use } };
}
