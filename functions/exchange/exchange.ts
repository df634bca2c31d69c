import { fullestTokenPercent } from "../connectors/aws/issue-sessions.ts";
import type { SealingPorts } from "../core/ports.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { settle } from "../steps/requests/settle.ts";
import { Trail } from "../steps/requests/trail.ts";
import { verifyIdentity } from "../steps/requests/verify-identity.ts";
import { authoriseIntent } from "../steps/tasks/authorise-intent.ts";
import { parseTokenRequest } from "./request.ts";
import { respond } from "./respond.ts";
import { atPace } from "./vend/at-pace.ts";
import { confirmLeases } from "./vend/confirm-leases.ts";
import { openTask } from "./vend/open-task.ts";
import { leaseNames } from "./vend/opened-task.ts";
import { refuseKnown } from "./vend/refuse-known.ts";

/** `POST /v1/token`: the life of a request, from the agent's token to its key. Each step turns one noun into the next. */
export async function exchange(event: HttpEvent, ports: SealingPorts): Promise<HttpAnswer> {
  const trail = new Trail(event.routeKey, event.requestContext.requestId, ports.clock.nowMs());
  const outcome = await settle(async () => {
    const request = parseTokenRequest(event, ports);
    trail.note({ sourceIp: request.sourceIp, purpose: request.purpose, details: request.details });

    const identity = await verifyIdentity(request.subjectToken, ports.deployment.audiences.exchange, ports);
    trail.note({ agent: identity.agent.id, subject: identity.subject });
    refuseKnown(identity.agent, request.details, ports); // a flood is refused from memory, before policy is asked

    const ttlSeconds = Math.min(request.ttlSeconds, identity.agent.limits.taskSeconds);
    const ask = { ...request, ttlSeconds, claims: identity.claims };
    const grants = await authoriseIntent(identity.agent, ask, ports);
    trail.note({ policies: grants.policies });

    // STS beside the record: both, or nothing
    const opened = await atPace(identity.agent, ports, () => openTask(identity, ask, grants, ports));
    trail.note({ task: opened.task.path, leases: leaseNames(opened) });
    trail.note({ tokenPercent: fullestTokenPercent(opened.leases) });

    return await confirmLeases(opened, ports); // AccessKeyId written while the task is alive
  });
  return respond(await trail.close(outcome, ports), ports.deployment, ports.clock.nowMs()); // no record, no credentials
}
