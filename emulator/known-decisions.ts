import type { ContextValues, Need } from "./need.ts";
import type { PolicyDocument } from "./policy-document.ts";
import type { Role } from "./roles.ts";
import type { Session } from "./sessions.ts";
import { toldApart } from "./told-apart.ts";
import { conditionKeysOf } from "./unanswered-keys.ts";

/** More would be another kind of use; they are then forgotten and asked for again. */
const MOST = 10_000;

/** Roles whose decisions are kept; more are forgotten as a whole. */
const MOST_ROLES = 500;

type Known<Decision> = Map<string, Decision>;

/**
 * Cache of decisions by a role's name and its policies, since a benchmark asks a thousand times a second whether a function may write its table, and the
 * tests of one process start the same roles in many clouds. A decision is reused only where the role's own fixed policies and the resource's alone made it,
 * and only for a request that is equal in everything those policies can read.
 */
export class KnownDecisions<Decision> {
  readonly #ofRoles = new WeakMap<
    Role,
    { readonly permissions: Role["permissions"]; readonly known: Known<Decision> }
  >();
  readonly #ofTexts = new Map<string, Known<Decision>>();

  /** @param session whom a resource's policy may name. @param decide asked where the answer is not known. */
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

  /** Finds what is known of a role with the policies that it has now: a deployment replaces them. */
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

/** Makes the key under which equal requests of a role share an answer; nothing where policies could tell them apart in other ways. */
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
    ...[need.action, toldApart(need.resource, policies), need.resourceAccount, need.needsIdentityAllow, values.sort()],
    ...(resources ? [sessionName, readingOf(resources).number] : []),
  ]);
}

/** Facts about a policy that tell which requests are equal for it. */
interface Reading {
  /** Number of the document, which is another one's in each cloud. */
  readonly number: number;
  readonly hasVariables: boolean;
  /** Condition keys, in lower case. */
  readonly read: ReadonlySet<string>;
  /** True where the policy tells no more of a partition key than its kind: where each pattern is a kind and a wildcard, `TASK#*`. */
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
