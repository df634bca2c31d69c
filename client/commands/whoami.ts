import { escapedJson } from "../../contract/decision/escaped-json.ts";
import { plainLine } from "../../contract/decision/plain-line.ts";
import type { Unread } from "../../contract/operation.ts";
import type { RefusalAnswer } from "../../contract/refusal-answers.ts";
import type { Self } from "../../contract/self.ts";
import { identityToken } from "../identity/identity-token.ts";
import type { Reporter } from "../reporter.ts";
import { refusalOf } from "../task/exchange.ts";
import { recordOf } from "../task/fields.ts";
import { type Answer, callService } from "../task/service.ts";
import { parseCaller } from "../task/task-options.ts";

/** Longest wait for an answer: a cold start with a slow issuer takes seconds. */
const TIMEOUT_MS = 15_000;

/** Runs `valetkey whoami`: prints the agent that the identity token leads to. */
export async function whoami(argv: readonly string[], env: NodeJS.ProcessEnv, report: Reporter): Promise<number> {
  const { url, audience, identity, json } = parseCaller("whoami", argv, env);
  const token = await report.patiently("getting the identity token", identityToken(identity, audience));
  const asked = callService<Self | RefusalAnswer>({
    url: `${url}/v1/self`,
    method: "GET",
    timeoutMs: TIMEOUT_MS,
    bearer: token,
  });
  const answer = await report.patiently("asking who you are", asked);
  if (answer?.status !== 200) throw refusalOf(answer as Answer<RefusalAnswer> | undefined, url, { identity: token });
  const self = recordOf<Self>(answer.body);
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
    `  alive    ${self.live_tasks === 1 ? "1 task" : `${self.live_tasks} tasks`}`,
    ...tasks.map(({ id, status, expires_at, purpose }) => `    ${id}  ${status}  until ${expires_at}  ${purpose}`),
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
