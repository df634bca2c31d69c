import { counted } from "../../contract/decision/counted.ts";
import { escapedJson } from "../../contract/decision/escaped-json.ts";
import { plainLine } from "../../contract/decision/plain-line.ts";
import type { Unread } from "../../contract/operation.ts";
import type { Self } from "../../contract/self.ts";
import type { Reporter } from "../reporter.ts";
import { statusInWords } from "../task/approval.ts";
import { recordOf } from "../task/fields.ts";
import { parseCaller } from "../task/task-options.ts";
import { askService } from "./ask-service.ts";

/** Runs `valetkey whoami`: prints the agent that the identity token leads to. */
export async function whoami(argv: readonly string[], env: NodeJS.ProcessEnv, report: Reporter): Promise<number> {
  const { json, ...caller } = parseCaller("whoami", argv, env);
  const self = await askService<Self>(caller, { path: "/v1/self", what: "asking who you are" }, report);
  process.stdout.write(
    json
      ? `${escapedJson(JSON.stringify(self))}\n`
      : linesOf(self)
          .map((line) => `${plainLine(line)}\n`)
          .join(""),
  );
  return 0;
}

function linesOf(self: Unread<Self>): readonly string[] {
  const limits = recordOf<Self["limits"]>(self.limits);
  const binding = { issuer: self.issuer, claims: { sub: self.sub } };
  const tasks = Array.isArray(self.tasks)
    ? self.tasks.map((task) => recordOf<NonNullable<Self["tasks"]>[number]>(task))
    : [];
  const alive = [
    `  alive    ${counted(Number(self.live_tasks), "task")}`,
    ...tasks.map(
      ({ id, status, approval, expires_at, purpose }) =>
        `    ${id}  ${statusInWords(String(status), askedIn(approval))}  until ${expires_at}  ${purpose}`,
    ),
  ];
  return [
    `${self.agent} (${self.status}): ${self.name}, of team ${self.team}, owned by ${self.owner}`,
    `  issuer   ${self.issuer} (${self.iss})`,
    `  subject  ${self.sub}`,
    `  binding  ${JSON.stringify(binding)}`,
    `  limits   ${limits.live_tasks} tasks alive, ${limits.task_seconds} s each, ${limits.tasks_per_minute} a minute`,
    ...(self.ends_at === undefined ? [] : [`  ends     ${self.ends_at}`]),
    ...alive,
  ];
}

function askedIn(value: unknown) {
  if (value === undefined) return undefined;
  const { id, state } = recordOf<NonNullable<Self["tasks"][number]["approval"]>>(value);
  return { id: String(id), state: String(state) };
}
