import { fullestTokenPercent } from "../connectors/aws/issue-sessions.ts";
import type { SealingPorts } from "../core/ports.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { attempt } from "../steps/requests/attempt.ts";
import { RequestRecord } from "../steps/requests/request-record.ts";
import { verifyIdentity } from "../steps/requests/verify-identity.ts";
import { authoriseIntent } from "../steps/tasks/authorise-intent.ts";
import { parseTokenRequest } from "./request.ts";
import { respond } from "./respond.ts";
import { confirmLeases } from "./vend/confirm-leases.ts";
import { openTask } from "./vend/open-task.ts";
import { leaseNames } from "./vend/opened-task.ts";
import { refuseKnown } from "./vend/refuse-known.ts";
import { withinRate } from "./vend/within-rate.ts";

/** `POST /v1/token`: the life of a request, from the agent's token to its key. Each step turns one noun into the next. */
export async function exchange(event: HttpEvent, ports: SealingPorts): Promise<HttpAnswer> {
  const record = new RequestRecord(event.routeKey, event.requestContext.requestId, ports.clock.nowMs());
  const outcome = await attempt(async () => {
    const request = parseTokenRequest(event, ports);
    record.note({ sourceIp: request.sourceIp, purpose: request.purpose, details: request.details });

    const identity = await verifyIdentity(request.subjectToken, ports.deployment.audiences.exchange, ports);
    record.note({ agent: identity.agent.id, subject: identity.subject });
    refuseKnown(identity.agent, request.details, ports); // a flood is refused from memory, before policy is asked

    const ttlSeconds = Math.min(request.ttlSeconds, identity.agent.limits.taskSeconds);
    const ask = { ...request, ttlSeconds, claims: identity.claims };
    const grants = await authoriseIntent(identity.agent, ask, ports);
    record.note({ policies: grants.policies });

    // STS beside the record: both, or nothing
    const opened = await withinRate(identity.agent, ports, () => openTask(identity, ask, grants, ports));
    record.note({ task: opened.task.path, leases: leaseNames(opened) });
    record.note({ tokenPercent: fullestTokenPercent(opened.leases) });

    return await confirmLeases(opened, ports); // AccessKeyId written while the task is alive
  });
  return respond(await record.close(outcome, ports), ports.deployment, ports.clock.nowMs()); // no record, no credentials
}
