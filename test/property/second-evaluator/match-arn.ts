import type { Rules } from "./rules.ts";
import { type Lookup, matches, tokensOf } from "./text-pattern.ts";

/**
 * True where the pattern matches the ARN, each part by itself.
 * Source: IAM User Guide, "IAM JSON policy elements: Resource", and "Condition operators", "Amazon Resource Name (ARN)
 * condition operators".
 */
export function matchesArn(pattern: string, arn: string, lookup: Lookup, rules: Rules): boolean {
  const parts = segmentsOf(pattern, rules);
  const found = rules.segments(arn);
  return (
    parts.length === found.length &&
    parts.every((part, index) => {
      const tokens = tokensOf(part, true, lookup, rules);
      return tokens !== undefined && matches(tokens, found[index] ?? "", rules);
    })
  );
}

/** The parts of a pattern. The colon in `${aws:username}` separates nothing. */
const segmentsOf = (pattern: string, rules: Rules): readonly string[] =>
  rules
    .segments(pattern.replace(/\$\{[^{}]*\}/g, (variable) => variable.replaceAll(":", COLON)))
    .map((part) => part.replaceAll(COLON, ":"));

/** Not a character, so that no text of a policy holds it. */
const COLON = "\uFFFF";

/**
 * True where the type of the resource contains a wildcard (`ta*e/orders`): "You can't use a wildcard in the portion of
 * the ARN that specifies the resource type" (IAM User Guide, "Amazon Resource Names (ARNs)", "Incorrect wildcard
 * usage"). How IAM reads one is not documented. ARNs of S3 and of deployed APIs begin with a name, which may contain
 * wildcards: "arn:aws:execute-api:*:*:*\/*\/GET\/*" (API Gateway Developer Guide, "Control access for invoking an API").
 */
export const hasWildcardInType = (pattern: string): boolean =>
  /^arn:[^:]*:(?!s3:::|execute-api:)[^:]*:[^:]*:[^:]*:[^/:]*[*?][^/:]*[/:]/.test(pattern.replace(/\$\{[*?$]\}/g, ""));
