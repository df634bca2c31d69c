import { fullestTokenPercent } from "../connectors/aws/issue-sessions.ts";
import type { SealingPorts } from "../core/ports.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { settle } from "../steps/requests/settle.ts";
import { Trail } from "../steps/requests/trail.ts";
import { verifyIdentity } from "../steps/requests/verify-identity.ts";
import { authoriseIntent } from "../steps/tasks/authorise-intent.ts";
import { authoriseParent } from "../steps/tasks/authorise-task.ts";
import { holdDelegation } from "../steps/tasks/hold-delegation.ts";
import { parseDelegatedRequest } from "./request.ts";
import { respond } from "./respond.ts";
import { atPace } from "./vend/at-pace.ts";
import { confirmLeases } from "./vend/confirm-leases.ts";
import { openTask } from "./vend/open-task.ts";
import { leaseNames } from "./vend/opened-task.ts";
import { refuseKnown } from "./vend/refuse-known.ts";

/** `POST /v1/token` with a delegation token: a sub-agent opens a task below its parent's. The path of `exchange`, with two steps more. */
export async function exchangeDelegation(event: HttpEvent, ports: SealingPorts): Promise<HttpAnswer> {
  const trail = new Trail(event.routeKey, event.requestContext.requestId, ports.clock.nowMs());
  const outcome = await settle(async () => {
    const request = parseDelegatedRequest(event, ports);
    trail.note({ sourceIp: request.sourceIp, purpose: request.purpose, details: request.details });

    const identity = await verifyIdentity(request.actorToken, ports.deployment.audiences.exchange, ports);
    trail.note({ agent: identity.agent.id, subject: identity.subject });
    refuseKnown(identity.agent, request.details, ports); // a flood is refused from memory, before policy is asked

    const mayRepeat = request.idempotencyKey !== undefined;
    const held = await holdDelegation(request.delegationToken, identity, mayRepeat, ports);
    trail.note({ task: held.lineage.task.path });

    const above = await authoriseParent(held, request.sourceIp, ports);
    const ttlSeconds = Math.min(request.ttlSeconds, identity.agent.limits.taskSeconds, held.secondsLeft);
    const ask = { ...request, ttlSeconds, claims: identity.claims };
    const grants = await authoriseIntent(identity.agent, ask, ports, above);
    trail.note({ policies: grants.policies });

    const opened = await atPace(identity.agent, ports, () => openTask(identity, ask, grants, ports));
    trail.note({ task: opened.task.path, leases: leaseNames(opened) });
    trail.note({ tokenPercent: fullestTokenPercent(opened.leases) });

    return await confirmLeases(opened, ports);
  });
  return respond(await trail.close(outcome, ports), ports.deployment, ports.clock.nowMs());
}
