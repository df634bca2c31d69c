import type { CallOf, ReadAnswer } from "../../../contract/operations.ts";
import { defined } from "../../../functions/core/defined.ts";
import { ClientError } from "../../exit-codes.ts";
import { ownCommand } from "../../own-command.ts";
import { type OperatorCommand, operatorOf } from "../operator.ts";
import type { OperatorApi } from "../operator-api.ts";
import { parseOperator } from "../operator-options.ts";
import { type Shown, shown } from "../print/shown.ts";
import { table } from "../print/table.ts";

type Budget = ReadAnswer<"GET /v1/budgets">["budgets"][number];
type Query = NonNullable<CallOf<"GET /v1/budgets">["query"]>;

/** Runs `valetkey budgets [<name>] [--person <id> | --task <id>]`: prints the budgets of policy, and what is spent of each. */
export const budgets: OperatorCommand = async (argv, env, report) => {
  const options = parseOperator("budgets", argv, env, ["person", "task"], 1);
  const [name] = options.words;
  const { person, task: tree } = options.option;
  if (person !== undefined && tree !== undefined) throw usage("give --person or --task, not both");
  const { api, print } = await operatorOf(options, env);
  const listed = await report.patiently("listing budgets", everyBudget(api, defined({ name, person, tree })));
  const kind = person === undefined ? (tree === undefined ? "" : " of trees") : " of people";
  if (name !== undefined && listed.length === 0)
    throw usage(`no deployed policy has a budget${kind} named ${name}; ${ownCommand()} budgets lists them`);
  print({ budgets: listed }, () =>
    listed.length === 0 ? shown`No deployed policy has a budget${kind}.\n` : listTable(listed),
  );
  return 0;
};

/** Reads every page, and joins the parts of a budget that goes on on the next page. */
async function everyBudget(api: OperatorApi, query: Query): Promise<readonly Budget[]> {
  const all = new Map<string, Budget>();
  for (const part of await api.list("GET /v1/budgets", "budgets", { query })) {
    const name = `${part.counts} ${part.text}`;
    const before = all.get(name)?.spent ?? [];
    all.set(name, { ...part, ...(part.spent && { spent: [...before, ...part.spent] }) });
  }
  return [...all.values()];
}

function listTable(listed: readonly Budget[]): Shown {
  const rows = listed.flatMap(({ text, counts, scope, spent }): readonly (readonly unknown[])[] => {
    if (spent === undefined) return [[text, counts, BY_NAME[String(scope)], "", ""]];
    if (spent.length === 0) return [[text, counts, "nobody", "0", "now"]];
    return spent.map(({ holder, grants, free_at: free }) => [text, counts, holder, grants, free ?? "now"]);
  });
  return table(["budget", "counts", "spent by", "spent", "allows another"], rows);
}

/** Options that show the counts of holders whom the list leaves out. */
const BY_NAME: Readonly<Record<string, string>> = { person: "see --person", tree: "see --task" };

const usage = (sentence: string): ClientError => new ClientError("usage", "usage", sentence);
