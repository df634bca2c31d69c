import type { ContextValues, Need } from "./need.ts";
import type { PolicyDocument } from "./policy-document.ts";
import { resourceKey } from "./resource-key.ts";
import type { Role } from "./roles.ts";
import type { Session } from "./sessions.ts";
import { conditionKeysOf } from "./unanswered-keys.ts";

/** Most decisions of a role that are remembered. At the limit all are forgotten, and then decided again. */
const MOST = 10_000;

/** Most roles whose decisions are remembered. At the limit all are forgotten. */
const MOST_ROLES = 500;

type Known<Decision> = Map<string, Decision>;

/**
 * Cache of decisions by a role's ARN and policies. A benchmark decides a thousand times a second whether a function may
 * write its table; tests start the same roles in many clouds. A decision is reused only where the role's fixed policies
 * and the resource's policy alone made it. The other request must be equal in every value that those policies can read.
 */
export class KnownDecisions<Decision> {
  readonly #ofRoles = new WeakMap<
    Role,
    { readonly permissions: Role["permissions"]; readonly known: Known<Decision> }
  >();
  readonly #ofTexts = new Map<string, Known<Decision>>();

  /** Returns a decision, from the cache or by `decide`. @param session caller, which a resource's policy may name. */
  async of(
    { role, name: sessionName }: Pick<Session, "role" | "name">,
    need: Need,
    context: ContextValues,
    decide: () => Promise<Decision>,
  ): Promise<Decision> {
    const key = sameForIam(role, sessionName, need, context);
    if (key === undefined) return decide();
    const known = this.#knownOf(role);
    const before = known.get(key);
    if (before !== undefined) return before;
    const decision = await decide();
    if (known.size >= MOST) known.clear();
    known.set(key, decision);
    return decision;
  }

  /** Finds the decisions of a role with its current policies, which a deployment replaces. */
  #knownOf(role: Role): Known<Decision> {
    const { permissions } = role;
    const last = this.#ofRoles.get(role);
    if (last?.permissions === permissions) return last.known;
    const text = JSON.stringify([role.arn, permissions]);
    const known = this.#ofTexts.get(text) ?? new Map<string, Decision>();
    if (this.#ofTexts.size >= MOST_ROLES) this.#ofTexts.clear();
    this.#ofTexts.set(text, known);
    this.#ofRoles.set(role, { permissions, known });
    return known;
  }
}

/**
 * Makes the key that requests of a role share where IAM must decide them alike; undefined where policies read more than
 * the key has.
 */
function sameForIam(role: Role, sessionName: string, need: Need, context: ContextValues): string | undefined {
  if (!role.inline.isEmpty || role.boundary !== undefined) return undefined;
  const { resourcePolicy: resources } = need;
  const policies = [...Object.values(role.permissions), ...(resources ? [resources] : [])];
  const readings = policies.map(readingOf);
  if (readings.some(({ hasVariables }) => hasVariables)) return undefined;
  const readsKinds = readings.every((reading) => reading.readsKinds);
  const values = Object.entries(context)
    .filter(([key]) => readings.some(({ read }) => read.has(key.toLowerCase())))
    .map(([key, value]) => [key, key === "dynamodb:LeadingKeys" && readsKinds ? kindsOf(value) : value]);
  return JSON.stringify([
    ...[
      need.action,
      resourceKey(need.resource, policies),
      need.resourceAccount,
      need.needsIdentityAllow,
      values.sort(),
    ],
    ...(resources ? [sessionName, readingOf(resources).number] : []),
  ]);
}

/** Facts about a policy that determine which requests are equal for it. */
interface Reading {
  /** Number of the document: equal texts in two clouds are two documents. */
  readonly number: number;
  readonly hasVariables: boolean;
  /** Condition keys, in lower case. */
  readonly read: ReadonlySet<string>;
  /** True where the policy reads only the kind of a partition key: each pattern is a kind and a wildcard, `TASK#*`. */
  readonly readsKinds: boolean;
}

const readings = new WeakMap<PolicyDocument, Reading>();
let count = 0;

/** Reads a document once, since a document never changes. */
function readingOf(policy: PolicyDocument): Reading {
  const before = readings.get(policy);
  if (before) return before;
  count += 1;
  const reading = {
    number: count,
    hasVariables: JSON.stringify(policy).includes("${"),
    read: new Set(conditionKeysOf(policy)),
    readsKinds: readsKindsOnly(policy),
  };
  readings.set(policy, reading);
  return reading;
}

/** Replaces partition keys by their kinds. */
function kindsOf(value: string | readonly string[]): unknown {
  if (typeof value === "string") return value;
  return [...new Set(value.map((partition) => partition.slice(0, partition.indexOf("#") + 1)))].sort();
}

const readsKindsOnly = (policy: PolicyDocument): boolean =>
  statementsOf(policy)
    .flatMap(({ Condition = {} }) => Object.entries(Condition))
    .flatMap(([operator, byKey]) =>
      Object.entries(byKey).flatMap(([key, values]) =>
        key.toLowerCase() === "dynamodb:leadingkeys" && operator !== "Null" ? [values].flat() : [],
      ),
    )
    .every((pattern) => /^[A-Z]+#\*$/.test(String(pattern)));

interface ConditionedStatement {
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}
const statementsOf = (policy: PolicyDocument) => [policy.Statement].flat() as readonly ConditionedStatement[];
