import { fullestTokenPercent } from "../connectors/aws/issue-sessions.ts";
import type { SealingPorts } from "../core/ports.ts";
import { Refusal } from "../core/refusal.ts";
import { isLive } from "../core/tasks/task.ts";
import { answer, answerRefusal } from "../http/answer.ts";
import { answered } from "../http/answered.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { readAuthorization } from "../http/read-authorization.ts";
import type { RequestRecord } from "../steps/requests/request-record.ts";
import { authoriseTask } from "../steps/tasks/authorise-task.ts";
import { readLineage } from "../steps/tasks/read-lineage.ts";
import { containerCredentials } from "./respond.ts";
import { authenticateSealedTask } from "./vend/authenticate-sealed-task.ts";
import { confirmLeases, type Issued } from "./vend/confirm-leases.ts";
import { type RenewedLease, renewLease } from "./vend/renew-lease.ts";
import { withinRenewalRate } from "./vend/within-renewal-rate.ts";

/** Answers `GET /v1/tasks/{task}/credentials/{lease}`: fresh credentials for a live task, authorised anew every time. */
export function renew(event: HttpEvent, ports: SealingPorts): Promise<HttpAnswer> {
  const work = async (record: RequestRecord) => {
    const task = await authenticateSealedTask(readAuthorization(event), event.pathParameters?.task, ports);
    record.note({ agent: task.agent, subject: task.subject, task: task.path });
    if (!isLive(task, ports.clock.nowMs() / 1_000)) throw new Refusal("task_ended");

    const { sourceIp } = event.requestContext.http;
    const grants = await withinRenewalRate(task, ports, async () =>
      authoriseTask(await readLineage(task, ports), sourceIp, ports),
    );
    record.note({ policies: grants.policies });

    const renewed = await renewLease(task, event.pathParameters?.lease ?? "", grants, ports);
    record.note({ leases: renewed.leases.map(({ lease }) => lease.name) });
    record.note({ tokenPercent: fullestTokenPercent(renewed.leases) });
    return confirmLeases(renewed, ports);
  };
  return answered(event, ports, work, respondRenewal, refuseRenewal);
}

function respondRenewal({ leases: [issued] }: Issued<RenewedLease>): HttpAnswer {
  if (!issued) throw new RangeError("a renewal without a lease");
  return answer(200, containerCredentials(issued));
}

/** Writes a refusal with `Code` and `Message`, which the AWS SDKs read from an error of a container endpoint. */
const refuseRenewal = (refusal: Refusal): HttpAnswer =>
  answerRefusal(refusal, { Code: refusal.code, Message: refusal.sentence });
