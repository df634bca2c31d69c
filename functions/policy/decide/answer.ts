import { DEFAULT_LIMITS } from "../../../contract/limits.ts";
import type { Denial, RefusalCode } from "../../../contract/refusals.ts";
import { type PlannedLease, planLeases } from "../../connectors/aws/plan-leases.ts";
import { budgetText } from "../../core/budgets/budget.ts";
import { withHeldActions } from "../../core/ceiling/held-actions.ts";
import { given } from "../../core/conditions/conditions.ts";
import { defined } from "../../core/defined.ts";
import { budgetsOfGrant } from "../../core/delegation/budgets-of-grant.ts";
import { accountId, isAccountId } from "../../core/deployment/account-id.ts";
import type { Deployment } from "../../core/deployment/deployment.ts";
import { regionNamed } from "../../core/deployment/region.ts";
import { refuseBoth, sidesTaken } from "../../core/holds/conflict.ts";
import type { Agent } from "../../core/identity/agent.ts";
import { claimsNamed } from "../../core/identity/claims.ts";
import type { Detail } from "../../core/intent/detail.ts";
import { parseIntent } from "../../core/intent/parse-intent.ts";
import { EMPTY_CHAIN } from "../../core/journal/event.ts";
import { personOf, type Requester } from "../../core/policy/entities.ts";
import { type Obligations, votesFor } from "../../core/policy/obligations.ts";
import type { Promised } from "../../core/proof/lost-calls.ts";
import type { Question } from "../../core/proof/question.ts";
import { Refusal } from "../../core/refusal.ts";
import { rootPath } from "../../core/task-path.ts";
import { authoriseIntent } from "../../steps/tasks/authorise-intent.ts";
import type { GrantedIntent } from "../../steps/tasks/grants.ts";
import { noParentOf } from "../../steps/tasks/no-parent.ts";
import { questionOfSession } from "../../steps/tasks/question-of-session.ts";
import type { Decides } from "../bundle.ts";
import { connectorsFor } from "./connectors.ts";
import { holdingOf, type Request } from "./request.ts";

/** Answer that the deployed service would have given, with its session policies. */
export type Answer = Allowed | Denied;

export interface Allowed {
  readonly answer: "allowed";
  readonly policies: readonly string[];
  readonly shadows: readonly string[];
  readonly granted: readonly Detail[];
  /** Pairs that a narrow request was not granted. */
  readonly denials: readonly Denial[];
  readonly obligations: Obligations;
  /** Labels that policy holds apart from others. */
  readonly labels: readonly string[];
  readonly sessions: readonly Session[];
}

export interface Denied {
  readonly answer: "denied";
  /** The refusal's code: `policy_denied`, `budget_spent`, `label_conflict`, `intent_invalid`, `intent_too_large`. */
  readonly code: RefusalCode;
  readonly sentence: string;
  readonly denials: readonly Denial[];
}

/** Session policy of one lease. */
export interface Session {
  readonly lease: string;
  readonly account: string;
  readonly policy: string;
  readonly characters: number;
}

/** Answer, with everything that a proof of its session policies needs. */
export interface Decided {
  readonly answer: Answer;
  readonly sessions: readonly DecidedSession[];
}

/** Session policy as a question for the proof, with the grants that it must allow. */
export interface DecidedSession {
  readonly lease: string;
  readonly question: Question;
  /** Question about the person for whom the agent acts. */
  readonly forPerson?: Question;
  readonly promised: readonly Promised[];
}

/** Answers as the exchange does, from the parsed intent to the session policies, at the request's own moment. */
export const answerTo = async (request: Request, bundle: Decides): Promise<Answer> =>
  (await decideRequest(request, bundle)).answer;

/** Answers in the same way, with all that a proof of the session policies needs. */
export async function decideRequest(request: Request, bundle: Decides): Promise<Decided> {
  try {
    const deployment = withHeldActions(deploymentFor(request.intent, bundle), bundle.catalogue);
    const connectors = connectorsFor(request.intent, bundle.deployment);
    const details = parseIntent(JSON.stringify(request.intent), {
      deployment,
      catalogue: bundle.catalogue,
      connectors,
    });
    const ports = {
      clock: { nowMs: () => request.atMs },
      catalogue: bundle.catalogue,
      policies: bundle.engine,
      connectors,
      conditions: given(holdingOf(request)),
      ...beforeNoGate(deployment),
    };
    const requester = { agent: agentOf(request), claims: claimsOf(request, bundle), onBehalf: request.onBehalf };
    const grants = await authoriseIntent(requester, { ...request, details }, noParentOf({}), ports);
    refuseSpent(request, grants);
    refuseHeld(request, grants, deployment);
    const { task, leases } = planned(request, grants, deployment);
    const approved = votesFor(grants.terms.obligations);
    const questionFor = (planned: PlannedLease, requester: Requester) =>
      questionOfSession(planned, task, requester, { ...OF_A_ROOT, approved, grants }, ports);
    const person = personOf(grants.requester);
    const sessions = leases.map((planned) => ({
      lease: planned.lease.name,
      question: questionFor(planned, grants.requester),
      ...(person ? { forPerson: questionFor(planned, person) } : {}),
      promised: promisedBy(planned),
    }));
    return { answer: allowed(grants, leases), sessions };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { code, sentence, detail } = error;
    return { answer: { answer: "denied", code, sentence, denials: detail.denials ?? [] }, sessions: [] };
  }
}

/** Refuses what a budget of policy does not allow any more, where the request states what is spent. @throws {Refusal} budget_spent, intent_invalid. */
function refuseSpent({ spent = {} }: Request, { terms }: GrantedIntent): void {
  const [first] = budgetsOfGrant(terms).filter(
    ({ name, scope, count }) => (spent[`${name} ${scope}`] ?? spent[name] ?? 0) >= count,
  );
  if (first) throw new Refusal("budget_spent", { say: `It is ${budgetText(first)}.` });
}

/** Refuses what is labelled with one side of a conflict, where the request states that the other is held. @throws {Refusal} label_conflict, intent_invalid. */
function refuseHeld({ held = [] }: Request, { labels }: GrantedIntent, { conflicts = [] }: Deployment): void {
  refuseBoth(labels, conflicts);
  const first = sidesTaken(labels, conflicts).find(({ other }) => held.includes(other));
  if (first)
    throw new Refusal("label_conflict", { say: `It is labelled "${first.own}", and "${first.other}" is held.` });
}

/** Makes the ports of a decision by policy alone, without the gate of threat models. */
const beforeNoGate = (deployment: Deployment) => {
  const { threatModels: _, ...without } = deployment;
  const acceptances = () => Promise.reject(new Error("no gate stands before a case"));
  return { deployment: without, acceptances, seals: { isGenuine: async () => false }, log: { write: () => undefined } };
};

/** Task of the workbench: a root, which leases no secrets. */
const OF_A_ROOT = { above: [], reads: [] } as const;

const promisedBy = ({ granted }: PlannedLease): readonly Promised[] =>
  granted
    .flatMap(({ permitted }) => permitted)
    .map(({ pair, policies: [permit = ""] }) => ({
      action: pair.action,
      target: pair.target,
      permit,
      conditions: pair.stated ?? {},
    }));

const allowed = (grants: GrantedIntent, leases: readonly PlannedLease[]): Allowed => ({
  answer: "allowed",
  policies: grants.policies,
  shadows: grants.shadows,
  granted: grants.details,
  denials: grants.denials,
  obligations: grants.terms.obligations,
  labels: grants.labels,
  sessions: leases.map(({ lease, policy }) => ({
    lease: lease.name,
    account: lease.account,
    policy,
    characters: policy.length,
  })),
});

function planned(request: Request, grants: GrantedIntent, deployment: Deployment) {
  const openedAt = Math.floor(request.atMs / 1_000);
  const task = {
    path: rootPath(new Uint8Array(12)),
    openedAt,
    expiresAt: openedAt + request.ttlSeconds,
    chain: EMPTY_CHAIN,
    details: grants.details,
    facts: { claims: {}, ...defined({ sourceIp: request.sourceIp }) },
  };
  return { task, leases: planLeases(task, grants.aws, grants.terms, deployment, openedAt) };
}

/**
 * Makes the deployment in which a request is decided: the given one, or one that has every account of the request. An account of the `valetkey.json`
 * beside the policies has its ceiling there; any other account has no ceiling.
 */
export function deploymentFor(
  intent: readonly unknown[],
  { accounts, conflicts, deployment }: Pick<Decides, "accounts" | "conflicts" | "deployment">,
): Deployment {
  if (deployment) return deployment;
  const ids = intent.flatMap((detail) =>
    typeof detail === "object" && detail !== null && "account" in detail && isAccountId(detail.account)
      ? [detail.account]
      : [],
  );
  return {
    partition: "aws",
    url: "https://valetkey.example.com",
    audiences: { exchange: "", introspect: "", operate: "" },
    issuers: [],
    accounts: [...new Set(ids)].map((id) => ({
      region: regionNamed("us-east-1"),
      taskRoles: 1,
      ...(accounts.find((account) => account.id === id) ?? { id, ceiling: ["*"] }),
    })),
    operators: [],
    bus: { own: accountId("000000000000"), publishers: [] },
    // Whose keys they are, and for how long, is nothing of a policy.
    ...(conflicts ? { conflicts: conflicts.map(({ a, b }) => ({ a, b, scope: "agent", windowSeconds: 0 })) } : {}),
    receipts: { sample: 0, probed: [] },
    recertification: null,
  };
}

const agentOf = ({ agent, atMs }: Request): Agent => ({
  id: agent.id,
  name: agent.id,
  owner: agent.owner,
  team: agent.team,
  ...defined({ labels: agent.labels }),
  bindings: [],
  status: "active",
  limits: DEFAULT_LIMITS,
  createdAt: Math.floor(atMs / 1_000),
  chain: EMPTY_CHAIN,
});

/** Returns the claims in the service's form: only those that a policy reads, as text. */
export const claimsOf = ({ agent }: Request, { claims }: Decides): Readonly<Record<string, string>> =>
  claimsNamed(agent.claims, claims);
