import { secondsIn } from "../duration.ts";
import { ClientError } from "../exit-codes.ts";
import type { Reporter } from "../reporter.ts";
import { differentFields } from "./is-same.ts";
import { namesPerson } from "./names-person.ts";
import { type OperatorCommand, operatorOf } from "./operator.ts";
import type { OperatorApi } from "./operator-api.ts";
import { parseOperator, readText } from "./operator-options.ts";
import { agentWith, perform } from "./perform.ts";
import { coloured } from "./table.ts";

type Body = Readonly<Record<string, unknown>>;

/** Step of a plan: one change that brings the record in line with the file. */
interface Step {
  readonly sign: "+" | "~" | "=" | "!";
  readonly agent: string;
  readonly says: string;
  readonly run?: (api: OperatorApi, report: Reporter) => Promise<unknown>;
}

/**
 * Runs `valetkey apply -f agents.yaml [--yes]`: shows what the file would change, and with --yes changes it. Agents that the file does not name stay
 * as they are: only `valetkey offboard` ends an agent for good, never a missing line.
 */
export const apply: OperatorCommand = async (argv, env, report) => {
  const options = parseOperator("apply", argv, env, ["file", "yes"]);
  const { file, yes } = options.option;
  if (file === undefined) throw usage("say which file: valetkey apply -f agents.yaml");
  const wanted = await agentsIn(readText(file), file);
  const { api, print } = await operatorOf(options, env);
  const steps: Step[] = [];
  for (const agent of wanted) steps.push(...(await report.patiently("comparing", stepsFor(agent, api))));
  for (const { id, owner } of wanted)
    if (typeof owner === "string" && !namesPerson(owner)) report.note("owner", ownerNote(String(id), owner));
  const changes = steps.filter(({ run }) => run !== undefined);
  print({ plan: steps.map(({ sign, agent, says }) => ({ sign, agent, says })), applied: yes === true }, () =>
    planned(steps),
  );
  if (steps.some(({ sign }) => sign === "!")) throw usage("the plan has what cannot be done; nothing was changed");
  if (!yes) {
    if (changes.length > 0) report.note("planned", `${changes.length} to change; say --yes to do it`);
    return 0;
  }
  for (const { agent, run } of changes) {
    await report.patiently(`changing ${agent}`, run?.(api, report) ?? Promise.resolve());
    report.note("applied", `${agent} is as the file says`);
  }
  return 0;
};

/** Parses YAML or JSON: a list of registrations for `POST /v1/agents`, each with an optional `status`. @throws {ClientError} usage */
async function agentsIn(text: string, path: string): Promise<readonly Body[]> {
  const { parseYaml } = await import("./parse-yaml.ts");
  let read: unknown;
  try {
    read = parseYaml(text);
  } catch (error) {
    // The parser's message names line and column and quotes the line, which is safe: registrations hold no secrets.
    throw usage(`${path} is not YAML: ${String((error as Error).message).split("\n")[0]}`);
  }
  const list = Array.isArray(read) ? read : (read as { agents?: unknown } | null)?.agents;
  if (!Array.isArray(list) || !list.every((each) => typeof each?.id === "string"))
    throw usage(`${path} must hold a list of agents (or "agents:" with one), each with an id`);
  const ids = list.map(({ id }) => id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) throw usage(`${path} names ${twice} twice`);
  // A misspelt status must neither end an agent's tasks nor resume the agent.
  if (!list.every(({ status }) => STATUSES.includes(status)))
    throw usage(`${path} has a status other than active and suspended`);
  return list.map((each) => inSeconds(each, path));
}

/** The registration with `task_seconds: 1h` in seconds, as valetkey takes it. @throws {ClientError} usage */
function inSeconds(agent: Body, path: string): Body {
  const { limits } = agent;
  if (typeof limits !== "object" || limits === null || !("task_seconds" in limits)) return agent;
  if (typeof limits.task_seconds !== "string") return agent;
  const seconds = secondsIn(limits.task_seconds);
  if (seconds === undefined) throw usage(`${path}: task_seconds of ${agent.id} takes seconds, or such as 15m or 1h`);
  return { ...agent, limits: { ...limits, task_seconds: seconds } };
}

const STATUSES: readonly unknown[] = [undefined, "active", "suspended"];

const ACTIVE = { status: "active" } as const;

/** Makes the act of a step. @param wanted fields of the agent once it is done. */
const doing =
  (path: string, body: Body, wanted: Body = body): NonNullable<Step["run"]> =>
  (api, report) =>
    perform({ api, report, act: { path, body } }, agentWith(api, agentPath(path, body), wanted));

/** Path of the agent that an act is about. */
const agentPath = (path: string, { id }: Body): string =>
  path === "/v1/agents" ? `${path}/${encodeURIComponent(String(id))}` : path.replace(/\/resume$/, "");

/** Lists the steps for one agent. Fields that the file does not state stay as they are, the status too: a suspended agent is not resumed by omission. */
async function stepsFor({ status, ...wanted }: Body, api: OperatorApi): Promise<readonly Step[]> {
  const agent = String(wanted.id);
  const path = `/v1/agents/${encodeURIComponent(agent)}`;
  const found = await api.get(path).catch((error: unknown) => {
    if (error instanceof ClientError && error.event === "agent_not_found") return undefined;
    throw error;
  });
  const suspend: Step = { sign: "~", agent, says: "suspend", run: (to) => to.post(`${path}/suspend`) };
  if (!found) {
    const register: Step = { sign: "+", agent, says: "register", run: doing("/v1/agents", wanted) };
    return status === "suspended" ? [register, suspend] : [register];
  }
  if (found.status !== "active" && found.status !== "suspended")
    return [{ sign: "!", agent, says: `is ${String(found.status)}, and its id is never used again` }];
  const different = differentFields(wanted, found);
  const steps: Step[] = [];
  if (different.includes("bindings"))
    return [
      { sign: "!", agent, says: "has other bindings, which cannot be changed: another identity is another agent" },
    ];
  if (different.length > 0) {
    // Sends only the different fields, so that equal bindings are not rewritten.
    const changed = Object.fromEntries(different.map((name) => [name, wanted[name]]));
    steps.push({ sign: "~", agent, says: `change ${different.join(", ")}`, run: doing(path, changed) });
  }
  if (status === "suspended" && found.status === "active") steps.push(suspend);
  if (status === "active" && found.status === "suspended")
    steps.push({ sign: "~", agent, says: "resume", run: doing(`${path}/resume`, {}, ACTIVE) });
  return steps.length > 0 ? steps : [{ sign: "=", agent, says: "is as the file says" }];
}

/** Advises on an owner of the older form. Without control characters, by which a file could hide lines on a terminal. */
const ownerNote = (agent: string, owner: string): string =>
  `${agent}: the owner "${owner}" names no person, so that one vote alone approves nothing of it; write owner: "issuer|person", and the address as contact`.replace(
    /\p{C}/gu,
    " ",
  );

const COLOURS = { "+": "green", "~": "yellow", "=": "dim", "!": "red" } as const;

/** Formats the plan without control characters, by which a file could hide lines of its plan on a terminal. */
const planned = (steps: readonly Step[]): string =>
  `${steps.map(({ sign, agent, says }) => coloured(`${sign} ${agent}: ${says}`.replace(/\p{C}/gu, " "), COLOURS[sign])).join("\n")}\n`;

const usage = (sentence: string): ClientError => new ClientError("usage", "usage", sentence);
