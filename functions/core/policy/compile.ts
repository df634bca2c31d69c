import { serviceOf } from "../catalogue/action-name.ts";
import type { HeldActions } from "../deployment/held-in.ts";
import { DENY_KEYS, denyLine } from "../iam-facts/deny-keys.ts";
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

/**
 * Upper bound on the Denies that are packed, each for one action and one resource. Packing 5,000 takes some 16 ms of
 * CPU.
 */
export const MOST_DENIES = 5_000;

/** Session policy in its final text. */
export interface SessionPolicy {
  /** Minified JSON in ASCII, ready for STS. */
  readonly text: string;
  readonly characters: number;
}

/** Limits of a session policy, other than its grants. */
export interface SessionLimits {
  /**
   * Epoch seconds. From that second on, included, the session allows nothing, as with `exp` (RFC 7519, section 4.1.4).
   */
  readonly fenceAt: number;
  /** The only address from which the session works. */
  readonly sourceIp?: string | undefined;
  /**
   * Names to which the session's role is held, and the condition key of their mark. Absent: no prefixes of actions are
   * used.
   */
  readonly held?: (HeldActions & { readonly key: string }) | undefined;
  /** Further Allows, which policy permitted under another name: for the secrets that the session reads by itself. */
  readonly also?: readonly StatementOfActions[] | undefined;
}

/**
 * Compiles the session policy that allows exactly the permitted pairs, until the fence (docs/compiler.md). Drops rules
 * that another one covers and merges the rest, which never widens an Allow and never narrows a Deny. A text that is too
 * long is shortened step by step. First, Denies are widened as far as they deny nothing that is allowed. Then the Deny
 * of all other services is dropped, which matters only against a resource policy that names this session. At last,
 * actions are named by prefixes that match nothing else that the role allows.
 * @param most characters of the text. The result is longer where no step suffices; the caller must check.
 * @throws {RangeError} without a pair.
 */
export function compileSessionPolicy(
  permitted: readonly Permitted[],
  limits: SessionLimits,
  most = SESSION_POLICY_CHARACTERS,
): SessionPolicy {
  // STS treats an empty policy as absent: the role's own rights would apply.
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
  // Denies only add characters, and packing them takes longer than everything else.
  const isHopeless = isTooLong() && (short() === undefined || isTooLong(short()?.allowed));
  if (isHopeless || stated.length > MOST_DENIES) return write(stated);
  const denied = withoutCovered(stated);
  const services = outsideServices(granted);
  const plain = write(denied, [services]);
  if (plain.characters <= most) return plain;
  const wider = withoutCovered(widerDenies(denied, granted));
  const named = [[services], []].map((guard) => () => write(wider, guard));
  // A prefix relies on the role, so literal names are tried first.
  const prefixed = [[services], []].map((guard) => () => {
    const { denied: excess = [], allowed: allowing = allowed } = short() ?? {};
    return write([...wider, ...excess], guard, allowing);
  });
  return firstThatFits([...named, ...prefixed], most);
}

/** Returns a function that computes its value at the first call. */
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

/**
 * Writes the policy in ASCII. STS accepts no character beyond U+00FF and counts bytes. IAM reads JSON escapes as their
 * characters.
 */
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
  Condition: denyLine("DateGreaterThanEquals", DENY_KEYS.time, isoSeconds(fenceAt)),
});

/**
 * Denies calls from other addresses. Calls that an AWS service makes for the session always come from elsewhere, and
 * are not denied. A call is denied where IAM does not know whether a service makes it.
 */
const elsewhere = (sourceIp: string): Statement => ({
  Effect: "Deny",
  Action: "*",
  Resource: "*",
  Condition: {
    ...denyLine("NotIpAddress", DENY_KEYS.address, sourceIp),
    ...denyLine("Bool", DENY_KEYS.byService, "false"),
  },
});

/**
 * Denies all services without an Allow. Unlike an absent Allow, a Deny also holds against a resource policy that names
 * this session.
 */
const outsideServices = (allowed: readonly Rule[]): Statement => ({
  Effect: "Deny",
  NotAction: single([...new Set(allowed.map(({ action }) => `${serviceOf(action)}:*`))].sort()),
  Resource: "*",
});
