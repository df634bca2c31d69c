import type { ContextValues, Need } from "./need.ts";
import type { PolicyDocument } from "./policy-document.ts";
import type { Role } from "./roles.ts";
import { conditionKeysOf } from "./unanswered-keys.ts";

/** More would be another kind of use; they are then forgotten and asked for again. */
const MOST = 10_000;

/**
 * Cache of decisions by role, since a benchmark asks a thousand times a second whether a function may write its table. A decision is reused only where
 * the role's own fixed policies alone made it, and only for a request that is equal in everything those policies can read.
 */
export class KnownDecisions<Decision> {
  readonly #ofRoles = new WeakMap<Role, Map<string, Decision>>();

  /** @param decide asked where the answer is not known. */
  async of(role: Role, need: Need, context: ContextValues, decide: () => Promise<Decision>): Promise<Decision> {
    const key = sameForIam(role, need, context);
    if (key === undefined) return decide();
    const known = this.#ofRoles.get(role) ?? new Map<string, Decision>();
    this.#ofRoles.set(role, known);
    const before = known.get(key);
    if (before !== undefined) return before;
    const decision = await decide();
    if (known.size >= MOST) known.clear();
    known.set(key, decision);
    return decision;
  }
}

/** Makes the key under which equal requests of a role share an answer; nothing where policies could tell them apart in other ways. */
function sameForIam(role: Role, need: Need, context: ContextValues): string | undefined {
  const policies = Object.values(role.permissions);
  const isFixed = role.inline.isEmpty && role.boundary === undefined && need.resourcePolicy === undefined;
  if (!isFixed || policies.some(hasVariables)) return undefined;
  const read = new Set(policies.flatMap(conditionKeysOf));
  const values = Object.entries(context)
    .filter(([key]) => read.has(key.toLowerCase()))
    .map(([key, value]) => [key, key === "dynamodb:LeadingKeys" ? kindsOf(value, policies) : value]);
  return JSON.stringify([need.action, need.resource, need.resourceAccount, need.needsIdentityAllow, values.sort()]);
}

/** Replaces partition keys by their kinds where no policy can tell more: where each pattern is a kind and a wildcard, `TASK#*`. */
function kindsOf(value: string | readonly string[], policies: readonly PolicyDocument[]): unknown {
  if (typeof value === "string" || !policies.every(readsKindsOnly)) return value;
  return [...new Set(value.map((partition) => partition.slice(0, partition.indexOf("#") + 1)))].sort();
}

const readsKindsOnly = remembered((policy) =>
  statementsOf(policy)
    .flatMap(({ Condition = {} }) => Object.entries(Condition))
    .flatMap(([operator, byKey]) =>
      Object.entries(byKey).flatMap(([key, values]) =>
        key.toLowerCase() === "dynamodb:leadingkeys" && operator !== "Null" ? [values].flat() : [],
      ),
    )
    .every((pattern) => /^[A-Z]+#\*$/.test(String(pattern))),
);

const hasVariables = remembered((policy) => JSON.stringify(policy).includes("${"));

interface ConditionedStatement {
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}
const statementsOf = (policy: PolicyDocument) => [policy.Statement].flat() as readonly ConditionedStatement[];

/** A policy document never changes. */
function remembered(tell: (policy: PolicyDocument) => boolean): (policy: PolicyDocument) => boolean {
  const told = new WeakMap<PolicyDocument, boolean>();
  return (policy) => {
    const before = told.get(policy);
    if (before !== undefined) return before;
    const now = tell(policy);
    told.set(policy, now);
    return now;
  };
}
