import { agentId } from "../../contract/agent-id.ts";
import { DEFAULT_LIMITS } from "../../contract/limits.ts";
import type { Denial } from "../../contract/refusals.ts";
import type { GrantedAws } from "../../functions/connectors/aws/granted-aws.ts";
import { detailsWithLeases, type PlannedLease, planLeases } from "../../functions/connectors/aws/plan-leases.ts";
import { brand } from "../../functions/core/brand.ts";
import type { Catalogue } from "../../functions/core/catalogue/catalogue.ts";
import { NO_CONDITIONS } from "../../functions/core/conditions/conditions.ts";
import type { AccountExceptions } from "../../functions/core/deployment/account-exceptions.ts";
import type { Deployment } from "../../functions/core/deployment/deployment.ts";
import type { Agent } from "../../functions/core/identity/agent.ts";
import type { AwsDetail } from "../../functions/core/intent/detail.ts";
import type { Pair } from "../../functions/core/intent/pairs.ts";
import { parseIntent } from "../../functions/core/intent/parse-intent.ts";
import { spreadIntent } from "../../functions/core/intent/spread-intent.ts";
import { EMPTY_CHAIN } from "../../functions/core/journal/event.ts";
import type { Permitted } from "../../functions/core/policy/decide.ts";
import type { NeededVotes } from "../../functions/core/policy/needed-votes.ts";
import type { Policies } from "../../functions/core/policy/query.ts";
import type { RefusalDetail } from "../../functions/core/refusal.ts";
import { childPath, rootPath } from "../../functions/core/task-path.ts";
import { checkPolicy } from "../../functions/policy/read/check-policy.ts";
import { parsePolicies } from "../../functions/policy/read/parse-policies.ts";
import { authoriseIntent } from "../../functions/steps/tasks/authorise-intent.ts";
import { authoriseParent } from "../../functions/steps/tasks/authorise-task.ts";
import type { BelievedTask } from "../../functions/steps/tasks/believe-task.ts";
import type { Grants, UnapprovedGrants } from "../../functions/steps/tasks/grants.ts";
import { noParentOf } from "../../functions/steps/tasks/no-parent.ts";
import type { TaskOf } from "../../functions/steps/tasks/read-lineage.ts";
import { FakeTasks } from "../fakes/tasks/tasks.ts";
import { catalogue } from "../unit/core/catalogue/load-catalogue.ts";
import { builtCedarOf } from "../unit/core/cedar-of.ts";
import { ACCOUNT, OTHER_ACCOUNT } from "./arbitrary/arns.ts";
import { NAMES_RESOURCE } from "./arbitrary/policies.ts";
import type { Scenario } from "./arbitrary/scenarios.ts";

/** The steps of the exchange on which I2 and I3 rest. A test replaces any of them with a broken one. */
export interface Pipeline {
  readonly authorise: typeof authoriseIntent;
  readonly authoriseParent: typeof authoriseParent;
  readonly plan: typeof planLeases;
  /** Cedar as those steps see it. The oracle always evaluates with Cedar itself. */
  readonly cedar: (policies: Policies, texts: readonly string[]) => Policies;
}
export const REAL: Pipeline = {
  authorise: authoriseIntent,
  authoriseParent,
  plan: planLeases,
  cedar: (policies) => policies,
};

/** An opened task with those above it, the root first. */
export interface Opened extends TaskOf {
  readonly ancestors: readonly TaskOf[];
}

/** Results of one scenario, before any call is made. */
export interface Vended {
  /** The policies that were built. */
  readonly texts: readonly string[];
  /** Policies that the build rejects. A test has to check them: the build must reject them all. */
  readonly rejected: readonly { readonly text: string; readonly faults: readonly string[] }[];
  /** Reason why nothing was vended: a malformed intent, an action unknown to AWS, or no permission at all. */
  readonly refusal: string | undefined;
  readonly sessions: readonly Session[];
  readonly denials: readonly Denial[];
  readonly opened: Opened | undefined;
  /** Votes that people gave for the task. */
  readonly given: readonly NeededVotes[];
  /** Policies of the tasks above, as granted when this one is opened, the root's first (I3). */
  readonly above: readonly (readonly string[])[];
}

/** Permitted pairs of the details that share a session, and its session policy. */
export interface Session {
  readonly account: string;
  /** The details as granted. */
  readonly details: readonly AwsDetail[];
  /** The account's details as the agent wrote them. */
  readonly written: readonly AwsDetail[];
  /** Pairs of the request, in this account. */
  readonly pairs: readonly Pair[];
  readonly permitted: readonly Permitted[];
  /** Number of parts of a pair that was not permitted as a whole. */
  readonly narrowed: number;
  readonly fenceAt: number;
  /** The only address that the session works from. Undefined where any address will do. */
  readonly sourceIp: string | undefined;
  readonly policy: string;
}

export const VENDED_AT_MS = Date.parse("2026-11-24T12:45:00Z");

/** The clock of a scenario. The step that decides and the one that plans each read it. */
export const clockOf = ({ clock }: Scenario) => clock ?? { decidedAtMs: VENDED_AT_MS, plannedAtMs: VENDED_AT_MS };

/** Upper bound on the cached roots. Beyond it, all of them are dropped. */
const MOST_ROOTS = 2_000;
const roots = new Map<string, Promise<Vended>>();

/** Vends with the real steps and without a parent. Caches, since mutants with one seed have the same parents. */
export function vendRoot(scenario: Scenario): Promise<Vended> {
  const key = JSON.stringify(scenario);
  const vended = roots.get(key) ?? vend(scenario, REAL);
  if (roots.size >= MOST_ROOTS) roots.clear();
  roots.set(key, vended);
  return vended;
}

/** Vends what policy permits of the scenario, as the exchange does. A part is tried even where the whole is refused. */
export async function vend(
  scenario: Scenario,
  pipeline: Pipeline,
  parent?: Opened,
  { catalogue, deployment }: World = WORLD,
): Promise<Vended> {
  const all = scenario.policies.map(({ text }) => text);
  const texts = all.filter((text) => !NAMES_RESOURCE.test(text));
  const policies = pipeline.cedar(builtCedarOf(texts), texts);
  const nothing = { texts, rejected: all.filter((text) => NAMES_RESOURCE.test(text)).map(built), above: [], given: [] };
  const { decidedAtMs, plannedAtMs } = clockOf(scenario);
  const ports = {
    clock: { nowMs: () => decidedAtMs },
    catalogue,
    policies,
    connectors: {},
    deployment,
    ...NOBODY_APPROVES,
  };
  const { agent, ttlSeconds, purpose, claims, sourceIp, onBehalf } = scenario.asker;
  try {
    const details = parseIntent(scenario.json, { deployment, catalogue });
    const above = parent ? await pipeline.authoriseParent(heldBy(parent), sourceIp, ports) : noParentOf({});
    const ask = { details, mode: "narrow", purpose, ttlSeconds, sourceIp } as const;
    const decided = await pipeline.authorise({ agent: anAgent(agent), claims, onBehalf }, ask, above, ports);
    const given = "needed" in decided && scenario.votes ? decided.needed : [];
    const grants = given.length > 0 ? withoutNeeds(decided) : decided;
    // People have to approve first, and nothing is handed out before.
    if ("needed" in grants) {
      const waiting = { action: "*", target: "*", reason: "People must approve it." };
      return {
        ...nothing,
        sessions: [],
        denials: [...grants.denials, waiting],
        refusal: "approval",
        opened: undefined,
      };
    }
    const unplanned = newTask(scenario, grants, parent?.task, plannedAtMs);
    const leases = planned(unplanned, grants.aws, grants, pipeline, plannedAtMs / 1_000, deployment);
    const task = { ...unplanned, details: detailsWithLeases(grants.details, leases) };
    const pairs = spreadIntent(details, catalogue, {}, deployment.accounts).flatMap((spread) => spread.pairs);
    const sessions = leases.map(({ granted, lease, policy }): Session => {
      const requested = pairs.filter((pair) => "account" in pair && pair.account === lease.account);
      const permitted = granted.flatMap((each) => each.permitted);
      return {
        account: lease.account,
        details: granted.map((each) => each.detail),
        written: details.flatMap((each) => (each.type === "aws" && each.account === lease.account ? [each] : [])),
        pairs: requested,
        permitted,
        narrowed: permitted.filter(({ pair }) => !isAsked(pair, requested)).length,
        fenceAt: lease.fenceAt,
        sourceIp: grants.terms.obligations.bindIp ? sourceIp : grants.terms.inherited?.allowedAddresses[0],
        policy,
      };
    });
    const granted = "parent" in above ? [above] : [];
    return {
      ...nothing,
      ...{ sessions, given, denials: grants.denials, refusal: undefined },
      opened: { task, agent: anAgent(agent), ancestors: parent ? [...parent.ancestors, parent] : [] },
      above: granted.map((each) =>
        planned(each.parent, each.grants.aws, each.grants, pipeline, plannedAtMs / 1_000, deployment).map(
          ({ policy }) => policy,
        ),
      ),
    };
  } catch (error) {
    const refused = refusalOf(error);
    const { denials = [], say } = refused.detail;
    return { ...nothing, sessions: [], denials, refusal: say ?? refused.code, opened: undefined };
  }
}

/** The grants once people have given all the votes that are needed. */
function withoutNeeds(decided: Grants | UnapprovedGrants): Grants {
  const { needed: _, ...granted } = { needed: undefined, ...decided };
  return brand<Grants>(granted);
}

/** The leases of the grants. Grants too large for one task are split into halves, as a caller would do. */
function planned(
  task: Parameters<typeof planLeases>[0],
  granted: readonly GrantedAws[],
  grants: Grants,
  { plan }: Pipeline,
  nowSeconds: number,
  deployment: Deployment,
): readonly PlannedLease[] {
  try {
    return plan(task, granted, grants.terms, deployment, nowSeconds);
  } catch (error) {
    const { code } = refusalOf(error);
    if (code !== "intent_too_large") return [];
    return halves(granted).flatMap((half) => planned(task, half, grants, { ...REAL, plan }, nowSeconds, deployment));
  }
}

function halves(granted: readonly GrantedAws[]): readonly (readonly GrantedAws[])[] {
  const [first, ...others] = granted;
  if (!first || (others.length === 0 && first.permitted.length < 2)) return [];
  if (others.length > 0) return [[first], others];
  const half = Math.ceil(first.permitted.length / 2);
  return [first.permitted.slice(0, half), first.permitted.slice(half)].map((permitted) => [{ ...first, permitted }]);
}

/** Returns a refusal, also one of a broken copy of the code. Any other error is a bug and is rethrown. */
function refusalOf(error: unknown): { readonly code: string; readonly detail: RefusalDetail } {
  if (error instanceof Error && error.name === "Refusal")
    return error as Error & { readonly code: string; readonly detail: RefusalDetail };
  throw error;
}

const isAsked = ({ action, target }: Pair, pairs: readonly Pair[]): boolean =>
  pairs.some((each) => each.action === action && each.target === target);

/** Exceptions by account: one role of each account, for two services. */
export const EXCEPTIONS: Readonly<Record<string, AccountExceptions>> = Object.fromEntries(
  [ACCOUNT, OTHER_ACCOUNT].map((id) => [
    id,
    {
      passRoles: [{ role: `arn:aws:iam::${id}:role/deploy`, services: ["lambda.amazonaws.com", "ecs.amazonaws.com"] }],
    },
  ]),
);

/** The hub's catalogue of AWS, and the accounts. */
export interface World {
  readonly catalogue: Catalogue;
  readonly deployment: Deployment;
}

const WORLD: World = {
  catalogue,
  deployment: {
    accounts: [ACCOUNT, OTHER_ACCOUNT].map((id) => ({
      ...{ id, region: "us-east-1", taskRoles: 1, ceiling: ["*"] },
      exceptions: EXCEPTIONS[id],
    })),
  } as unknown as Deployment,
};

const anAgent = ({ labels, id, ...named }: Scenario["asker"]["agent"]): Agent => ({
  ...{ ...named, id: agentId(id), name: id, bindings: [], status: "active", limits: DEFAULT_LIMITS, createdAt: 0 },
  ...(labels ? { labels } : {}),
  chain: EMPTY_CHAIN,
});

/** Ports that only an approved task needs. Nobody approves anything in these worlds. */
const NOBODY_APPROVES = {
  tasks: new FakeTasks(),
  approvals: () => Promise.reject(new RangeError("nobody approves")),
  acceptances: () => Promise.reject(new RangeError("nobody accepts")),
  conditions: NO_CONDITIONS,
  seals: { isGenuine: async () => true },
  log: { write: () => undefined },
};

/** A delegation of everything that the parent has, for as long as the parent lives. */
const heldBy = (parent: Opened) =>
  ({ lineage: parent, delegation: { hash: "", agent: "", expiresAt: parent.task.expiresAt } }) as unknown as Parameters<
    typeof authoriseParent
  >[0];

function newTask(
  { asker }: Scenario,
  grants: Grants,
  parent: BelievedTask | undefined,
  openedAtMs: number,
): BelievedTask {
  const openedAt = Math.floor(openedAtMs / 1_000);
  const { maxTtlSeconds = Number.POSITIVE_INFINITY } = grants.terms.obligations;
  return {
    path: parent ? childPath(parent.path, BYTES) : rootPath(BYTES),
    agent: asker.agent.id,
    subject: "",
    facts: { claims: asker.claims, sourceIp: asker.sourceIp },
    purpose: asker.purpose,
    details: grants.details,
    leases: [],
    status: "active",
    openedAt,
    expiresAt: Math.min(
      openedAt + Math.min(asker.ttlSeconds, maxTtlSeconds),
      grants.terms.inherited?.endsAt ?? Number.POSITIVE_INFINITY,
    ),
    ...{ tokens: [], presentations: [], delegations: [], chain: EMPTY_CHAIN },
    ...(grants.parentScope ? { delegated: grants.parentScope.delegated } : {}),
  } as unknown as BelievedTask;
}
const BYTES = new Uint8Array(32);

/** The build's findings about a policy. */
const built = (text: string) => ({
  text,
  faults: parsePolicies({ name: "any.cedar", path: "any.cedar", text })
    .flatMap((read) => checkPolicy(read, catalogue))
    .map(({ message }) => message),
});
