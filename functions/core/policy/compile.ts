import type { ConditionBlock } from "../intent/detail.ts";
import type { Pair } from "../intent/pairs.ts";
import { withoutCovered } from "./covered-rules.ts";
import type { Permitted } from "./decide.ts";
import {
  type Condition,
  listed,
  mergedStatements,
  type Rule,
  type Several,
  type Statement,
  type StatementOfActions,
  single,
} from "./merge-statements.ts";
import type { TagConditions } from "./tag-conditions.ts";
import { widerDenies } from "./wider-denies.ts";

/** What STS takes at most, in characters of JSON; source: STS API reference, AssumeRole, Policy. */
export const SESSION_POLICY_CHARACTERS = 2_048;

export interface SessionPolicy {
  /** Minified JSON in ASCII, ready for STS. */
  readonly text: string;
  readonly characters: number;
}

/** What the session policy says beside the grants. */
export interface SessionLimits {
  /** Conditions of the detail itself: they go into its Allows, and so can only narrow. */
  readonly conditions?: ConditionBlock | undefined;
  /** Epoch seconds from which on the session allows nothing: that second is not its own, as with a token's `exp` (RFC 7519, section 4.1.4). */
  readonly fenceAt: number;
  /** The one address that the session works from. */
  readonly sourceIp?: string | undefined;
  /** Allowed beside the pairs, since policy has permitted it under another name: the secrets that the session reads by itself. */
  readonly also?: readonly StatementOfActions[] | undefined;
}

/**
 * The session policy that allows exactly what was permitted, until the fence (docs/compiler.md). Rules that another covers are left out, and the
 * rest is merged, which never widens an Allow and never narrows a Deny. Where the text would be too long, Denies are widened as far as that denies
 * nothing that is allowed; where it still is, the Deny of all other services goes, which only a resource policy that names this very session could
 * make a difference to.
 * @param most characters that it may have. Where nothing helps, the shortest text is returned, however long it is.
 */
export function compileSessionPolicy(
  permitted: readonly Permitted[],
  limits: SessionLimits,
  most = SESSION_POLICY_CHARACTERS,
): SessionPolicy {
  // STS would read an empty policy as none at all, and then the role's own rights would apply.
  if (permitted.length === 0) throw new RangeError("a session policy needs at least one pair");
  const { also = [] } = limits;
  const [allowed, denied] = [withoutCovered(allows(permitted, limits.conditions)), withoutCovered(denies(permitted))];
  const write = (denying: readonly Rule[], ...guard: readonly Statement[]): SessionPolicy =>
    render([
      ...mergedStatements("Allow", allowed),
      ...also,
      ...mergedStatements("Deny", denying),
      ...(limits.sourceIp === undefined ? [] : [elsewhere(limits.sourceIp)]),
      fence(limits.fenceAt),
      ...guard,
    ]);
  const services = outsideServices([...allowed, ...also.flatMap(rulesOf)]);
  const plain = write(denied, services);
  if (plain.characters <= most) return plain;
  const wider = withoutCovered(widerDenies(denied, [...allowed, ...also.flatMap(rulesOf)]));
  const packed = write(wider, services);
  return packed.characters <= most ? packed : write(wider);
}

/** STS takes no character beyond U+00FF and counts bytes; in JSON each may stand as an escape, which IAM reads as the character. */
function render(statements: readonly Statement[]): SessionPolicy {
  const json = JSON.stringify({ Version: "2012-10-17", Statement: statements });
  const text = json.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return { text, characters: text.length };
}

const allows = (permitted: readonly Permitted[], conditions: ConditionBlock | undefined): readonly Rule[] =>
  permitted.flatMap(({ pair, conditions: ways }) =>
    ways.map((tags) => ({
      action: pair.action,
      resource: pair.target,
      condition: conditionOf(pair, tags, conditions),
    })),
  );

const denies = (permitted: readonly Permitted[]): readonly Rule[] =>
  permitted.flatMap(({ pair, denies: taken }) =>
    taken.flatMap(({ resources, conditions }) =>
      resources.map((resource) => ({ action: pair.action, resource, condition: shortened(conditions) })),
    ),
  );

/** Each action of the statement on each resource of it. */
const rulesOf = ({ Action, Resource, Condition: condition = {} }: StatementOfActions): readonly Rule[] =>
  listed(Action).flatMap((action) => listed(Resource).map((resource) => ({ action, resource, condition })));

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
  Condition: { DateGreaterThanEquals: { "aws:CurrentTime": isoSeconds(fenceAt) } },
});

/** From any other address; not where an AWS service makes the call on the session's behalf, which is always from elsewhere. */
const elsewhere = (sourceIp: string): Statement => ({
  Effect: "Deny",
  Action: "*",
  Resource: "*",
  Condition: { NotIpAddress: { "aws:SourceIp": sourceIp }, Bool: { "aws:ViaAWSService": "false" } },
});

/** An explicit Deny holds even against a resource policy that names this very session, which an absent Allow does not. */
const outsideServices = (allowed: readonly Rule[]): Statement => ({
  Effect: "Deny",
  NotAction: single([...new Set(allowed.map(({ action }) => `${action.split(":")[0]}:*`))].sort()),
  Resource: "*",
});

/** `2026-11-24T12:00:00Z`: shorter than with milliseconds, and a whole second. */
export const isoSeconds = (atSeconds: number): string =>
  new Date(atSeconds * 1_000).toISOString().replace(".000Z", "Z");
