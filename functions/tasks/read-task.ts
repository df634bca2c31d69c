import type { Ports } from "../core/ports.ts";
import { answer, answerRefusal } from "../http/answer.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { readAuthorization } from "../http/read-authorization.ts";
import { settle } from "../steps/requests/settle.ts";
import { Trail } from "../steps/requests/trail.ts";
import { describeTask } from "../steps/tasks/describe-task.ts";
import { holdTask } from "../steps/tasks/hold-task.ts";

/** `GET /v1/tasks/{task}`: the task as it stands, for its holder. */
export async function readTask(event: HttpEvent, ports: Ports): Promise<HttpAnswer> {
  const trail = new Trail(event.routeKey, event.requestContext.requestId, ports.clock.nowMs());
  const outcome = await settle(async () => {
    const { task } = await holdTask(readAuthorization(event), event.pathParameters?.task, ports);
    trail.note({ agent: task.agent, task: task.path, sourceIp: event.requestContext.http.sourceIp });
    return task;
  });
  const closed = await trail.close(outcome, ports);
  return "refusal" in closed ? answerRefusal(closed.refusal) : answer(200, describeTask(closed.value));
}
