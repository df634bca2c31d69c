import { withoutCase } from "./condition-lines.ts";
import { actionMatcher } from "./iam-pattern.ts";
import type { Statement } from "./iam-text.ts";
import type { StatedNames } from "./question.ts";

/**
 * Reads an Allow whose condition requires the mark of the names to which the role is held. IAM denies every other
 * action to a role with that mark. So the Allow covers those names alone, whatever actions AWS adds, and it allows
 * nothing to a role without the mark. Only tags of the role can be under the key: the trust policy admits no session
 * tag of that name.
 * Source:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principaltag
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

/** True where an Allow may cover actions that the catalogue does not know, by wildcards or `NotAction`. */
export const isOpenEnded = ({ effect, actions: { isNot, patterns } }: Statement): boolean =>
  effect === "Allow" && (isNot || patterns.some((pattern) => /[*?]/.test(pattern)));
