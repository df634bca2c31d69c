import { ANY, ANY_IN_PART, literal, ONE, ONE_IN_PART, type Pattern } from "./language.ts";

/** Number of an ARN's parts that are compared one by one, before the rest behind the fifth colon. */
const PARTS = 5;

const VARIABLES = /\$\{[^{}]*\}/g;
const PIECES = /\$\{([^{}]*)\}|[*?:]|[^*?:$]+|\$/g;

/**
 * Pattern of a text in a policy of version 2012-10-17, or nothing where it holds a variable that is not known here. `${*}`, `${?}` and `${$}` are the
 * characters themselves.
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
 * Pattern of the ARNs that a Resource may name. An ARN's first five parts are compared one by one, so that a wildcard there takes no colon. A variable that is not known may be
 * anything, colons too: nobody can tell the parts behind it. Of an ARN that lacks parts AWS may name nothing, or fill in what is missing (`arn:aws:*`). No ARN of AWS has a capital letter in
 * its first five parts, and AWS does not say whether `S3` names `s3` there.
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
 * Name of the condition under which a Resource names ARNs of its pattern; nothing where AWS can read the Resource in one way alone. Variables may be anything, ARNs may lack parts or have
 * capitals in their heads, and of a wildcard in the type of a resource AWS says only that it cannot be used.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html ("Incorrect wildcard usage").
 */
export function doubtOf(text: string): string | undefined {
  if (text === "*" || PLAIN_ARN.test(text)) return undefined;
  const head = text.split(":", PARTS).join("").replace(/[*?]/g, "");
  if (isIncomplete(text) || /\$\{(?![*?$]\})/.test(text) || head.search(ODD_IN_HEAD) >= 0) return text;
  return hasWildcardInType(text) ? "wildcards in the type of a resource" : undefined;
}

/** ARN that can be read in one way alone, and names itself. */
const PLAIN_ARN = /^(?:[a-z0-9-]*:){5}[^*?$]*$/;
const ODD_IN_HEAD = /[^a-z0-9:-]/gu;

/** The colons of a variable's name part nothing. */
const isIncomplete = (text: string): boolean => text.replace(VARIABLES, "").split(":").length <= PARTS;

/** The text with a wildcard in place of each variable that is not known. */
export const withoutVariables = (text: string): string => text.replace(/\$\{(?![*?$]\})[^{}]*\}/g, "*");

/** A text without wildcards and variables. */
export const isPlain = (text: string): boolean => !/[*?$]/.test(text);

/** S3's buckets and objects have no type: their ARNs begin with a name, which may hold wildcards. */
const hasWildcardInType = (text: string): boolean =>
  /^arn:[^:]*:(?!s3:::)[^:]*:[^:]*:[^:]*:[^/:]*[*?][^/:]*[/:]/.test(text.split(/\$\{[*?$]\}/).join());

/** Makes the test whether one of the patterns for actions names an action: without regard to case, as IAM compares them. */
export function actionMatcher(patterns: readonly string[]): (action: string) => boolean {
  const all = patterns.map((pattern) => pattern.toLowerCase());
  const names = new Set(all);
  const globs = all.filter((pattern) => /[*?]/.test(pattern));
  return (action) => {
    const name = action.toLowerCase();
    return names.has(name) || globs.some((glob) => matches(glob, name));
  };
}

/** Tells whether the text is as the glob asks: `*` takes any run of characters, `?` any one. */
function matches(glob: string, text: string): boolean {
  let at = 0;
  let place = 0;
  // The last `*` so far, and where what it takes ends at present.
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
