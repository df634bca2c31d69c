import { DENY_KEYS } from "../iam-facts/deny-keys.ts";
import type { Pair } from "../intent/pairs.ts";
import type { Permitted } from "./decide.ts";
import { type Condition, type Rule, type Several, single } from "./merge-statements.ts";
import type { TagConditions } from "./tag-conditions.ts";

/** Returns the rules that allow the permitted pairs: one for each pair and each alternative of its conditions. */
export const allowsOf = (permitted: readonly Permitted[]): readonly Rule[] =>
  permitted.flatMap(({ pair, conditions: ways }) =>
    ways.map((tags) => ({
      action: pair.action,
      resource: pair.target,
      condition: conditionOf(pair, tags),
    })),
  );

/** Returns the rules that deny the parts that forbids exclude from the permitted pairs. */
export const deniesOf = (permitted: readonly Permitted[]): readonly Rule[] =>
  permitted.flatMap(({ pair, denies: exceptions }) =>
    exceptions.flatMap(({ resources, conditions }) =>
      resources.map((resource) => ({ action: pair.action, resource, condition: shortened(conditions) })),
    ),
  );

/**
 * Joins the pair's own conditions and those on tags. Adds the account for which policy decided, where the ARN does not
 * name it. A Deny never compares the account, which IAM may lack (`DENY_KEYS`).
 */
function conditionOf(pair: Pair, tags: TagConditions): Condition {
  const block: Record<string, Record<string, Several>> = {};
  for (const given of [pair.stated ?? {}, tags]) {
    for (const [operator, keys] of Object.entries(shortened(given))) block[operator] = { ...block[operator], ...keys };
  }
  if (pair.kind === "resource" && !pair.arnNamesAccount) {
    block.StringEquals = { ...block.StringEquals, [DENY_KEYS.account.key]: pair.account };
  }
  return block;
}

const shortened = (block: TagConditions): Condition =>
  Object.fromEntries(
    Object.entries(block).map(([operator, keys]) => [
      operator,
      Object.fromEntries(Object.entries(keys).map(([key, values]) => [key, single(values)])),
    ]),
  );
