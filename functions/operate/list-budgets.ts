import type { AgentId } from "../../contract/agent-id.ts";
import type { BudgetList } from "../../contract/budgets.ts";
import { CONDITION_NAME } from "../../contract/names.ts";
import { type Budget, budgetText, type HeldBudget, parseBudgets, parseCalls } from "../core/budgets/budget.ts";
import { defined } from "../core/defined.ts";
import { personId, personNamed } from "../core/identity/person.ts";
import { type DeployedBudget, deployedBudgets } from "../core/policy/deployed-budgets.ts";
import type { Ports } from "../core/ports.ts";
import { Refusal } from "../core/refusal.ts";
import { rootOf } from "../core/task-path.ts";
import { isoSeconds } from "../core/text/iso-seconds.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { operation } from "../operators/operation.ts";
import { authoriseOperation } from "../steps/requests/authorise-operation.ts";
import type { OperatorIdentity } from "../steps/requests/verify-operator.ts";
import { maySee } from "./may-see.ts";
import { type CountPorts, type SpentByHolder, spentAfter, spentOf } from "./spent-by-holder.ts";
import { taskFor } from "./task-for.ts";

/** Ports of the list of budgets, which changes nothing. */
export interface BudgetPorts extends Ports, CountPorts {}

type Shown = BudgetList["budgets"][number];
type Row = NonNullable<Shown["spent"]>[number];

/** Entry of the whole list: a budget, or what one of its holders has spent. */
interface Line {
  readonly budget: DeployedBudget;
  readonly row?: Row;
}

/** Last entry of a page. */
interface Mark {
  /** Name of the entry's budget, as `nameOf` writes it. */
  readonly name: string;
  /** Absent where the page ends with the budget itself. */
  readonly holder?: string;
}

const LIST = "valetkey:ListBudgets";

/** Entries on one page. */
const PAGE = 100;

/**
 * Answers `GET /v1/budgets?name=&after=` with the budgets of policy and what is spent of each, page by page; with `?person=` or `?tree=` what that person or
 * tree has spent.
 */
export const listBudgets = (event: HttpEvent, ports: BudgetPorts): Promise<HttpAnswer> =>
  operation<BudgetList>(event, ports, async (operator) => {
    await authoriseOperation(operator, LIST, "deployment", ports);
    const query = new URLSearchParams(event.rawQueryString ?? "");
    const [name, after] = [query.get("name"), query.get("after")];
    if (name !== null && !CONDITION_NAME.test(name)) refuse("name must be a budget's name.");
    const mark = after === null ? undefined : markIn(after);
    const budgets = deployedBudgets(ports.policies.stated).filter((each) => name === null || each.name === name);
    const holder = await holderIn(query, operator, ports);
    if (holder === undefined) return pageOf(linesOf(budgets, mark, operator, ports));
    if (mark !== undefined) refuse("The budgets of one person or tree are on one page: leave out after.");
    const held = budgets.filter(({ scope }) => scope === holder.scope).map((each) => ({ ...each, ...holder }));
    const spent = await spentOf(held, ports, ports.clock.nowMs() / 1_000);
    return { budgets: held.map((each, index) => ({ ...describeBudget(each), spent: rowsOf(spent[index]) })) };
  });

/** Finds the one holder that the request names. @throws {Refusal} malformed_request, operator_denied, task_unknown. */
async function holderIn(
  query: URLSearchParams,
  operator: OperatorIdentity,
  ports: Ports,
): Promise<Pick<HeldBudget, "scope" | "holder"> | undefined> {
  const [named, tree] = [query.get("person"), query.get("tree")];
  if (named !== null && tree !== null) refuse("Say person or tree, and not both.");
  if (tree !== null) return { scope: "tree", holder: rootOf(await taskFor(operator, LIST, tree, ports)) };
  if (named === null) return undefined;
  const person =
    personNamed(named, ports.deployment.issuers) ?? refuse("person must be issuer|value, of a people's issuer.");
  return { scope: "person", holder: personId(person) };
}

/** Yields every entry after the mark. Reads what a budget's holders have spent only on demand. */
async function* linesOf(
  budgets: readonly DeployedBudget[],
  mark: Mark | undefined,
  operator: OperatorIdentity,
  ports: BudgetPorts,
): AsyncGenerator<Line> {
  const nowSeconds = ports.clock.nowMs() / 1_000;
  const isSeen = visibleHolders(operator, ports);
  for (const budget of budgets) {
    const name = nameOf(budget);
    if (mark !== undefined && name < mark.name) continue;
    const isGoingOn = name === mark?.name;
    if (!isGoingOn) yield { budget };
    if (!isListed(budget)) continue;
    for await (const spent of countsOf(budget, isGoingOn ? mark.holder : undefined, ports, nowSeconds))
      if (await isSeen(budget, spent.holder)) yield* rowsOf(spent).map((row) => ({ budget, row }));
  }
}

/** True where the list has all holders. People and trees may be far too many, and are looked up by name, as consents and tasks are. */
const isListed = ({ scope }: Budget): boolean => scope !== "person" && scope !== "tree";

async function* countsOf(budget: DeployedBudget, after: string | undefined, ports: BudgetPorts, nowSeconds: number) {
  for (let from = after; ; ) {
    const counted = await spentAfter(budget, from, PAGE, ports, nowSeconds);
    yield* counted;
    if (counted.length < PAGE) return;
    from = counted.at(-1)?.holder;
  }
}

/** Makes the predicate whether the operator may see a holder. A team has no facts of its own: it is seen with any of its agents. */
function visibleHolders(operator: OperatorIdentity, ports: BudgetPorts) {
  let reading: Promise<Readonly<Record<"agent" | "team", ReadonlySet<string>>>> | undefined;
  return async ({ scope }: Budget, holder: string): Promise<boolean> => {
    if (scope === "hub") return true;
    reading ??= visibleAgents(operator, ports);
    return (scope === "agent" || scope === "team") && (await reading)[scope].has(holder);
  };
}

async function visibleAgents(operator: OperatorIdentity, ports: BudgetPorts) {
  const [agent, team] = [new Set<string>(), new Set<string>()];
  let after: AgentId | undefined;
  do {
    const page = await ports.agents.list(after);
    for (const each of page.agents.filter((one) => maySee(operator, LIST, one, ports))) {
      agent.add(each.id);
      team.add(each.team);
    }
    after = page.next;
  } while (after !== undefined);
  return { agent, team };
}

/** Takes one page of the entries, and groups them by budget. The mark names the last entry that is shown, so it names no hidden one. */
async function pageOf(lines: AsyncGenerator<Line>): Promise<BudgetList> {
  const taken: Line[] = [];
  for await (const line of lines) {
    if (taken.length === PAGE) return { budgets: grouped(taken), ...defined({ next: markOf(taken.at(-1)) }) };
    taken.push(line);
  }
  return { budgets: grouped(taken) };
}

function grouped(lines: readonly Line[]): readonly Shown[] {
  const names = [...new Set(lines.map(({ budget }) => nameOf(budget)))];
  return names.flatMap((name) => {
    const own = lines.filter(({ budget }) => nameOf(budget) === name);
    const rows = own.flatMap(({ row }) => row ?? []);
    return own
      .slice(0, 1)
      .map(({ budget }) => ({ ...describeBudget(budget), ...(isListed(budget) && { spent: rows }) }));
  });
}

const describeBudget = (budget: DeployedBudget) => ({
  budget: budget.name,
  counts: budget.counts,
  text: budgetText(budget),
  scope: budget.scope,
  grants: budget.count,
  window_seconds: budget.window,
});

/** Describes what a holder has spent; nothing where nothing counts any more. */
function rowsOf(spent: SpentByHolder | undefined): readonly Row[] {
  if (spent === undefined || spent.count === 0) return [];
  const { holder, count: grants, freeAt: free } = spent;
  return [{ holder, grants, ...(free === undefined ? {} : { free_at: isoSeconds(free) }) }];
}

/** Beginning of the name of a budget of signatures, by which they come after those of grants. */
const OF_CALLS = "~";

/** Name of a budget in the order of the list: two budgets of one text may count grants and signatures. */
const nameOf = (budget: DeployedBudget): string =>
  `${budget.counts === "signatures" ? OF_CALLS : ""}${budgetText(budget)}`;

const markOf = (line: Line | undefined): string | undefined =>
  line && [nameOf(line.budget), ...(line.row ? [line.row.holder] : [])].join(" ");

const MARK = /^(~?)(\S+ \S+ \S+)(?: (.{1,128}))?$/su;

/** @throws {Refusal} malformed_request. */
function markIn(after: string): Mark {
  const [, sign = "", text = "", holder] = MARK.exec(after) ?? [];
  const budgets = (sign === OF_CALLS ? parseCalls : parseBudgets)(text);
  if (typeof budgets === "string") refuse("after must be the next of the page before.");
  return { name: `${sign}${text}`, ...defined({ holder }) };
}

function refuse(say: string): never {
  throw new Refusal("malformed_request", { say });
}
