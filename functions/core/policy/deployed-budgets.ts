import { type Budget, budgetText } from "../budgets/budget.ts";
import type { StatedPolicy } from "../proof/question.ts";
import { isEnforcedPermit } from "./enforced.ts";
import { obligationsOf } from "./obligations.ts";

/** Budget of a deployed permit, and what it counts: `@budget` counts grants, `@calls` signatures. */
export interface DeployedBudget extends Budget {
  readonly counts: "grants" | "signatures";
}

/** Lists the budgets of enforced permits: those of grants by their text, then those of signatures. Each text is there once, however many permits have it. */
export function deployedBudgets(policies: readonly StatedPolicy[]): readonly DeployedBudget[] {
  const all = policies.filter(isEnforcedPermit).map(({ annotations }) => obligationsOf(annotations));
  return [
    ...byText(all.flatMap(({ budgets = [] }) => budgets)).map((each) => ({ ...each, counts: "grants" as const })),
    ...byText(all.flatMap(({ calls = [] }) => calls)).map((each) => ({ ...each, counts: "signatures" as const })),
  ];
}

function byText(budgets: readonly Budget[]): readonly Budget[] {
  const all = new Map(budgets.map((each) => [budgetText(each), each]));
  return [...all.keys()].sort().flatMap((text) => all.get(text) ?? []);
}
