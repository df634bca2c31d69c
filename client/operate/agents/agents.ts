import { addressOf } from "../../../contract/address.ts";
import type { ReadAnswer } from "../../../contract/operations.ts";
import { ClientError } from "../../exit-codes.ts";
import { ownCommand } from "../../own-command.ts";
import { advise } from "../advice/advise.ts";
import { agentWith, perform } from "../approvals/perform.ts";
import { type OperatorCommand, operatorOf } from "../operator.ts";
import { parseOperator, readText, secondsIn, wordOf } from "../operator-options.ts";
import { type Shown, shown } from "../print/shown.ts";
import { table } from "../print/table.ts";
import { described } from "./described-agent.ts";
import { dueAgents, dueTable } from "./due.ts";
import { suspend } from "./suspend.ts";

type Body = Readonly<Record<string, unknown>>;
type Listed = ReadAnswer<"GET /v1/agents">["agents"][number];

const CHANGES = ["resume", "confirm"] as const;
type ChangeName = (typeof CHANGES)[number];
/** Time for which a process of the service may still treat a resumed agent as suspended. */
const REMEMBERED_MS = 60_000;
const isChange = (word: string): word is ChangeName => (CHANGES as readonly string[]).includes(word);

/** `valetkey agents [list | due [--days <n>] | show <id> | register -f <file> | suspend <id> [--reason <text>] [--wait <seconds>] | resume <id> [--reason <text>] | confirm <id> | advise <id>]` */
export const agents: OperatorCommand = async (argv, env, report) => {
  const options = parseOperator(
    "agents",
    argv,
    env,
    ["status", "inactive-days", "file", "reason", "wait", "days", "policies", "config"],
    2,
  );
  const [verb = "list"] = options.words;
  if (verb !== "suspend" && options.option.wait !== undefined) throw usage("--wait goes with agents suspend");
  if (verb !== "suspend" && verb !== "resume" && options.option.reason !== undefined)
    throw usage("--reason goes with agents suspend and agents resume");
  if (verb !== "advise" && (options.option.policies ?? options.option.config) !== undefined)
    throw usage("--policies and --config go with agents advise");
  if (verb !== "advise" && verb !== "due" && options.option.days !== undefined)
    throw usage("--days goes with agents advise and agents due");
  const { api, print } = await operatorOf(options, env, report);
  const id = () => wordOf(options, 1, "which agent", "agents");
  if (verb === "list") {
    const { status, "inactive-days": days } = options.option;
    const query = { ...(status && { status }), ...(days && { inactive_days: Number(days) }) };
    const listed = await report.patiently("listing agents", api.list("GET /v1/agents", "agents", { query }));
    print({ agents: listed }, (isWide) => listTable(listed, { isOfInactive: days !== undefined, isWide }));
  } else if (verb === "due") {
    const days = options.option.days === undefined ? undefined : daysIn(options.option.days);
    const listed = await report.patiently("listing agents", api.list("GET /v1/agents", "agents", { query: {} }));
    const due = dueAgents(listed, Date.now(), days);
    print({ agents: due }, () => dueTable(due, dueAgents(listed, Date.now()).length > 0));
  } else if (verb === "show") {
    const agent = await api.call("GET /v1/agents/{agent}", { parameters: { agent: id() } });
    print(agent, () => described(agent));
  } else if (verb === "register") {
    const { file } = options.option;
    if (file === undefined)
      throw usage(`name the file that describes the agent: ${ownCommand()} agents register -f agent.json`);
    const body = parsedAgent(readText(file), file);
    const act = { path: "/v1/agents", body };
    const agent = await perform({ api, report, act }, agentWith(api, String(body.id), body));
    print(agent, () => described(agent));
  } else if (verb === "advise") {
    const { days = "30", policies = "policies", config } = options.option;
    const wanted = { agent: id(), days: daysIn(days), policies, config };
    return await advise(wanted, { api, print }, report);
  } else if (verb === "suspend") {
    const { reason, wait } = options.option;
    const waitSeconds = wait === undefined ? undefined : secondsIn(wait, "--wait");
    return await suspend({ agent: id(), reason, waitSeconds }, { api, print }, report);
  } else if (isChange(verb)) {
    const parameters = { agent: id() };
    const { reason } = options.option;
    const body = reason === undefined ? {} : { reason };
    const resuming = { path: addressOf("POST /v1/agents/{agent}/resume", parameters), body };
    const agent = await (verb === "resume"
      ? perform({ api, report, act: resuming }, agentWith(api, id(), { status: "active" }))
      : report.patiently("waiting for valetkey", api.call("POST /v1/agents/{agent}/confirm", { parameters })));
    print(agent, () => described(agent));
    if (verb === "resume") {
      const until = new Date(Date.now() + REMEMBERED_MS).toISOString();
      report.note("remembered", `until ${until} its requests may still be refused as suspended`, { until });
    }
  } else {
    throw usage(
      `agents takes list, due, show, register, suspend, advise, ${CHANGES.join(", ")}; ${ownCommand()} agents --help shows an example`,
    );
  }
  return 0;
};

/** Reads the number of days. @throws {ClientError} usage */
function daysIn(text: string): number {
  if (!/^[1-9]\d?$/.test(text) || Number(text) > 90) throw usage("--days takes a number from 1 to 90");
  return Number(text);
}

/** Formats agents as a table, with the last use where the list is of inactive agents; a wide one with name and labels. */
const listTable = (
  listed: readonly Listed[],
  { isOfInactive, isWide }: { readonly isOfInactive: boolean; readonly isWide: boolean },
): Shown =>
  listed.length === 0
    ? shown`No agent matches.\n`
    : table(
        [
          "agent",
          "status",
          "owner",
          "team",
          ...(isOfInactive ? ["last used"] : []),
          "ends",
          ...(isWide ? ["name", "labels"] : []),
        ],
        listed.map(({ id, status, owner, team, last_used_on, ends_at, name, labels }) => [
          ...[id, status, owner, team],
          ...(isOfInactive ? [last_used_on ?? "never"] : []),
          ends_at,
          ...(isWide ? [name, labels.join(", ")] : []),
        ]),
      );

function parsedAgent(text: string, path: string): Body {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw usage(`${path} is not JSON`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw usage(`${path} must hold one agent, as a JSON object`);
  return value as Body;
}

const usage = (sentence: string): ClientError => new ClientError("usage", "usage", sentence);
