import { CONDITION_SCOPE } from "../../../contract/names.ts";
import type { ReadAnswer } from "../../../contract/operations.ts";
import { secondsIn } from "../../duration.ts";
import { ClientError } from "../../exit-codes.ts";
import { nearest } from "../../nearest.ts";
import { perform } from "../approvals/perform.ts";
import { type OperatorCommand, operatorOf } from "../operator.ts";
import type { OperatorApi } from "../operator-api.ts";
import { parseOperator, wordOf } from "../operator-options.ts";
import { type Shown, shown } from "../print/shown.ts";
import { coloured, table } from "../print/table.ts";

type Condition = ReadAnswer<"POST /v1/conditions/{condition}/tighten">;

type Rechecked = ReadAnswer<"POST /v1/conditions/{condition}/recheck">;

const RECHECK = "POST /v1/conditions/{condition}/recheck";

const VERBS = ["list", "set", "lift", "recheck"] as const;

/**
 * Runs `valetkey conditions [list | set <name> --scope <place> --for <time> --reason <text> --yes | lift <name> --scope <place> --reason <text> --yes |
 * recheck <name> --scope <place> [--dry-run]]`: lists the conditions of the world, sets one, ends it, or decides live tasks anew. Setting one that permits, and
 * lifting one that restricts, takes a vote where stepUp is on. After a tightening, prints the tasks that have ended.
 */
export const conditions: OperatorCommand = async (argv, env, report) => {
  const options = parseOperator("conditions", argv, env, ["scope", "for", "reason", "yes", "dry-run"], 2);
  const [given = "list"] = options.words;
  const { scope, for: time, reason, yes, "dry-run": isTried = false } = options.option;
  const verb = VERBS.find((each) => each === given);
  if (verb === undefined) throw usage(`conditions takes ${VERBS.join(", ")}, not ${given}`);
  if (verb === "list") {
    if (options.words.length > 1 || scope || time || reason || yes || isTried)
      throw usage("list takes no name and no option");
    const { api, print } = await operatorOf(options, env, report);
    const listed = await report.patiently("listing conditions", listedBy(api));
    print({ conditions: listed }, () => listTable(listed));
    return 0;
  }
  const name = wordOf(options, 1, "which condition", "conditions");
  if (scope === undefined || !CONDITION_SCOPE.test(scope))
    throw usage("--scope is required: hub, account:111122223333, team:data or agent:reporter");
  if (time !== undefined && verb !== "set") throw usage("--for goes with conditions set");
  if (verb === "recheck") {
    if (reason !== undefined || yes) throw usage("recheck takes --scope and --dry-run alone");
    const { api, print } = await operatorOf(options, env, report);
    const rechecked = await report.patiently("deciding live tasks anew", recheckBy(api, name, scope, isTried));
    print(rechecked, () => endedTable(rechecked));
    return 0;
  }
  if (isTried) throw usage(`--dry-run goes with conditions recheck: npx valetkey conditions recheck ${name} --scope …`);
  if (reason === undefined) throw usage("--reason is required: everybody who lists the conditions reads it");
  const seconds = verb === "set" ? secondsOf(time) : undefined;
  if (!yes) throw usage(`give --yes: ${verb === "set" ? "set" : "end"} ${name} for ${scope}`);
  const { api, print } = await operatorOf(options, env, report);
  const known = await report.patiently("reading the condition", listedBy(api));
  const kind = known.find(({ condition }) => condition === name)?.kind;
  if (kind === undefined) throw usage(unknown(name, known));
  const body = { scope, reason, ...(seconds === undefined ? {} : { seconds }) };
  if ((kind === "restricts") !== (verb === "set")) {
    const act = perform({ api, report, act: { path: `/v1/conditions/${name}/loosen`, body } }, async () => {
      const state = (await listedBy(api)).find(({ condition }) => condition === name);
      return state && holdsIn(state, scope) === (verb === "set") ? state : undefined;
    });
    const state = await report.patiently("waiting for valetkey", act);
    print(state, () => described(state, scope));
    return 0;
  }
  const tightened = api.call("POST /v1/conditions/{condition}/tighten", { parameters: { condition: name }, body });
  const state = await report.patiently("waiting for valetkey", tightened);
  const rechecked = await report.patiently("deciding live tasks anew", recheckBy(api, name, scope, false));
  print({ ...state, rechecked }, () => shown`${described(state, scope)}${endedTable(rechecked)}`);
  return 0;
};

/** Decides the live tasks of a place anew, request by request until none is left. */
async function recheckBy(api: OperatorApi, condition: string, scope: string, isTried: boolean): Promise<Rechecked> {
  const all: Rechecked[] = [];
  for (let after: string | undefined; ; ) {
    const body = { scope, ...(isTried ? { dry_run: true } : {}), ...(after === undefined ? {} : { after }) };
    const parameters = { condition };
    const part = isTried ? await api.ask(RECHECK, { parameters, body }) : await api.call(RECHECK, { parameters, body });
    all.push(part);
    if (part.next === undefined) break;
    after = part.next;
  }
  const { next: _, ...last } = all.at(-1) as Rechecked;
  const decided = all.reduce((sum, part) => sum + (part.decided ?? 0), 0);
  return { ...last, decided, tasks: all.flatMap(({ tasks = [] }) => tasks) };
}

/** Formats the tasks that were ended, or would be. valetkey's own recheck, after each tightening, may have ended others before. */
function endedTable({ dry_run: isTried, decided = 0, tasks = [] }: Rechecked): Shown {
  const rows = tasks.map(({ task, agent, reason }) => [task, agent, reason]);
  const heading = `Decided anew: ${decided}. ${isTried ? "Would end" : "Ended by this command"}: ${rows.length}.`;
  return rows.length === 0 ? shown`${heading}\n` : shown`${heading}\n${table(["task", "agent", "reason"], rows)}`;
}

const listedBy = async (api: OperatorApi): Promise<readonly Condition[]> =>
  (await api.call("GET /v1/conditions", {})).conditions;

const holdsIn = ({ holds = [] }: Condition, scope: string): boolean => holds.some((each) => each.scope === scope);

function secondsOf(time: string | undefined): number {
  const seconds = time === undefined ? undefined : secondsIn(time);
  if (seconds === undefined)
    throw usage("--for is required: a time such as 90m, 4h or 2d, after which it ends by itself");
  return seconds;
}

function unknown(name: string, known: readonly Condition[]): string {
  const names = known.map(({ condition }) => String(condition));
  const meant = nearest(name, names);
  const list = names.length === 0 ? "valetkey.json defines none" : `valetkey.json defines ${names.join(", ")}`;
  return `there is no condition ${name}; ${meant === undefined ? list : `did you mean ${meant}?`}`;
}

const listTable = (listed: readonly Condition[]): Shown =>
  table(
    ["condition", "kind", "holds for", "until", "by", "reason"],
    listed.flatMap(({ condition, kind, holds = [] }) =>
      holds.length === 0
        ? [[condition, kind, "nobody", "", "", ""]]
        : holds.map((each) => [condition, kind, each.scope, each.until, each.set_by, each.reason]),
    ),
  );

/** Formats the state of a condition in one place. */
function described(state: Condition, scope: string): Shown {
  const { condition, kind, holds = [] } = state;
  const held = holds.filter((each) => each.scope === scope);
  const until = held
    .map((each) => String(each.until))
    .sort()
    .at(-1);
  const text =
    until === undefined ? `${condition} does not hold for ${scope}` : `${condition} holds for ${scope} until ${until}`;
  return shown`${coloured(text, (kind === "restricts") === (until !== undefined) ? "red" : "green")}.\n`;
}

const usage = (sentence: string): ClientError => new ClientError("usage", "usage", sentence);
