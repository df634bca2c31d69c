import type { ConditionBlock } from "../intent/detail.ts";
import type { Pair } from "../intent/pairs.ts";

/** What STS takes at most, in characters of JSON; source: STS API reference, AssumeRole, Policy. */
export const SESSION_POLICY_CHARACTERS = 2_048;

interface Statement {
  readonly Effect: "Allow" | "Deny";
  readonly Action?: Several;
  readonly NotAction?: Several;
  readonly Resource: Several;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, Several>>>>;
}
type Several = string | readonly string[];

export interface SessionPolicy {
  /** Minified JSON, ready for STS. */
  readonly text: string;
  readonly characters: number;
}

/**
 * The session policy that allows exactly the permitted pairs, until the fence (design.md, section 6).
 * Statements are merged where their resources and conditions are equal, so merging never widens.
 * @param fenceAt epoch seconds after which the session allows nothing.
 */
export function compileSessionPolicy(
  pairs: readonly Pair[],
  conditions: ConditionBlock | undefined,
  fenceAt: number,
): SessionPolicy {
  // STS would read an empty policy as none at all, and then the role's own rights would apply.
  if (pairs.length === 0) throw new RangeError("a session policy needs at least one pair");
  const statements = [...allows(pairs, conditions), fence(fenceAt)];
  // An explicit Deny holds even against a resource policy that names this very session, which an absent Allow does not.
  const guarded = render([...statements, outsideServices(pairs)]);
  return guarded.characters <= SESSION_POLICY_CHARACTERS ? guarded : render(statements);
}

function render(statements: readonly Statement[]): SessionPolicy {
  const text = JSON.stringify({ Version: "2012-10-17", Statement: statements });
  return { text, characters: text.length };
}

interface Grouped {
  readonly condition: Statement["Condition"];
  readonly actions: string[];
  readonly targets: readonly string[];
}

function allows(pairs: readonly Pair[], conditions: ConditionBlock | undefined): readonly Statement[] {
  const grouped = new Map<string, Grouped>();
  for (const [action, own] of groupBy(pairs, (pair) => pair.action)) {
    // Targets that share their conditions share a statement.
    for (const [conditionText, alike] of groupBy(own, (pair) => JSON.stringify(conditionOf(pair, conditions)))) {
      const targets = [...new Set(alike.map((pair) => pair.target))].sort();
      const key = JSON.stringify([conditionText, targets]);
      const statement: Grouped = grouped.get(key) ?? { condition: JSON.parse(conditionText), actions: [], targets };
      statement.actions.push(action);
      grouped.set(key, statement);
    }
  }
  return [...grouped.values()].map(({ condition, actions, targets }) => ({
    Effect: "Allow",
    Action: single(actions),
    Resource: single(targets),
    ...(condition && Object.keys(condition).length > 0 ? { Condition: condition } : {}),
  }));
}

/** The caller's own conditions, and the account where the ARN leaves it open: policy decided on that account. */
function conditionOf(pair: Pair, conditions: ConditionBlock = {}): Statement["Condition"] {
  const block: Record<string, Record<string, Several>> = {};
  for (const [operator, keys] of Object.entries(conditions)) {
    block[operator] = Object.fromEntries(Object.entries(keys).map(([key, values]) => [key, single(values)]));
  }
  if (pair.kind === "resource" && !pair.arnNamesAccount) {
    block.StringEquals = { ...block.StringEquals, "aws:ResourceAccount": pair.account };
  }
  return block;
}

const fence = (fenceAt: number): Statement => ({
  Effect: "Deny",
  Action: "*",
  Resource: "*",
  Condition: { DateGreaterThan: { "aws:CurrentTime": isoSeconds(fenceAt) } },
});

const outsideServices = (pairs: readonly Pair[]): Statement => ({
  Effect: "Deny",
  NotAction: single([...new Set(pairs.map((pair) => `${pair.action.split(":")[0]}:*`))].sort()),
  Resource: "*",
});

/** `2026-11-24T12:00:00Z`: shorter than with milliseconds, and a whole second. */
export const isoSeconds = (atSeconds: number): string =>
  new Date(atSeconds * 1_000).toISOString().replace(".000Z", "Z");

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

/** IAM takes a list of one as a string, which is two characters shorter. */
const single = (values: readonly string[]): Several =>
  values.length === 1 && values[0] !== undefined ? values[0] : values;
