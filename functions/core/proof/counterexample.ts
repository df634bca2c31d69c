import type { Cases } from "./cases.ts";
import { SPELLED } from "./condition-lines.ts";
import { FALSE, type Formula, TRUE } from "./diagram.ts";
import type { Call } from "./question.ts";
import type { Unknown, Unknowns } from "./unknowns.ts";

type OpenCondition = Extract<Unknown, { readonly of: "open" | "unclear" }>;

/** Parts of a call beside its action, ARN, time and address. */
export type Rest = Pick<Call, "tags" | "keys" | "conditions"> & {
  readonly account: string | undefined;
  /** Tags that IAM sees under another spelling, and policies do not see. */
  readonly spelled: Readonly<Record<string, string>>;
};

/**
 * Returns one choice of everything that the formula leaves open, with which it holds. The formula must not depend on
 * the ARN, and must hold for some choice.
 */
export function restOf(formula: Formula, unknowns: Unknowns, cases: Cases): Rest {
  const { diagram } = unknowns;
  const chosen = new Map<string, string>();
  let left = formula;
  for (const key of cases.keysIn(formula)) {
    const possible = cases.each(left, key).filter(({ rest }) => cases.onArn(rest) !== FALSE);
    for (const { value, rest } of possible.slice(0, 1)) {
      left = rest;
      if (value !== undefined) chosen.set(key, value);
    }
  }
  const conditions: Record<string, boolean> = {};
  for (const variable of diagram.support(left)) {
    const as = (value: Formula) =>
      diagram.replace(left, (each) => (each === variable ? value : diagram.variable(each)));
    const holds = as(TRUE) !== FALSE;
    left = as(holds ? TRUE : FALSE);
    // Only open conditions are left. The keys were chosen above, and a certain call depends on nothing unclear.
    conditions[(unknowns.of(variable) as OpenCondition).name] = holds;
  }
  const named = (prefix: string) =>
    Object.fromEntries(
      [...chosen].filter(([key]) => key.startsWith(prefix)).map(([key, value]) => [key.slice(prefix.length), value]),
    );
  return {
    account: chosen.get("account"),
    tags: named("tag:"),
    keys: named("iam:"),
    spelled: named(`${SPELLED}:`),
    conditions,
  };
}
