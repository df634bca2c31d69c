import { POLL_SECONDS } from "../../contract/limits.ts";
import { fullestTokenPercent } from "../connectors/aws/issue-sessions.ts";
import type { SealingPorts } from "../core/ports.ts";
import { Refusal } from "../core/refusal.ts";
import { isLive } from "../core/tasks/task.ts";
import { answer, answerRefusal } from "../http/answer.ts";
import { answered } from "../http/answered.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { readAuthorization } from "../http/read-authorization.ts";
import type { RequestRecord } from "../steps/requests/request-record.ts";
import { authenticateSealedTask } from "../steps/tasks/authenticate-sealed-task.ts";
import { authoriseTask } from "../steps/tasks/authorise-task.ts";
import { readLineage } from "../steps/tasks/read-lineage.ts";
import type { AskingTask } from "./approvals/settle-approval.ts";
import { containerCredentials } from "./respond.ts";
import { confirmLeases, type Issued } from "./vend/confirm-leases.ts";
import type { OpenedTask } from "./vend/opened-task.ts";
import { type RenewedLease, renewLease } from "./vend/renew-lease.ts";
import { withinRenewalRate } from "./vend/within-renewal-rate.ts";

/** Answers `GET /v1/tasks/{task}/credentials/{lease}` with fresh credentials for a live task. Policy decides every renewal anew. */
export function renew(event: HttpEvent, ports: SealingPorts): Promise<HttpAnswer> {
  const work = async (record: RequestRecord) => {
    const task = await authenticateSealedTask(readAuthorization(event), event.pathParameters?.task, ports);
    record.noteTask(task);
    record.note({ subject: task.subject });
    record.staleIf(() => !isLive(task, ports.clock.nowMs() / 1_000));
    if (!isLive(task, ports.clock.nowMs() / 1_000)) throw new Refusal("task_ended");

    const { sourceIp } = event.requestContext.http;
    const name = event.pathParameters?.lease ?? "";
    // The first renewal of a task that waited for people uses their approval.
    const first = task.approval && (await useApprovalOf({ ...task, approval: task.approval }, name, sourceIp, ports));
    if (first) return noted(first, record);

    const grants = await withinRenewalRate(task, ports, async () =>
      authoriseTask(await readLineage(task, ports), sourceIp, ports),
    );
    record.note({ policies: grants.policies });

    return noted(await confirmLeases(await renewLease(task, name, grants, ports), ports), record);
  };
  return answered(event, ports, work, respondRenewal, refuseRenewal);
}

/** Uses the approval of a task that waited for people; undefined where it was used before. The code is loaded at its first use, not at every cold start. */
async function useApprovalOf(task: AskingTask, name: string, sourceIp: string, ports: SealingPorts) {
  const { useForLease } = await import("./approvals/use-for-lease.ts");
  const used = await useForLease(task, name, sourceIp, ports);
  return used && { ...used, leases: used.leases.filter(({ lease }) => lease.name === name) };
}

function noted<T extends Issued<RenewedLease | OpenedTask>>(issued: T, record: RequestRecord): T {
  record.note({ leases: issued.leases.map(({ lease }) => lease.name) });
  record.note({ tokenPercent: fullestTokenPercent(issued.leases) });
  return issued;
}

function respondRenewal({ leases: [issued] }: Issued<RenewedLease | OpenedTask>): HttpAnswer {
  if (!issued) throw new RangeError("a renewal without a lease");
  return answer(200, containerCredentials(issued));
}

/** Writes a refusal with `Code` and `Message`, which the AWS SDKs read from an error of a container endpoint. */
function refuseRenewal(refusal: Refusal): HttpAnswer {
  const written = answerRefusal(refusal, { Code: refusal.code, Message: refusal.sentence });
  // People may take longer than one request. The SDKs retry a 503, and give up at a 400.
  if (refusal.code !== "authorization_pending" && refusal.code !== "slow_down") return written;
  const seconds = refusal.detail.retryAfterSeconds ?? POLL_SECONDS;
  return { ...written, statusCode: 503, headers: { ...written.headers, "retry-after": String(seconds) } };
}
