import { fullestTokenPercent } from "../connectors/aws/issue-sessions.ts";
import type { SealingPorts } from "../core/ports.ts";
import { Refusal } from "../core/refusal.ts";
import { isLive } from "../core/tasks/task.ts";
import { answer, answerRefusal } from "../http/answer.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { readAuthorization } from "../http/read-authorization.ts";
import { attempt } from "../steps/requests/attempt.ts";
import { RequestRecord } from "../steps/requests/request-record.ts";
import { authoriseTask } from "../steps/tasks/authorise-task.ts";
import { readLineage } from "../steps/tasks/read-lineage.ts";
import { containerCredentials } from "./respond.ts";
import { authenticateSealedTask } from "./vend/authenticate-sealed-task.ts";
import { confirmLeases } from "./vend/confirm-leases.ts";
import { renewLease } from "./vend/renew-lease.ts";
import { withinRenewalRate } from "./vend/within-renewal-rate.ts";

/** `GET /v1/tasks/{task}/credentials/{lease}`: fresh credentials for a live task, authorised anew every time. */
export async function renew(event: HttpEvent, ports: SealingPorts): Promise<HttpAnswer> {
  const record = new RequestRecord(event.routeKey, event.requestContext.requestId, ports.clock.nowMs());
  const outcome = await attempt(async () => {
    const { sourceIp } = event.requestContext.http;
    record.note({ sourceIp });

    const task = await authenticateSealedTask(readAuthorization(event), event.pathParameters?.task, ports);
    record.note({ agent: task.agent, subject: task.subject, task: task.path });
    if (!isLive(task, ports.clock.nowMs() / 1_000)) throw new Refusal("task_ended");

    const grants = await withinRenewalRate(task, ports, async () =>
      authoriseTask(await readLineage(task, ports), sourceIp, ports),
    );
    record.note({ policies: grants.policies });

    const renewed = await renewLease(task, event.pathParameters?.lease ?? "", grants, ports);
    record.note({ leases: renewed.leases.map(({ lease }) => lease.name) });
    record.note({ tokenPercent: fullestTokenPercent(renewed.leases) });
    return await confirmLeases(renewed, ports);
  });
  const closed = await record.close(outcome, ports);
  if ("refusal" in closed) {
    // The AWS SDKs read `Code` and `Message` from an error of a container endpoint.
    return answerRefusal(closed.refusal, { Code: closed.refusal.code, Message: closed.refusal.sentence });
  }
  const [issued] = closed.value.leases;
  if (!issued) throw new RangeError("a renewal without a lease");
  return answer(200, containerCredentials(issued));
}
