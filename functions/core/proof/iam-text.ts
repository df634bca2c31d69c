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

/** Patterns of an element; with `isNot`, of its opposite (`NotAction`, `NotResource`), which names everything else. */
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

/** Thrown where the text, an `action` of it, or a `policy` cannot be read completely. The proof then shows nothing. */
export class Unreadable extends Error {
  override readonly name = "Unreadable";
}

/**
 * Reads the statements of a session policy from the text that STS gets.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 * @throws {Unreadable} for anything that this file does not support. A skipped part could be the one that allows.
 */
export function readText(text: string): readonly Statement[] {
  const policy = fieldsOf(parsed(text), ["Version", "Id", "Statement"]);
  // In an older version, variables are plain text: ".../reference_policies_elements_version.html".
  if (policy.Version !== "2012-10-17") throw new Unreadable("version");
  const statements = Array.isArray(policy.Statement) ? policy.Statement : [policy.Statement];
  return statements.map(statementOf);
}

/**
 * Parses the text.
 * @throws {Unreadable} also for JSON that differs from JavaScript's own form. Of two members with one name, AWS may
 * read the other one.
 */
function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    const written = JSON.stringify(value);
    // Stryker disable next-line ConditionalExpression: the answer would be the same, only later
    if (written === text || inAscii(written) === inAscii(text)) return value;
  } catch {
    // No JSON: refused below.
  }
  throw new Unreadable("JSON");
}

/** Escapes every character beyond ASCII. JSON may write such a character as itself or by its number. */
const inAscii = (json: string): string =>
  json.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);

const ELEMENTS = ["Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"];

function statementOf(given: unknown): Statement {
  const fields = fieldsOf(given, ELEMENTS);
  const { Effect, Condition = {} } = fields;
  if (Effect !== "Allow" && Effect !== "Deny") throw new Unreadable("Effect");
  const actions = namedBy(fields.Action, fields.NotAction);
  // Letters beyond ASCII have cases too. In lower case, JavaScript turns K (U+212A) into the k of a keyboard. AWS does
  // not document what IAM does.
  if (actions.patterns.some((pattern) => /[^ -~]/.test(pattern))) throw new Unreadable("an action beyond ASCII");
  // IAM refuses an action without a vendor, and documents no wildcard in one. A Deny of such a pattern may deny nothing.
  if (Effect === "Deny" && !actions.isNot && !actions.patterns.every((pattern) => ACTION.test(pattern)))
    throw new Unreadable("an action without a vendor");
  const names = actionMatcher(actions.patterns);
  return {
    effect: Effect,
    actions,
    appliesTo: (action) => names(action) !== actions.isNot,
    resources: namedBy(fields.Resource, fields.NotResource),
    conditions: Object.entries(fieldsOf(Condition)).flatMap(([operator, keys]) => linesOf(operator, fieldsOf(keys))),
  };
}

/** A vendor and the name of an action, `s3:Get*`, or every action. */
const ACTION = /^(?:\*|[A-Za-z0-9-]+:[^:]+)$/;

/**
 * Reads the lines of one operator. A repeated key is refused: AWS may treat its values as alternatives, since IAM
 * compares the names of keys without regard to case.
 */
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
  // AWS does not document the meaning of an empty list.
  if (values.length === 0 || !values.every((each) => typeof each === "string")) throw new Unreadable("no text");
  return values as readonly string[];
}
