import { BUDGET_LIMITS } from "../../../contract/limits.ts";
import { BUDGET_SCOPES, type BudgetScope, SHORT_NAME } from "../../../contract/names.ts";

/** Upper bound on the grants of one holder in any window of so long. */
export interface Budget {
  /** `SHORT_NAME`: permits with the same name and scope share one budget. */
  readonly name: string;
  /** 1 to 100 grants. */
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

const ENTRY = new RegExp(
  `^(${SHORT_NAME.pattern}) ([1-9]\\d{0,2})/([1-9]\\d{0,4})([mhd])(?: (${BUDGET_SCOPES.join("|")}))$`,
);

const FORM =
  '@budget takes a name, grants in a window and a scope, such as "deploys 3/24h agent": 1 to 100 grants, 1m to 31d, and agent, person, team, tree or hub';

const SECONDS = { m: 60, h: 3_600, d: 86_400 } as const;

/**
 * Parses the text of `@budget`: up to three budgets, separated by a comma and a space.
 * @returns the budgets by name and scope, or a sentence about the fault.
 * @example parseBudgets("deploys 3/24h agent") // [{ name: "deploys", count: 3, window: 86400, scope: "agent" }]
 */
export function parseBudgets(text: string): readonly Budget[] | string {
  const entries = text.split(", ");
  if (entries.length > BUDGET_LIMITS.budgets) return `@budget takes at most ${BUDGET_LIMITS.budgets} budgets`;
  const budgets: Budget[] = [];
  for (const entry of entries) {
    if (entry.endsWith(" calls") || entry.includes(" calls "))
      return "@budget counts grants; calls are counted only where the hub signs them, which it does not do yet";
    const [, name, digits, length, unit, scope] = ENTRY.exec(entry) ?? [];
    if (name === undefined || !isScope(scope)) return FORM;
    const [count, window] = [Number(digits), Number(length) * SECONDS[unit as keyof typeof SECONDS]];
    if (count > BUDGET_LIMITS.count || window > BUDGET_LIMITS.window) return FORM;
    if (budgets.some((each) => each.name === name && each.scope === scope))
      return `@budget names ${name} twice for one scope`;
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

/** Writes a window as in the annotation, in its largest whole unit. @example windowText(86_400) // "1d" */
export const windowText = (seconds: number): string => {
  const unit = (["d", "h", "m"] as const).find((each) => seconds % SECONDS[each] === 0) ?? "m";
  return `${seconds / SECONDS[unit]}${unit}`;
};

/** Writes a budget in the annotation's form. */
export const budgetText = ({ name, count, window, scope }: Budget): string =>
  `${name} ${count}/${windowText(window)} ${scope}`;

const byName = (budgets: readonly Budget[]): readonly Budget[] =>
  budgets.toSorted((a, b) => (`${a.name} ${a.scope}` < `${b.name} ${b.scope}` ? -1 : 1));
