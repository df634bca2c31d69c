import { BUDGET_LIMITS, CALL_LIMITS } from "../../../contract/limits.ts";
import { BUDGET_SCOPES, type BudgetScope, SHORT_NAME } from "../../../contract/names.ts";

/** Upper bound on the grants, or the signatures, of one holder in any window of so long. */
export interface Budget {
  /** `SHORT_NAME`: permits with the same name and scope share one budget. */
  readonly name: string;
  /** 1 to 100 grants, or 1 to 100,000 signatures. */
  readonly count: number;
  /** Seconds; 1 minute to 31 days. */
  readonly window: number;
  readonly scope: BudgetScope;
}

/** Budget of one holder, and so what is counted together. */
export interface HeldBudget extends Budget {
  /** Agent, person, team or root of a tree; `*` for the hub. */
  readonly holder: string;
}

/** Annotation whose text lists budgets: what it counts, and its upper bounds. */
interface BudgetForm {
  readonly annotation: string;
  readonly counts: string;
  readonly example: string;
  readonly most: number;
}

const GRANTS: BudgetForm = {
  ...{ annotation: "@budget", counts: "grants", example: "deploys 3/24h agent", most: BUDGET_LIMITS.count },
};
const CALLS: BudgetForm = {
  ...{ annotation: "@calls", counts: "signatures", example: "reads 500/1h agent", most: CALL_LIMITS.count },
};

const ENTRY = new RegExp(
  `^(${SHORT_NAME.pattern}) ([1-9]\\d{0,5})/([1-9]\\d{0,4})([mhd])(?: (${BUDGET_SCOPES.join("|")}))$`,
);

const formOf = ({ annotation, counts, example, most }: BudgetForm): string =>
  `${annotation} takes a name, ${counts} in a window and a scope, such as "${example}": 1 to ${most} ${counts}, 1m to 31d, and agent, person, team, tree or hub`;

const SECONDS = { m: 60, h: 3_600, d: 86_400 } as const;

/**
 * Parses the text of `@budget`: up to three budgets of grants, separated by a comma and a space.
 * @returns the budgets by name and scope, or a sentence about the fault.
 * @example parseBudgets("deploys 3/24h agent") // [{ name: "deploys", count: 3, window: 86400, scope: "agent" }]
 */
export const parseBudgets = (text: string): readonly Budget[] | string => parseAs(GRANTS, text);

/** Parses the text of `@calls`, as `parseBudgets` does: budgets of signatures. */
export const parseCalls = (text: string): readonly Budget[] | string => parseAs(CALLS, text);

function parseAs(form: BudgetForm, text: string): readonly Budget[] | string {
  const entries = text.split(", ");
  if (entries.length > BUDGET_LIMITS.budgets)
    return `${form.annotation} takes at most ${BUDGET_LIMITS.budgets} budgets`;
  const budgets: Budget[] = [];
  for (const entry of entries) {
    if (entry.endsWith(" calls"))
      return `${form.annotation} takes no "calls": write @calls("${CALLS.example}") beside @deliver("sign")`;
    const [, name, digits, length, unit, scope] = ENTRY.exec(entry) ?? [];
    if (name === undefined || !isScope(scope)) return formOf(form);
    const [count, window] = [Number(digits), Number(length) * SECONDS[unit as keyof typeof SECONDS]];
    if (count > form.most || window > BUDGET_LIMITS.window) return formOf(form);
    if (budgets.some((each) => each.name === name && each.scope === scope))
      return `${form.annotation} names ${name} twice for one scope`;
    budgets.push({ name, count, window, scope });
  }
  return byName(budgets);
}

const isScope = (text: string | undefined): text is BudgetScope => BUDGET_SCOPES.some((scope) => scope === text);

/**
 * Combines the budgets of several permits: each name and scope once, with the fewest grants and the longest window of
 * any of them.
 */
export function budgetsOfAll(all: readonly (readonly Budget[])[]): readonly Budget[] {
  const strictest = new Map<string, Budget>();
  for (const each of all.flat()) {
    const key = `${each.name} ${each.scope}`;
    const { count, window } = strictest.get(key) ?? each;
    strictest.set(key, { ...each, count: Math.min(count, each.count), window: Math.max(window, each.window) });
  }
  return byName([...strictest.values()]);
}

/**
 * Combines budgets of signatures: each name, scope and window once, with the fewest signatures. Different windows of one
 * name are counted apart, so that each permit's own bound holds whichever other permits a task needs.
 */
export function callsOfAll(all: readonly (readonly Budget[])[]): readonly Budget[] {
  const strictest = new Map<string, Budget>();
  for (const each of all.flat()) {
    const key = `${each.name} ${each.scope} ${each.window}`;
    strictest.set(key, { ...each, count: Math.min(each.count, strictest.get(key)?.count ?? each.count) });
  }
  return byName([...strictest.values()]);
}

/** Writes a window as in the annotation, in its largest whole unit. @example windowText(86_400) // "1d" */
export const windowText = (seconds: number): string => {
  const unit = (["d", "h", "m"] as const).find((each) => seconds % SECONDS[each] === 0) ?? "m";
  return `${seconds / SECONDS[unit]}${unit}`;
};

/** Writes a budget in the annotation's form. */
export const budgetText = ({ name, count, window, scope }: Budget): string =>
  `${name} ${count}/${windowText(window)} ${scope}`;

const byName = (budgets: readonly Budget[]): readonly Budget[] =>
  budgets.toSorted((a, b) => (`${a.name} ${a.scope} ${a.window}` < `${b.name} ${b.scope} ${b.window}` ? -1 : 1));
