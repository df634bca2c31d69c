import type { CallOf, ReadAnswer } from "../../../contract/operations.ts";
import { defined } from "../../../functions/core/defined.ts";
import { ClientError } from "../../exit-codes.ts";
import { type OperatorCommand, operatorOf } from "../operator.ts";
import type { OperatorApi } from "../operator-api.ts";
import { parseOperator } from "../operator-options.ts";
import { type Shown, shown } from "../print/shown.ts";
import { table } from "../print/table.ts";
import { sinceMsOf } from "../tasks/ended-tasks.ts";

type Row = ReadAnswer<"GET /v1/escalations">["escalations"][number];
type Query = NonNullable<CallOf<"GET /v1/escalations">["query"]>;

/** Most escalations that one command reads. */
const MOST = 5_000;

/** Runs `valetkey escalations [--agent <id> | --task <id>] [--since <time>]`: prints what the escalation rules have found, the latest first. */
export const escalations: OperatorCommand = async (argv, env, report) => {
  const options = parseOperator("escalations", argv, env, ["agent", "task", "since"]);
  const { agent, task, since = "7d" } = options.option;
  if (agent !== undefined && task !== undefined)
    throw new ClientError("usage", "usage", "give --agent or --task, not both");
  const sinceMs = sinceMsOf(since);
  const { api, print } = await operatorOf(options, env);
  const query = defined({ agent, tree: task });
  const found = await report.patiently("listing escalations", foundSince(api, query, sinceMs));
  if (!found.isWhole) report.warn("not_whole", `these are the latest ${found.escalations.length}: there are more`);
  print({ escalations: found.escalations }, () =>
    found.escalations.length === 0
      ? shown`No escalation rule has found anything since ${new Date(sinceMs).toISOString()}.\n`
      : listTable(found.escalations),
  );
  return 0;
};

interface Found {
  readonly escalations: readonly Row[];
  /** False where there are more than one command reads. */
  readonly isWhole: boolean;
}

async function foundSince(api: OperatorApi, query: Query, sinceMs: number): Promise<Found> {
  const escalations: Row[] = [];
  let after: Query = {};
  for (;;) {
    const page = await api.call("GET /v1/escalations", { query: { ...query, ...after } });
    const wanted = page.escalations.filter(
      (each) => Date.parse("until" in each ? each.until : each.found_at) >= sinceMs,
    );
    escalations.push(...wanted);
    if (wanted.length < page.escalations.length || page.next === undefined) return { escalations, isWhole: true };
    if (escalations.length >= MOST) return { escalations, isWhole: false };
    after = { after: page.next };
  }
}

const listTable = (found: readonly Row[]): Shown =>
  table(["found", "rule", "agent", "task or account", "what", "done"], found.map(cellsOf));

function cellsOf(row: Row): readonly (string | undefined)[] {
  const { rule, agent, account } = row;
  if ("unlisted" in row)
    return [`until ${row.until}`, rule, agent, account, `more than are listed: \`valetkey audit show\``, ""];
  const { found_at, task, session, action, resource, done, wanted } = row;
  const what = [action ?? session, resource].filter((each) => each).join(" ");
  return [found_at, rule, agent, task ?? account, what, wanted === undefined ? done : `${done} (not ${wanted})`];
}
