import { actionMatcher } from "./iam-pattern.ts";

/** A statement of the session policy, read from its text. */
export interface Statement {
  readonly effect: "Allow" | "Deny";
  readonly actions: Named;
  readonly resources: Named;
  readonly conditions: readonly Line[];
  /** True where the statement applies to the action: its patterns name the action, or, with `NotAction`, do not. */
  readonly appliesTo: (action: string) => boolean;
}

/** Patterns of what is named; with `isNot`, of what alone is not. */
export interface Named {
  readonly isNot: boolean;
  readonly patterns: readonly string[];
}

/** One line of a condition block: all lines have to hold. */
export interface Line {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

/** Part of the question that could not be read whole: the text, an `action` of it, or a `policy`. Nothing is proven of it. */
export class Unreadable extends Error {
  override readonly name = "Unreadable";
}

/**
 * The statements of a session policy, from the text that STS is sent.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 * @throws {Unreadable} for anything that is not read here: leaving it out could leave out what allows.
 */
export function readText(text: string): readonly Statement[] {
  const policy = fieldsOf(parsed(text), ["Version", "Id", "Statement"]);
  // Variables of an older version are plain text: ".../reference_policies_elements_version.html".
  if (policy.Version !== "2012-10-17") throw new Unreadable("version");
  const statements = Array.isArray(policy.Statement) ? policy.Statement : [policy.Statement];
  return statements.map(statementOf);
}

/** @throws {Unreadable} also for JSON that is not as JavaScript writes it: of two members with one name AWS may read the other one. */
function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    const written = JSON.stringify(value);
    // Stryker disable next-line ConditionalExpression: the answer would be the same, only later
    if (written === text || inAscii(written) === inAscii(text)) return value;
  } catch {
    // JavaScript writes nothing that is no JSON.
  }
  throw new Unreadable("JSON");
}

/** JSON has a letter as itself, or by its number. */
const inAscii = (json: string): string =>
  json.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);

const ELEMENTS = ["Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"];

function statementOf(given: unknown): Statement {
  const fields = fieldsOf(given, ELEMENTS);
  const { Effect, Condition = {} } = fields;
  if (Effect !== "Allow" && Effect !== "Deny") throw new Unreadable("Effect");
  const actions = namedBy(fields.Action, fields.NotAction);
  // Letters beyond ASCII have cases too: K (U+212A) in lower case is the k of a keyboard for JavaScript, and AWS does not say what it is for IAM.
  if (actions.patterns.some((pattern) => /[^ -~]/.test(pattern))) throw new Unreadable("an action beyond ASCII");
  const names = actionMatcher(actions.patterns);
  return {
    effect: Effect,
    actions,
    appliesTo: (action) => names(action) !== actions.isNot,
    resources: namedBy(fields.Resource, fields.NotResource),
    conditions: Object.entries(fieldsOf(Condition)).flatMap(([operator, keys]) => linesOf(operator, fieldsOf(keys))),
  };
}

/** The names of keys have no case: values of a key that is there twice may be alternatives for AWS. */
function linesOf(operator: string, keys: Readonly<Record<string, unknown>>): readonly Line[] {
  const names = Object.keys(keys);
  // Stryker disable next-line MethodExpression: either case tells them apart
  if (new Set(names.map((name) => name.toLowerCase())).size < names.length) throw new Unreadable("a key twice");
  return names.map((key) => ({ operator, key, values: textsOf(keys[key]) }));
}

function namedBy(named: unknown, not: unknown): Named {
  if ((named === undefined) === (not === undefined)) throw new Unreadable("an element and its opposite");
  return { isNot: named === undefined, patterns: textsOf(named ?? not) };
}

function fieldsOf(value: unknown, known?: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Unreadable("no object");
  if (known && Object.keys(value).some((name) => !known.includes(name))) throw new Unreadable("an unknown element");
  return value as Readonly<Record<string, unknown>>;
}

function textsOf(value: unknown): readonly string[] {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  // AWS does not say what it makes of an empty list.
  if (values.length === 0 || !values.every((each) => typeof each === "string")) throw new Unreadable("no text");
  return values as readonly string[];
}
