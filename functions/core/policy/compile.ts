import type { ConditionBlock } from "../intent/detail.ts";
import type { Pair } from "../intent/pairs.ts";
import type { Permitted } from "./decide.ts";
import type { TagConditions } from "./tag-conditions.ts";

/** What STS takes at most, in characters of JSON; source: STS API reference, AssumeRole, Policy. */
export const SESSION_POLICY_CHARACTERS = 2_048;

interface Statement {
  readonly Effect: "Allow" | "Deny";
  readonly Action?: Several;
  readonly NotAction?: Several;
  readonly Resource: Several;
  readonly Condition?: Condition;
}
type Condition = Readonly<Record<string, Readonly<Record<string, Several>>>>;
type Several = string | readonly string[];

export interface SessionPolicy {
  /** Minified JSON, ready for STS. */
  readonly text: string;
  readonly characters: number;
}

/** What the session policy says beside the grants. */
export interface SessionLimits {
  /** Conditions of the detail itself: they go into its Allows, and so can only narrow. */
  readonly conditions?: ConditionBlock | undefined;
  /** Epoch seconds after which the session allows nothing. */
  readonly fenceAt: number;
  /** The one address that the session works from. */
  readonly sourceIp?: string | undefined;
}

/**
 * The session policy that allows exactly what was permitted, until the fence (design.md, section 6).
 * Statements are merged where their resources and conditions are equal, so merging never widens an Allow and never narrows a Deny.
 */
export function compileSessionPolicy(permitted: readonly Permitted[], limits: SessionLimits): SessionPolicy {
  // STS would read an empty policy as none at all, and then the role's own rights would apply.
  if (permitted.length === 0) throw new RangeError("a session policy needs at least one pair");
  const statements = [
    ...allows(permitted, limits.conditions),
    ...denies(permitted),
    ...(limits.sourceIp === undefined ? [] : [elsewhere(limits.sourceIp)]),
    fence(limits.fenceAt),
  ];
  // An explicit Deny holds even against a resource policy that names this very session, which an absent Allow does not.
  const guarded = render([...statements, outsideServices(permitted)]);
  return guarded.characters <= SESSION_POLICY_CHARACTERS ? guarded : render(statements);
}

function render(statements: readonly Statement[]): SessionPolicy {
  const text = JSON.stringify({ Version: "2012-10-17", Statement: statements });
  return { text, characters: text.length };
}

const allows = (permitted: readonly Permitted[], conditions: ConditionBlock | undefined): readonly Statement[] =>
  merged(
    "Allow",
    permitted.map(({ pair, conditions: tags }) => ({
      action: pair.action,
      resources: [pair.target],
      condition: conditionOf(pair, tags, conditions),
    })),
  );

const denies = (permitted: readonly Permitted[]): readonly Statement[] =>
  merged(
    "Deny",
    permitted.flatMap(({ pair, denies: taken }) =>
      taken.map(({ resources, conditions }) => ({ action: pair.action, resources, condition: shortened(conditions) })),
    ),
  );

interface Rule {
  readonly action: string;
  readonly resources: readonly string[];
  readonly condition: Condition;
}

/** One statement for all rules of an action that share their condition, and then one for all actions that share their resources too. */
function merged(effect: Statement["Effect"], rules: readonly Rule[]): readonly Statement[] {
  const byAction = Map.groupBy(rules, ({ action, condition }) => JSON.stringify([action, condition]));
  const wide = [...byAction.values()].map((alike) => ({
    action: alike[0]?.action ?? "",
    condition: alike[0]?.condition ?? {},
    resources: [...new Set(alike.flatMap(({ resources }) => resources))].sort(),
  }));
  const byResources = Map.groupBy(wide, ({ resources, condition }) => JSON.stringify([resources, condition]));
  return [...byResources.values()].map((alike) => ({
    Effect: effect,
    Action: single(alike.map(({ action }) => action)),
    Resource: single(alike[0]?.resources ?? []),
    ...(Object.keys(alike[0]?.condition ?? {}).length > 0 ? { Condition: alike[0]?.condition ?? {} } : {}),
  }));
}

/** The detail's own conditions, those on tags, and the account where the ARN leaves it open: policy decided on that account. */
function conditionOf(pair: Pair, tags: TagConditions, own: ConditionBlock = {}): Condition {
  const block: Record<string, Record<string, Several>> = {};
  for (const given of [own, tags]) {
    for (const [operator, keys] of Object.entries(shortened(given))) block[operator] = { ...block[operator], ...keys };
  }
  if (pair.kind === "resource" && !pair.arnNamesAccount) {
    block.StringEquals = { ...block.StringEquals, "aws:ResourceAccount": pair.account };
  }
  return block;
}

const shortened = (block: ConditionBlock): Condition =>
  Object.fromEntries(
    Object.entries(block).map(([operator, keys]) => [
      operator,
      Object.fromEntries(Object.entries(keys).map(([key, values]) => [key, single(values)])),
    ]),
  );

const fence = (fenceAt: number): Statement => ({
  Effect: "Deny",
  Action: "*",
  Resource: "*",
  Condition: { DateGreaterThan: { "aws:CurrentTime": isoSeconds(fenceAt) } },
});

/** From any other address; not where an AWS service makes the call on the session's behalf, which is always from elsewhere. */
const elsewhere = (sourceIp: string): Statement => ({
  Effect: "Deny",
  Action: "*",
  Resource: "*",
  Condition: { NotIpAddress: { "aws:SourceIp": sourceIp }, Bool: { "aws:ViaAWSService": "false" } },
});

const outsideServices = (permitted: readonly Permitted[]): Statement => ({
  Effect: "Deny",
  NotAction: single([...new Set(permitted.map(({ pair }) => `${pair.action.split(":")[0]}:*`))].sort()),
  Resource: "*",
});

/** `2026-11-24T12:00:00Z`: shorter than with milliseconds, and a whole second. */
export const isoSeconds = (atSeconds: number): string =>
  new Date(atSeconds * 1_000).toISOString().replace(".000Z", "Z");

/** IAM takes a list of one as a string, which is two characters shorter. */
const single = (values: readonly string[]): Several =>
  values.length === 1 && values[0] !== undefined ? values[0] : values;
