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

/**
 * Runs `valetkey conditions [list | set <name> --scope <place> --for <time> --reason <text> --yes | lift <name> --scope <place> --reason <text> --yes]`:
 * lists the conditions of the world, sets one, or ends it. Setting one that permits, and lifting one that restricts, takes a vote where stepUp is on.
 */
export const conditions: OperatorCommand = async (argv, env, report) => {
  const options = parseOperator("conditions", argv, env, ["scope", "for", "reason", "yes"], 2);
  const [verb = "list"] = options.words;
  const { scope, for: time, reason, yes } = options.option;
  if (!["list", "set", "lift"].includes(verb)) throw usage(`conditions takes list, set or lift, not ${verb}`);
  if (verb === "list") {
    if (options.words.length > 1 || scope || time || reason || yes) throw usage("list takes no name and no option");
    const { api, print } = await operatorOf(options, env, report);
    const listed = await report.patiently("listing conditions", listedBy(api));
    print({ conditions: listed }, () => listTable(listed));
    return 0;
  }
  const name = wordOf(options, 1, "which condition", "conditions");
  if (scope === undefined || !CONDITION_SCOPE.test(scope))
    throw usage("--scope is required: hub, account:111122223333, team:data or agent:reporter");
  if (reason === undefined) throw usage("--reason is required: everybody who lists the conditions reads it");
  if (verb === "lift" && time !== undefined) throw usage("--for goes with conditions set");
  const seconds = verb === "set" ? secondsOf(time) : undefined;
  if (!yes) throw usage(`give --yes: ${verb === "set" ? "set" : "end"} ${name} for ${scope}`);
  const { api, print } = await operatorOf(options, env, report);
  const known = await report.patiently("reading the condition", listedBy(api));
  const kind = known.find(({ condition }) => condition === name)?.kind;
  if (kind === undefined) throw usage(unknown(name, known));
  const body = { scope, reason, ...(seconds === undefined ? {} : { seconds }) };
  const isTightened = (kind === "restricts") === (verb === "set");
  const request = isTightened
    ? api.call("POST /v1/conditions/{condition}/tighten", { parameters: { condition: name }, body })
    : perform({ api, report, act: { path: `/v1/conditions/${name}/loosen`, body } }, async () => {
        const state = (await listedBy(api)).find(({ condition }) => condition === name);
        return state && holdsIn(state, scope) === (verb === "set") ? state : undefined;
      });
  const state = await report.patiently("waiting for valetkey", request);
  print(state, () => described(state, scope));
  return 0;
};

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
