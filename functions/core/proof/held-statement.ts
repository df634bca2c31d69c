import { withoutCase } from "./condition-lines.ts";
import { actionMatcher } from "./iam-pattern.ts";
import type { Statement } from "./iam-text.ts";
import type { StatedNames } from "./question.ts";

/**
 * Reads an Allow that demands the mark of the names to which the role is held. A role with that mark is denied every other action, so the Allow is of
 * those names alone, whatever AWS adds; a role without it is allowed nothing by it. Tags of the role are the only ones under the key: the trust policy
 * admits no session tag of that name.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principaltag
 */
export function heldStatement(statement: Statement, held: StatedNames | undefined): Statement {
  if (held === undefined || statement.effect !== "Allow") return statement;
  const rest = statement.conditions.filter(
    ({ operator, key, values }) =>
      operator !== "StringEquals" ||
      withoutCase(key) !== withoutCase(held.key) ||
      values.length !== 1 ||
      values[0] !== held.mark,
  );
  if (rest.length === statement.conditions.length) return statement;
  const names = actionMatcher(statement.actions.patterns);
  const own = held.actions.filter((action) => names(action) !== statement.actions.isNot);
  return {
    ...statement,
    conditions: rest,
    actions: { isNot: false, patterns: own },
    appliesTo: actionMatcher(own),
  };
}

/** True where an Allow may be of actions that the catalogue does not know: it names them by a pattern, or all but some. */
export const isOpenEnded = ({ effect, actions: { isNot, patterns } }: Statement): boolean =>
  effect === "Allow" && (isNot || patterns.some((pattern) => /[*?]/.test(pattern)));
