import type { ActionName } from "../catalogue/action-name.ts";
import type { CatalogueAction } from "../catalogue/catalogue-action.ts";
import { Budget, NO_CLOCK } from "./budget.ts";
import { Evaluation } from "./cedar-expression.ts";
import { isAbout } from "./cedar-policy.ts";
import { resourceOf, worldOf } from "./cedar-world.ts";
import { Languages } from "./language.ts";
import type { StatedPolicy } from "./question.ts";
import { Unknowns } from "./unknowns.ts";

/** An expression of a policy that a proof cannot evaluate as Cedar does. */
export interface Unread {
  /** Operator of Cedar's JSON: `decimal`, `==`; `Value` for a number that JavaScript cannot hold. */
  readonly operator: string;
  readonly operands: unknown;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Returns the innermost expressions because of which a session's proof may be `unknown`, in the order of the text.
 * Policies that are not about AWS have none.
 */
export function unreadIn({ json }: Pick<StatedPolicy, "json">): readonly Unread[] {
  if (!RESOURCES.some((resource) => isAbout({ json }, "resource", resource))) return [];
  const { conditions } = json as { readonly conditions: readonly { readonly body: unknown }[] };
  return conditions.flatMap(({ body }) => innermost(body));
}

function innermost(expression: unknown): readonly Unread[] {
  const [operator, operands] = Object.entries(expression as Fields)[0] as [string, unknown];
  const inner = operator === "Value" ? [] : expressionsIn(operands).flatMap(innermost);
  return inner.length > 0 || !isUnclear(expression) ? inner : [{ operator, operands }];
}

/**
 * Returns the operands that are expressions: the members of a list, or the fields that are neither names nor patterns.
 */
const expressionsIn = (operands: unknown): readonly unknown[] =>
  Object.values(operands as Fields).filter((each) => typeof each === "object" && !Array.isArray(each));

function isUnclear(expression: unknown): boolean {
  const unknowns = new Unknowns(new Languages(), new Budget(NO_CLOCK));
  const cases = new Evaluation(
    worldOf(SOME, ACTION, () => [], { atSeconds: 0 }),
    unknowns,
  ).of(expression);
  return cases.some(
    ({ when, value }) =>
      value.is === "unclear" ||
      unknowns.diagram.support(when).some((variable) => unknowns.of(variable).of === "unclear"),
  );
}

// Stryker disable all: none of these values makes an expression easier to read
/** A sample action that has resources, and a sample asker. */
const ACTION: CatalogueAction = {
  name: "s3:GetObject" as ActionName,
  service: "s3",
  levels: ["Read"],
  mints: false,
  resourceTypes: [{ name: "object", required: true, arns: [], templates: [] }],
};
const SOME = {
  account: "111122223333",
  asker: {
    agent: { id: "", owner: "", team: "" },
    claims: {},
    purpose: "",
    chain: [],
    conditions: [],
    sourceIp: "192.0.2.7",
    ttlSeconds: 0,
    openedAt: 0,
    atMs: 0,
  },
};
// Stryker restore all
const RESOURCES = [ACTION, { resourceTypes: [] }].map((action) => resourceOf(action, SOME.account));
