import { fullestTokenPercent } from "../connectors/aws/issue-sessions.ts";
import type { SealingPorts } from "../core/ports.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { attempt } from "../steps/requests/attempt.ts";
import { RequestRecord } from "../steps/requests/request-record.ts";
import { verifyIdentity } from "../steps/requests/verify-identity.ts";
import { authoriseIntent } from "../steps/tasks/authorise-intent.ts";
import { authoriseParent } from "../steps/tasks/authorise-task.ts";
import { verifyDelegation } from "../steps/tasks/verify-delegation.ts";
import { parseDelegatedRequest } from "./request.ts";
import { respond } from "./respond.ts";
import { confirmLeases } from "./vend/confirm-leases.ts";
import { openTask } from "./vend/open-task.ts";
import { leaseNames } from "./vend/opened-task.ts";
import { refuseKnown } from "./vend/refuse-known.ts";
import { withinRate } from "./vend/within-rate.ts";

/** `POST /v1/token` with a delegation token: a sub-agent opens a task below its parent's. The path of `exchange`, with two steps more. */
export async function exchangeDelegation(event: HttpEvent, ports: SealingPorts): Promise<HttpAnswer> {
  const record = new RequestRecord(event.routeKey, event.requestContext.requestId, ports.clock.nowMs());
  const outcome = await attempt(async () => {
    const request = parseDelegatedRequest(event, ports);
    record.note({ sourceIp: request.sourceIp, purpose: request.purpose, details: request.details });

    const identity = await verifyIdentity(request.actorToken, ports.deployment.audiences.exchange, ports);
    record.note({ agent: identity.agent.id, subject: identity.subject });
    refuseKnown(identity.agent, request.details, ports); // a flood is refused from memory, before policy is asked

    const mayRepeat = request.idempotencyKey !== undefined;
    const held = await verifyDelegation(request.delegationToken, identity, mayRepeat, ports);
    record.note({ task: held.lineage.task.path });

    const parentScope = await authoriseParent(held, request.sourceIp, ports);
    const ttlSeconds = Math.min(request.ttlSeconds, identity.agent.limits.taskSeconds, held.secondsLeft);
    const ask = { ...request, ttlSeconds, claims: identity.claims };
    const grants = await authoriseIntent(identity.agent, ask, ports, parentScope);
    record.note({ policies: grants.policies });

    const opened = await withinRate(identity.agent, ports, () => openTask(identity, ask, grants, ports));
    record.note({ task: opened.task.path, leases: leaseNames(opened) });
    record.note({ tokenPercent: fullestTokenPercent(opened.leases) });

    return await confirmLeases(opened, ports);
  });
  return respond(await record.close(outcome, ports), ports.deployment, ports.clock.nowMs());
}
