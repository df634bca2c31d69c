import type { ShownTask } from "../../contract/tasks.ts";
import type { Ports } from "../core/ports.ts";
import { isLive } from "../core/tasks/task.ts";
import { answered } from "../http/answered.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { readAuthorization } from "../http/read-authorization.ts";
import { describeWaiting } from "../steps/approvals/describe-waiting.ts";
import { authenticateTask } from "../steps/tasks/authenticate-task.ts";
import { describeTask } from "../steps/tasks/describe-task.ts";
import { refuseOperator } from "./refuse-operator.ts";

/** Answers `GET /v1/tasks/{task}`: describes the task to its holder. */
export function readTask(event: HttpEvent, ports: Ports): Promise<HttpAnswer> {
  return answered(event, ports, async (record): Promise<ShownTask> => {
    const token = readAuthorization(event);
    refuseOperator(token, "GET /v1/tasks?task={task}");
    const { task } = await authenticateTask(token, event.pathParameters?.task, ports);
    record.noteTask(task);
    record.staleIf(() => !isLive(task, ports.clock.nowMs() / 1_000));
    return { ...describeTask(task, ports.clock.nowMs() / 1_000), ...(await describeWaiting(task, ports)) };
  });
}
