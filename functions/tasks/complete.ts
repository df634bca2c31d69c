import type { Completion, ShownTask } from "../../contract/tasks.ts";
import type { Ports } from "../core/ports.ts";
import { Refusal } from "../core/refusal.ts";
import { isLive, type Outcome } from "../core/tasks/task.ts";
import { isPlainText } from "../core/text/plain-text.ts";
import { answered } from "../http/answered.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { readAuthorization } from "../http/read-authorization.ts";
import { readJson, type Wanted } from "../http/read-body.ts";
import { authenticateTask } from "../steps/tasks/authenticate-task.ts";
import { describeTask } from "../steps/tasks/describe-task.ts";
import { endTask } from "../steps/tasks/end-task.ts";
import { refuseOperator } from "./refuse-operator.ts";

/** Answers `POST /v1/tasks/{task}/complete`: ends the holder's task and records its outcome. A repeat changes nothing. */
export function complete(event: HttpEvent, ports: Ports): Promise<HttpAnswer> {
  return answered(event, ports, async (record): Promise<ShownTask> => {
    const token = readAuthorization(event);
    refuseOperator(token, "POST /v1/tasks/{task}/end");
    const { task } = await authenticateTask(token, event.pathParameters?.task, ports);
    record.noteTask(task);
    record.staleIf(() => !isLive(task, ports.clock.nowMs() / 1_000));
    const ending = { status: "completed", outcome: parseOutcome(readJson(event, WANTED)) } as const;
    const { task: ended } = await endTask(task.path, ending, task.agent, ports, task);
    return describeTask(ended, ports.clock.nowMs() / 1_000);
  });
}

const WANTED: Wanted = {
  say: 'Name the outcome, "success" or "failure"; detail may say more.',
  example: { outcome: "success", detail: "the report is summarised" },
};

function parseOutcome(body: Readonly<Partial<Record<keyof Completion, unknown>>>): Outcome {
  const { outcome, detail, ...others } = body;
  if (Object.keys(others).length > 0)
    throw new Refusal("malformed_request", { say: "The fields are outcome and detail." });
  if (outcome !== "success" && outcome !== "failure") {
    throw new Refusal("malformed_request", {
      say: 'outcome must be "success" or "failure"; detail may say more.',
      more: { example: WANTED.example },
    });
  }
  if (detail === undefined) return { result: outcome };
  // Operators read the detail as plain text; line breaks and tabs are allowed, since texts of errors contain them.
  if (typeof detail !== "string" || detail.length > 1_024 || !isPlainText(detail.replaceAll(/[\n\t]/g, " "))) {
    throw new Refusal("malformed_request", {
      say: "detail must be a string of at most 1024 characters, without control characters but line breaks and tabs.",
    });
  }
  return { result: outcome, detail };
}
