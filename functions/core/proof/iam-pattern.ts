import { ANY, ANY_IN_PART, literal, ONE, ONE_IN_PART, type Pattern } from "./language.ts";

/** Number of an ARN's parts that IAM compares one by one, before the rest behind the fifth colon. */
const PARTS = 5;

const VARIABLES = /\$\{[^{}]*\}/g;
const PIECES = /\$\{([^{}]*)\}|[*?:]|[^*?:$]+|\$/g;

/**
 * Returns the pattern of a text in a policy of version 2012-10-17; undefined where the text has an unknown variable.
 * `${*}`, `${?}` and `${$}` are the characters themselves.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 * @param wildcards false for StringEquals, in which `*` and `?` are characters like any other.
 */
export function iamPattern(text: string, wildcards: boolean): Pattern | undefined {
  if (isPlain(text)) return literal(text);
  let pattern = "";
  for (const [piece, variable] of text.matchAll(PIECES)) {
    if (variable !== undefined && !/^[*?$]$/.test(variable)) return undefined;
    if (wildcards && piece === "*") pattern += ANY;
    else if (wildcards && piece === "?") pattern += ONE;
    else pattern += literal(variable ?? piece);
  }
  return pattern;
}

/**
 * Returns the pattern of the ARNs that a Resource may name. IAM compares an ARN's first five parts one by one, so a
 * wildcard there matches no colon. An unknown variable may be anything, colons too, so the parts behind it are unknown.
 * An ARN that lacks parts may name nothing in AWS, or AWS may fill in the missing parts (`arn:aws:*`). No ARN of AWS
 * has a capital letter in its first five parts. AWS does not document whether `S3` matches `s3` there.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
export function resourcePattern(text: string): Pattern {
  if (text === "*") return ANY;
  if (PLAIN_ARN.test(text)) return literal(text);
  const lacksParts = isIncomplete(text);
  let pattern = "";
  let colons = lacksParts ? PARTS : 0;
  for (const [piece, variable] of text.matchAll(PIECES)) {
    if (piece === ":") colons += 1;
    const inPart = colons < PARTS;
    if (piece === "*") pattern += inPart ? ANY_IN_PART : ANY;
    else if (piece === "?") pattern += inPart ? ONE_IN_PART : ONE;
    else if (variable === undefined || /^[*?$]$/.test(variable)) {
      const text = literal(variable ?? piece);
      pattern += inPart ? text.replace(ODD_IN_HEAD, ONE_IN_PART) : text;
    } else {
      pattern += ANY;
      colons = PARTS;
    }
  }
  return lacksParts ? pattern + ANY : pattern;
}

/**
 * Returns the name of the open condition under which a Resource names the ARNs of its pattern. Returns undefined where
 * AWS can read the Resource in one way only. Doubtful are unknown variables, ARNs that lack parts, and capitals in the
 * head. AWS documents that a wildcard in a resource's type cannot be used, and nothing more.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html ("Incorrect wildcard usage").
 */
export function doubtOf(text: string): string | undefined {
  if (text === "*" || PLAIN_ARN.test(text)) return undefined;
  const head = text.split(":", PARTS).join("").replace(/[*?]/g, "");
  if (isIncomplete(text) || /\$\{(?![*?$]\})/.test(text) || head.search(ODD_IN_HEAD) >= 0) return text;
  return hasWildcardInType(text) ? "wildcards in the type of a resource" : undefined;
}

/** An ARN that AWS can read in one way only, and that names itself. */
const PLAIN_ARN = /^(?:[a-z0-9-]*:){5}[^*?$]*$/;
const ODD_IN_HEAD = /[^a-z0-9:-]/gu;

/** True for an ARN that lacks parts. Colons in the name of a variable separate no parts. */
const isIncomplete = (text: string): boolean => text.replace(VARIABLES, "").split(":").length <= PARTS;

/** Replaces each unknown variable by a wildcard. */
export const withoutVariables = (text: string): string => text.replace(/\$\{(?![*?$]\})[^{}]*\}/g, "*");

/** A text without wildcards and variables. */
export const isPlain = (text: string): boolean => !/[*?$]/.test(text);

/**
 * Services whose ARNs have no type before the first slash or colon. They begin with a name, which may hold wildcards:
 * S3's buckets and objects, APIs by their id, topics and their subscriptions, queues, repositories, clusters of
 * Neptune, codes of services.
 * Source: the resource types of these services, Service Authorization Reference.
 */
const WITHOUT_TYPE = /^arn:[^:]*:(?:s3:::|(?:execute-api|sns|sqs|codecommit|neptune-db|servicequotas):)/;

const hasWildcardInType = (text: string): boolean =>
  !WITHOUT_TYPE.test(text) && /^arn:(?:[^:]*:){4}[^/:]*[*?][^/:]*[/:]/.test(text.split(/\$\{[*?$]\}/).join());

/** Returns a test whether one of the patterns names an action. IAM compares actions without regard to case. */
export function actionMatcher(patterns: readonly string[]): (action: string) => boolean {
  const all = patterns.map((pattern) => pattern.toLowerCase());
  const names = new Set(all);
  const globs = all.filter((pattern) => /[*?]/.test(pattern));
  return (action) => {
    const name = action.toLowerCase();
    return names.has(name) || globs.some((glob) => matches(glob, name));
  };
}

/** Returns whether the text matches the glob: `*` matches any run of characters, `?` any one. */
function matches(glob: string, text: string): boolean {
  let at = 0;
  let place = 0;
  // Index of the last `*` so far, and the end of the run that it matches at present.
  let star = -1;
  let until = 0;
  while (place < text.length) {
    if (glob[at] === "*") {
      star = at;
      until = place;
      at += 1;
    } else if (glob[at] === "?" || glob[at] === text[place]) {
      at += 1;
      place += 1;
    } else if (star >= 0) {
      until += 1;
      at = star + 1;
      place = until;
    } else return false;
  }
  return /^\**$/.test(glob.slice(at));
}
