import { fullestTokenPercent } from "../connectors/aws/issue-sessions.ts";
import type { SealingPorts } from "../core/ports.ts";
import { Refusal } from "../core/refusal.ts";
import { isLive } from "../core/tasks/task.ts";
import { answer, answerRefusal } from "../http/answer.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { readAuthorization } from "../http/read-authorization.ts";
import { settle } from "../steps/requests/settle.ts";
import { Trail } from "../steps/requests/trail.ts";
import { authoriseTask } from "../steps/tasks/authorise-task.ts";
import { readLineage } from "../steps/tasks/read-lineage.ts";
import { containerCredentials } from "./respond.ts";
import { atRenewalPace } from "./vend/at-renewal-pace.ts";
import { confirmLeases } from "./vend/confirm-leases.ts";
import { holdSealedTask } from "./vend/hold-sealed-task.ts";
import { renewLease } from "./vend/renew-lease.ts";

/** `GET /v1/tasks/{task}/credentials/{lease}`: fresh credentials for a live task, authorised anew every time. */
export async function renew(event: HttpEvent, ports: SealingPorts): Promise<HttpAnswer> {
  const trail = new Trail(event.routeKey, event.requestContext.requestId, ports.clock.nowMs());
  const outcome = await settle(async () => {
    const { sourceIp } = event.requestContext.http;
    trail.note({ sourceIp });

    const task = await holdSealedTask(readAuthorization(event), event.pathParameters?.task, ports);
    trail.note({ agent: task.agent, subject: task.subject, task: task.path });
    if (!isLive(task, ports.clock.nowMs() / 1_000)) throw new Refusal("task_ended");

    const grants = await atRenewalPace(task, ports, async () =>
      authoriseTask(await readLineage(task, ports), sourceIp, ports),
    );
    trail.note({ policies: grants.policies });

    const renewed = await renewLease(task, event.pathParameters?.lease ?? "", grants, ports);
    trail.note({ leases: renewed.leases.map(({ lease }) => lease.name) });
    trail.note({ tokenPercent: fullestTokenPercent(renewed.leases) });
    return await confirmLeases(renewed, ports);
  });
  const closed = await trail.close(outcome, ports);
  if ("refusal" in closed) {
    // The AWS SDKs read `Code` and `Message` from an error of a container endpoint.
    return answerRefusal(closed.refusal, { Code: closed.refusal.code, Message: closed.refusal.sentence });
  }
  const [issued] = closed.value.leases;
  if (!issued) throw new RangeError("a renewal without a lease");
  return answer(200, containerCredentials(issued));
}
