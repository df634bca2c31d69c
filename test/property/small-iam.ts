/** A resource as IAM sees it at a call: its ARN, and its tags. */
export interface Seen {
  readonly arn: string;
  readonly tags: Readonly<Record<string, string>>;
}

interface Statement {
  readonly Effect: "Allow" | "Deny";
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** The last policy and its statements: one policy is evaluated for many resources in turn. */
let last: { readonly policy: string; readonly statements: readonly Statement[] } | undefined;

/**
 * True where a session policy allows an action on a resource. Source: IAM User Guide, "Policy evaluation logic",
 * "Condition operators". Covers only the compiler's output about ARNs and tags. Conditions on other keys count as met
 * in an Allow and as not met in a Deny.
 */
export function allows(policy: string, action: string, seen: Seen): boolean {
  if (last?.policy !== policy) last = { policy, statements: JSON.parse(policy).Statement };
  const applying = last.statements.filter((each) => applies(each, action, seen));
  return applying.some(({ Effect }) => Effect === "Allow") && !applying.some(({ Effect }) => Effect === "Deny");
}

function applies({ Effect, Action, NotAction, Resource, Condition = {} }: Statement, action: string, seen: Seen) {
  const isNamed = (names: string | readonly string[]) => listOf(names).some((name) => isLike(name, action));
  if (Action !== undefined && !isNamed(Action)) return false;
  if (NotAction !== undefined && isNamed(NotAction)) return false;
  if (!listOf(Resource).some((resource) => isLike(resource, seen.arn))) return false;
  return Object.entries(Condition).every(([operator, keys]) =>
    Object.entries(keys).every(([key, values]) => isMet(operator, key, listOf(values), seen, Effect === "Allow")),
  );
}

function isMet(operator: string, key: string, values: readonly string[], { tags }: Seen, otherwise: boolean): boolean {
  const [, name] = /^aws:ResourceTag\/(.+)$/.exec(key) ?? [];
  if (name === undefined) return otherwise;
  const [value] = Object.entries(tags).flatMap(([tag, is]) => (tag.toLowerCase() === name.toLowerCase() ? [is] : []));
  if (operator === "Null") return values.includes(String(value === undefined));
  const [, not, kind, ifExists] = /^String(Not)?(Equals|Like)(IfExists)?$/.exec(operator) ?? [];
  if (kind === undefined) throw new Error(`no such operator here: ${operator}`);
  if (value === undefined) return not !== undefined || ifExists !== undefined;
  const found = values.some((each) => (kind === "Like" ? isLike(each, value) : literal(each) === value));
  return found !== (not !== undefined);
}

/** `${*}`, `${?}` and `${$}` are those characters. Other variables do not occur here. */
const literal = (pattern: string): string => pattern.replace(/\$\{([*?$])\}/g, "$1");

/** Upper bound on the cached expressions. Beyond it, all of them are dropped. */
const MOST = 10_000;
const expressions = new Map<string, RegExp>();

function isLike(pattern: string, text: string): boolean {
  const expression = expressions.get(pattern) ?? expressionOf(pattern);
  if (expressions.size >= MOST) expressions.clear();
  expressions.set(pattern, expression);
  return expression.test(text);
}

function expressionOf(pattern: string): RegExp {
  const source = pattern.replace(/\$\{([*?$])\}|\*|\?|[^*?]/g, (found, escaped: string | undefined) =>
    escaped === undefined && found === "*"
      ? "[^]*"
      : escaped === undefined && found === "?"
        ? "[^]"
        : (escaped ?? found).replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"),
  );
  return new RegExp(`^${source}$`);
}

const listOf = (values: string | readonly string[]): readonly string[] =>
  typeof values === "string" ? [values] : values;
