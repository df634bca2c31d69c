import { hasWildcardInType, matchesArn } from "./match-arn.ts";
import { COMPARISONS, NEGATED } from "./operators.ts";
import { listed, type PolicyDocument, type Request, type Several, type Statement } from "./policy.ts";
import { type Decision, type Operator, RULES, type Rules } from "./rules.ts";
import { type Lookup, matches, tokensOf } from "./text-pattern.ts";

/**
 * Decides one policy for a request, by AWS's documentation alone. Shares no code with the compiler or another
 * evaluator. As a session policy beside a role that allows everything, its decision is the request's. Takes the reading
 * that allows more where the documentation leaves something open. A policy that is sound by this evaluator, is sound.
 * @throws {RangeError} where no decision is documented: a policy of an old version, an unknown operator, one key in two
 * spellings, several values compared by an operator without ForAllValues or ForAnyValue.
 */
export function evaluate(policy: PolicyDocument, request: Request, rules: Rules = RULES): Decision {
  // Variables are plain text in older versions: "IAM JSON policy elements: Version".
  if (policy.Version !== "2012-10-17") throw new RangeError("only policies of version 2012-10-17");
  const context = contextOf(request, rules);
  const statements = "Effect" in policy.Statement ? [policy.Statement] : policy.Statement;
  const effects = statements.filter((each) => applies(each, request, context, rules)).map(({ Effect }) => Effect);
  return rules.decision(new Set(effects));
}

type Context = ReadonlyMap<string, readonly string[]>;

function contextOf({ context }: Request, rules: Rules): Context {
  const known = new Map<string, readonly string[]>();
  for (const [key, values] of Object.entries(context)) {
    const name = rules.fold(key);
    if (known.has(name)) throw new RangeError(`the context has ${key} in two spellings`);
    known.set(name, listed(values));
  }
  return known;
}

function applies(statement: Statement, request: Request, context: Context, rules: Rules): boolean {
  const { Effect, Action, NotAction, Resource, NotResource, Condition = {} } = statement;
  // A variable is a single-valued key: "IAM policy elements: Variables and tags".
  const lookup: Lookup = (name) => {
    const [value, ...others] = context.get(rules.fold(name)) ?? [];
    return others.length > 0 ? undefined : value;
  };
  const isAction = (named: Several) => listed(named).some((each) => isNamed(each, request.action, rules));
  const isResource = (named: Several) =>
    listed(named).some((each) => isOf(each, request.resource, Effect === "Allow", lookup, rules));
  return (
    (Action !== undefined ? isAction(Action) : rules.isNot(isAction(NotAction ?? []))) &&
    (Resource !== undefined ? isResource(Resource) : rules.isNot(isResource(NotResource ?? []))) &&
    rules.all(
      Object.entries(Condition).flatMap(([operator, keys]) =>
        Object.entries(keys).map(([key, expected]) => holds(operator, key, listed(expected), context, lookup, rules)),
      ),
    )
  );
}

/** Wildcards may occur anywhere in an action; there are no variables: "IAM JSON policy elements: Action". */
function isNamed(pattern: string, action: string, rules: Rules): boolean {
  const tokens = tokensOf(rules.fold(pattern), true, () => undefined, rules);
  return tokens !== undefined && matches(tokens, rules.fold(action), rules);
}

/**
 * A single `*` is every resource. A pattern with a wildcard in its type may match nothing. In a Deny that is the
 * reading that allows more.
 */
function isOf(pattern: string, resource: string, isAllow: boolean, lookup: Lookup, rules: Rules): boolean {
  if (pattern === "*") return true;
  return (isAllow || !hasWildcardInType(pattern)) && matchesArn(pattern, resource, lookup, rules);
}

function holds(
  written: string,
  key: string,
  expected: readonly string[],
  context: Context,
  lookup: Lookup,
  rules: Rules,
): boolean {
  const values = context.get(rules.fold(key));
  if (written === "Null") return expected.some((each) => (each === "true") === rules.isNull(values));
  const [, set, name = "", suffix] = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(written) ?? [];
  const comparison = COMPARISONS[NEGATED[name] ?? name];
  if (comparison === undefined) throw new RangeError(`no such operator: ${written}`);
  const operator = {
    set: set as Operator["set"],
    isNegated: NEGATED[name] !== undefined,
    ifExists: suffix !== undefined,
  };
  // A list without a value counts as a missing key: "Single-valued vs. multivalued context keys".
  if (values === undefined || values.length === 0) return rules.missing(operator);
  if (operator.set === undefined && values.length > 1) throw new RangeError(`${key} has several values: ${written}`);
  const answers = values.map((value) =>
    rules.ofValues(
      expected.map((each) => comparison(value, each, lookup, rules)),
      operator.isNegated,
    ),
  );
  return operator.set === undefined ? answers.every(Boolean) : rules.ofSet(answers, operator.set);
}
