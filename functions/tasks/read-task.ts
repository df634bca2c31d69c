import type { Ports } from "../core/ports.ts";
import { answer, answerRefusal } from "../http/answer.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { readAuthorization } from "../http/read-authorization.ts";
import { attempt } from "../steps/requests/attempt.ts";
import { RequestRecord } from "../steps/requests/request-record.ts";
import { authenticateTask } from "../steps/tasks/authenticate-task.ts";
import { describeTask } from "../steps/tasks/describe-task.ts";

/** `GET /v1/tasks/{task}`: the task as it stands, for its holder. */
export async function readTask(event: HttpEvent, ports: Ports): Promise<HttpAnswer> {
  const record = new RequestRecord(event.routeKey, event.requestContext.requestId, ports.clock.nowMs());
  const outcome = await attempt(async () => {
    const { task } = await authenticateTask(readAuthorization(event), event.pathParameters?.task, ports);
    record.note({ agent: task.agent, task: task.path, sourceIp: event.requestContext.http.sourceIp });
    return task;
  });
  const closed = await record.close(outcome, ports);
  return "refusal" in closed ? answerRefusal(closed.refusal) : answer(200, describeTask(closed.value));
}
