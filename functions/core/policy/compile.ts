import type { HeldActions } from "../deployment/held-in.ts";
import { isoSeconds } from "../text/iso-seconds.ts";
import { withoutCovered } from "./covered-rules.ts";
import type { Permitted } from "./decide.ts";
import {
  listed,
  mergedStatements,
  type Rule,
  type Statement,
  type StatementOfActions,
  single,
} from "./merge-statements.ts";
import { namedByPrefix } from "./named-by-prefix.ts";
import { allowsOf, deniesOf } from "./rules.ts";
import { widerDenies } from "./wider-denies.ts";

/** Longest session policy that STS accepts; characters of JSON. Source: AssumeRole, AWS STS API reference. */
export const SESSION_POLICY_CHARACTERS = 2_048;

/** Upper bound on the Denies that are packed, one for each action and resource: 5,000 take some 16 ms of CPU. */
export const MOST_DENIES = 5_000;

/** Session policy in its final text. */
export interface SessionPolicy {
  /** Minified JSON in ASCII, ready for STS. */
  readonly text: string;
  readonly characters: number;
}

/** Limits of a session policy beside its grants. */
export interface SessionLimits {
  /** Moment from which the session allows nothing, that second included, as with `exp` (RFC 7519, section 4.1.4); epoch seconds. */
  readonly fenceAt: number;
  /** Only address from which the session works. */
  readonly sourceIp?: string | undefined;
  /** Names to which the session's role is held, and the condition key of their mark; absent where prefixes of actions are not to be used. */
  readonly held?: (HeldActions & { readonly key: string }) | undefined;
  /** Further Allows, which policy permitted under another name: of the secrets that the session reads by itself. */
  readonly also?: readonly StatementOfActions[] | undefined;
}

/**
 * Compiles the session policy that allows exactly the permitted pairs, until the fence (docs/compiler.md). Drops rules that another one covers and
 * merges the rest, which never widens an Allow and never narrows a Deny. Where the text is too long, it widens Denies as far as they deny nothing
 * that is allowed. Where it still is, it drops the Deny of all other services, which matters only against a resource policy that names this session.
 * At last it names actions by prefixes, of which the role allows nothing else.
 * @param most characters of the text. Where nothing helps, the result is longer; the caller must check.
 * @throws {RangeError} without a pair.
 */
export function compileSessionPolicy(
  permitted: readonly Permitted[],
  limits: SessionLimits,
  most = SESSION_POLICY_CHARACTERS,
): SessionPolicy {
  // STS treats an empty policy as absent, and then the role's own rights would apply.
  if (permitted.length === 0) throw new RangeError("a session policy needs at least one pair");
  const { also = [], held } = limits;
  const allowed = withoutCovered(allowsOf(permitted));
  const granted = [...allowed, ...also.flatMap(rulesOf)];
  const write = (denying: readonly Rule[], guard: readonly Statement[] = [], allowing = allowed): SessionPolicy =>
    render([
      ...mergedStatements("Allow", allowing),
      ...also,
      ...mergedStatements("Deny", denying),
      ...(limits.sourceIp === undefined ? [] : [elsewhere(limits.sourceIp)]),
      fence(limits.fenceAt),
      ...guard,
    ]);
  const short = lazily(
    () =>
      held &&
      namedByPrefix(
        allowed,
        held,
        held.key,
        granted.map(({ action }) => action),
      ),
  );
  const isTooLong = (allowing?: readonly Rule[]) => write([], [], allowing).characters > SESSION_POLICY_CHARACTERS;
  const stated = deniesOf(permitted);
  // Denies only add characters, and to pack them takes longer than all else.
  const isHopeless = isTooLong() && (short() === undefined || isTooLong(short()?.allowed));
  if (isHopeless || stated.length > MOST_DENIES) return write(stated);
  const denied = withoutCovered(stated);
  const services = outsideServices(granted);
  const plain = write(denied, [services]);
  if (plain.characters <= most) return plain;
  const wider = withoutCovered(widerDenies(denied, granted));
  const named = [[services], []].map((guard) => () => write(wider, guard));
  // A prefix rests on the role, so names come first.
  const prefixed = [[services], []].map((guard) => () => {
    const { denied: but = [], allowed: allowing = allowed } = short() ?? {};
    return write([...wider, ...but], guard, allowing);
  });
  return firstThatFits([...named, ...prefixed], most);
}

/** Makes a value at its first use. */
function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** Returns the first form that has no more than so many characters, or the shortest of them. */
function firstThatFits(forms: readonly (() => SessionPolicy)[], most: number): SessionPolicy {
  const made: SessionPolicy[] = [];
  for (const form of forms) {
    const policy = form();
    if (policy.characters <= most) return policy;
    made.push(policy);
  }
  return made.reduce((one, other) => (other.characters < one.characters ? other : one));
}

/** Writes the policy in ASCII: STS accepts no character beyond U+00FF and counts bytes, and IAM reads JSON escapes as their characters. */
function render(statements: readonly Statement[]): SessionPolicy {
  const json = JSON.stringify({ Version: "2012-10-17", Statement: statements });
  const text = json.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return { text, characters: text.length };
}

/** Splits a statement into rules, one for each action and resource. */
const rulesOf = ({ Action, Resource, Condition: condition = {} }: StatementOfActions): readonly Rule[] =>
  listed(Action).flatMap((action) => listed(Resource).map((resource) => ({ action, resource, condition })));

const fence = (fenceAt: number): Statement => ({
  Effect: "Deny",
  Action: "*",
  Resource: "*",
  Condition: { DateGreaterThanEquals: { "aws:CurrentTime": isoSeconds(fenceAt) } },
});

/** Denies calls from other addresses, but not calls that an AWS service makes on the session's behalf, which always come from elsewhere. */
const elsewhere = (sourceIp: string): Statement => ({
  Effect: "Deny",
  Action: "*",
  Resource: "*",
  Condition: { NotIpAddress: { "aws:SourceIp": sourceIp }, Bool: { "aws:ViaAWSService": "false" } },
});

/** Denies all services without an Allow: unlike an absent Allow, a Deny holds even against a resource policy that names this session. */
const outsideServices = (allowed: readonly Rule[]): Statement => ({
  Effect: "Deny",
  NotAction: single([...new Set(allowed.map(({ action }) => `${action.split(":")[0]}:*`))].sort()),
  Resource: "*",
});
