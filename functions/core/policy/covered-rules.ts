import { contains, type Glob } from "../text/glob.ts";
import { byHead } from "./by-head.ts";
import { implies } from "./implied-conditions.ts";
import type { Rule } from "./merge-statements.ts";
import { readIamText } from "./read-iam-text.ts";

/**
 * Removes rules that another one covers. The covering rule has the same action or a pattern of it, all of the
 * resources, and no stronger condition. The first of several equivalent rules stays. The remaining rules match exactly the
 * calls that all rules matched, whether they allow or deny.
 */
export function withoutCovered(rules: readonly Rule[]): readonly Rule[] {
  const read = rules.map((rule, place): Read => ({ ...rule, place, ...resourceOf(rule) }));
  const ofPatterns = read.filter(isOfPattern);
  const byAction = [...Map.groupBy(read, ({ action }) => action).values()];
  // Without patterns, actions with the same resources and conditions are alike. In a long intent most actions are.
  const alike = Map.groupBy(byAction, (own) =>
    JSON.stringify(
      own.map(({ action, resource, condition }) => [ofPatterns.length > 0 && action, resource, condition]),
    ),
  );
  const remaining = [...alike.values()].flatMap(([first = [], ...others]) => {
    const rivalsOf = byHead([...first.filter((rule) => !isOfPattern(rule)), ...ofPatterns], ({ head }) => head);
    const isRemaining = first.map(
      (rule) =>
        !rivalsOf(rule.resource).some(
          (other) => covers(other, rule) && (other.place < rule.place || !covers(rule, other)),
        ),
    );
    return [first, ...others].flatMap((own) => own.filter((_, index) => isRemaining[index]));
  });
  return remaining
    .toSorted((a, b) => a.place - b.place)
    .map(({ action, resource, condition }) => ({ action, resource, condition }));
}

/** True for a rule with a pattern of actions, which may cover rules of other actions. */
const isOfPattern = ({ action }: Rule): boolean => action.endsWith("*");

interface Read extends Rule {
  readonly place: number;
  /** Literal head of the resource, before its first wildcard or escape. */
  readonly head: string;
  /** Literal end of the resource, behind its last wildcard or escape. */
  readonly tail: string;
  readonly glob: Glob | undefined;
}

const resourceOf = ({ resource }: Rule) => ({
  head: resource.split(/[*$]/, 1).join(),
  tail: resource.slice(Math.max(resource.lastIndexOf("*"), resource.lastIndexOf("}")) + 1),
  glob: readIamText(resource),
});

const covers = (outer: Read, inner: Read): boolean =>
  coversAction(outer.action, inner.action) && coversResource(outer, inner) && implies(inner.condition, outer.condition);

/**
 * True where the outer action or pattern (`*`, `s3:*`, `s3:Get*`) matches the inner one. IAM compares actions without
 * case.
 */
export function coversAction(outer: string, inner: string): boolean {
  if (!outer.endsWith("*")) return outer === inner;
  return inner.toLowerCase().startsWith(outer.slice(0, -1).toLowerCase());
}

const coversResource = (outer: Read, inner: Read): boolean =>
  outer.resource === inner.resource ||
  // Stryker disable next-line MethodExpression,ConditionalExpression: the answer would be the same, only later
  (inner.resource.startsWith(outer.head) &&
    inner.resource.endsWith(outer.tail) &&
    outer.glob !== undefined &&
    inner.glob !== undefined &&
    contains(outer.glob, inner.glob));
