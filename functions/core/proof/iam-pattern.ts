import { ANY, ANY_IN_PART, literal, ONE, ONE_IN_PART, type Token } from "./language.ts";

/** Number of an ARN's parts that are compared one by one, before the rest behind the fifth colon. */
const PARTS = 5;

const PIECES = /\$\{([^{}]*)\}|[*?:]|[^*?:$]+|\$/g;

/**
 * Tokens of a text in a policy of version 2012-10-17, or nothing where it holds a variable that is not known here. `${*}`, `${?}` and `${$}` are the
 * characters themselves.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 * @param wildcards false for StringEquals, in which `*` and `?` are characters like any other.
 */
export function iamTokens(text: string, wildcards: boolean): readonly Token[] | undefined {
  const tokens: Token[] = [];
  for (const [piece, variable] of text.matchAll(PIECES)) {
    if (variable !== undefined && !/^[*?$]$/.test(variable)) return undefined;
    if (wildcards && piece === "*") tokens.push(ANY);
    else if (wildcards && piece === "?") tokens.push(ONE);
    else tokens.push(...literal(variable ?? piece));
  }
  return tokens;
}

/**
 * Tokens of the ARNs that a Resource names, or nothing where it names none. An ARN's first five parts are compared one by one, so that a wildcard there
 * takes no colon, and what has fewer than six parts names nothing. A variable that is not known may be anything in an Allow, and nothing in a Deny; so
 * may a wildcard in the type of a resource, of which AWS says only that it cannot be used.
 * Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html,
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html ("Incorrect wildcard usage").
 */
export function resourceTokens(text: string, effect: "Allow" | "Deny"): readonly Token[] | undefined {
  if (text === "*") return [ANY];
  if (effect === "Deny" && hasWildcardInType(text)) return undefined;
  const tokens: Token[] = [];
  let colons = 0;
  for (const [piece, variable] of text.matchAll(PIECES)) {
    if (piece === ":") colons += 1;
    const inPart = colons < PARTS;
    if (piece === "*") tokens.push(inPart ? ANY_IN_PART : ANY);
    else if (piece === "?") tokens.push(inPart ? ONE_IN_PART : ONE);
    else if (variable === undefined || /^[*?$]$/.test(variable)) tokens.push(...literal(variable ?? piece));
    else if (effect === "Deny") return undefined;
    else tokens.push(inPart ? ANY_IN_PART : ANY);
  }
  return colons < PARTS ? undefined : tokens;
}

/** S3's buckets and objects have no type: their ARNs begin with a name, which may hold wildcards. */
const hasWildcardInType = (text: string): boolean =>
  /^arn:[^:]*:(?!s3:::)[^:]*:[^:]*:[^:]*:[^/:]*[*?][^/:]*[/:]/.test(text.replace(/\$\{[*?$]\}/g, ""));

/** Makes the test whether one of the patterns for actions names an action: without regard to case, as IAM compares them. */
export function actionMatcher(patterns: readonly string[]): (action: string) => boolean {
  const all = patterns.map((pattern) => pattern.toLowerCase());
  const names = new Set(all.filter((pattern) => !/[*?]/.test(pattern)));
  const forms = all.filter((pattern) => !names.has(pattern)).map(formOf);
  return (action) => {
    const name = action.toLowerCase();
    return names.has(name) || forms.some((form) => form.test(name));
  };
}

function formOf(pattern: string): RegExp {
  const source = pattern
    .replace(/[\\^$.|+()[\]{}]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "s");
}
