import { defined } from "../../functions/core/defined.ts";
import { ClientError } from "../exit-codes.ts";
import { sinceMsOf } from "./ended-tasks.ts";
import { type OperatorCommand, operatorOf } from "./operator.ts";
import type { OperatorApi } from "./operator-api.ts";
import { parseOperator } from "./operator-options.ts";
import { type Shown, shown } from "./shown.ts";
import { table } from "./table.ts";

type Body = Readonly<Record<string, unknown>>;

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
  const query = new URLSearchParams({
    ...defined({ agent, tree: task }),
  });
  const found = await report.patiently("listing escalations", foundSince(api, query, sinceMs));
  if (!found.isWhole) report.warn("not_whole", `these are the latest ${found.escalations.length}: there are more`);
  print({ escalations: found.escalations }, () =>
    found.escalations.length === 0
      ? shown`No escalation rule has found anything in ${since}.\n`
      : listTable(found.escalations),
  );
  return 0;
};

interface Found {
  readonly escalations: readonly Body[];
  /** False where there are more than one command reads. */
  readonly isWhole: boolean;
}

async function foundSince(api: OperatorApi, query: URLSearchParams, sinceMs: number): Promise<Found> {
  const escalations: Body[] = [];
  for (;;) {
    const page = await api.get(`/v1/escalations${query.size === 0 ? "" : `?${query}`}`);
    const listed = Array.isArray(page.escalations) ? (page.escalations as readonly Body[]) : [];
    const wanted = listed.filter((each) => Date.parse(String(each.found_at ?? each.until)) >= sinceMs);
    escalations.push(...wanted);
    if (wanted.length < listed.length || page.next === undefined) return { escalations, isWhole: true };
    if (escalations.length >= MOST) return { escalations, isWhole: false };
    query.set("after", String(page.next));
  }
}

const listTable = (found: readonly Body[]): Shown =>
  table(
    ["found", "rule", "agent", "task or account", "what", "done"],
    found.map(({ found_at, until, rule, agent, account, task, session, action, resource, done, wanted, unlisted }) =>
      unlisted === true
        ? [`until ${until}`, rule, agent, account, "more than are listed: valetkey audit show", ""]
        : [found_at, rule, agent, task ?? account, whatOf(action ?? session, resource), doneOf(done, wanted)],
    ),
  );

const whatOf = (action: unknown, resource: unknown): string => [action, resource].filter((each) => each).join(" ");
const doneOf = (done: unknown, wanted: unknown): unknown => (wanted === undefined ? done : `${done} (not ${wanted})`);
