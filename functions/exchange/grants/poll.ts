import { RATE_LIMITS } from "../../../contract/limits.ts";
import { fullestTokenPercent } from "../../connectors/aws/issue-sessions.ts";
import type { SealingPorts } from "../../core/ports.ts";
import { Refusal } from "../../core/refusal.ts";
import { isLive, type Task } from "../../core/tasks/task.ts";
import { answered } from "../../http/answered.ts";
import type { HttpAnswer, HttpEvent } from "../../http/event.ts";
import { authenticateSealedTask } from "../../steps/tasks/authenticate-sealed-task.ts";
import { authoriseTask } from "../../steps/tasks/authorise-task.ts";
import { readLineage } from "../../steps/tasks/read-lineage.ts";
import { type AskingTask, settleApproval } from "../approvals/settle-approval.ts";
import { type Form, needed } from "../request.ts";
import { respond } from "../respond.ts";
import { confirmLeases } from "../vend/confirm-leases.ts";
import { leaseNames, type OpenedTask } from "../vend/opened-task.ts";
import { vendAgain } from "../vend/reopen-task.ts";

/** Request of the holder of a task that waits for people. */
interface PollRequest {
  readonly taskToken: string;
}

/** Parses a poll. @throws {Refusal} malformed_request. */
export const parsePoll = (form: Form): PollRequest => ({ taskToken: needed(form, "subject_token") });

/** Answers `POST /v1/token` for a task that waits for people (RFC 8628, section 3.4). Issues its credentials once they have approved it; refuses until then. */
export function poll(form: Form, event: HttpEvent, ports: SealingPorts): Promise<HttpAnswer> {
  const { sourceIp } = event.requestContext.http;
  return answered(
    event,
    ports,
    async (record) => {
      const { taskToken: token } = parsePoll(form);
      const task = await authenticateSealedTask(token, undefined, ports, "subject_token_unknown");
      record.noteTask(task);
      record.note({ subject: task.subject });
      record.staleIf(() => !isLive(task, ports.clock.nowMs() / 1_000));
      const { approval } = task;
      if (!approval)
        throw new Refusal("malformed_request", { say: "The task of this subject_token waits for nobody." });
      await refuseTooFast(task, ports);

      const opened =
        (await settleApproval({ ...task, approval }, sourceIp, ports)) ??
        (await vendUsed(task, token, ports, sourceIp));
      record.note({ leases: leaseNames(opened) });
      record.note({ tokenPercent: fullestTokenPercent(opened.leases) });
      return confirmLeases({ ...opened, token }, ports);
    },
    (issued) => respond(issued, ports.deployment, ports.clock.nowMs()),
  );
}

/** Refuses polls faster than the interval. @throws {Refusal} slow_down. */
async function refuseTooFast(
  { path }: Pick<Task, "path">,
  { rateLimits }: Pick<SealingPorts, "rateLimits">,
): Promise<void> {
  if (!(await rateLimits.count(path, "poll", RATE_LIMITS.poll))) throw new Refusal("slow_down");
}

/** Issues all credentials again for a task whose approval was used. The answer to an earlier poll may have been lost. */
async function vendUsed(
  task: AskingTask | Task,
  token: string,
  ports: SealingPorts,
  sourceIp: string,
): Promise<OpenedTask> {
  const ended = new Refusal("task_ended");
  const current = await authenticateSealedTask(token, task.path, ports, "subject_token_unknown");
  if (!isLive(current, ports.clock.nowMs() / 1_000)) throw ended;
  const grants = await authoriseTask(await readLineage(current, ports), sourceIp, ports);
  return vendAgain(task.path, token, grants, ports);
}
