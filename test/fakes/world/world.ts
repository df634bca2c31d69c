import { fileURLToPath } from "node:url";
import { agentId } from "../../../contract/agent-id.ts";
import { DEFAULT_LIMITS } from "../../../contract/limits.ts";
import type { CedarPolicies } from "../../../functions/adapters/cedar/cedar-policies.ts";
import { RecentLiveCounts } from "../../../functions/adapters/memory/recent-live-counts.ts";
import { MemoryRecentSessions } from "../../../functions/adapters/sts/recent-sessions.ts";
import { StoredConditions } from "../../../functions/core/conditions/conditions.ts";
import { accountId } from "../../../functions/core/deployment/account-id.ts";
import { type Deployment, pinsOf } from "../../../functions/core/deployment/deployment.ts";
import { regionNamed } from "../../../functions/core/deployment/region.ts";
import type { Agent } from "../../../functions/core/identity/agent.ts";
import type { Issuer } from "../../../functions/core/identity/issuer.ts";
import { registeredBy } from "../../../functions/core/identity/shapers.ts";
import { EMPTY_CHAIN } from "../../../functions/core/journal/event.ts";
import { personTag } from "../../../functions/core/people/person-tag.ts";
import type { PreparedPolicies, PreparedPolicy } from "../../../functions/core/policy/prepared-policy.ts";
import type { SealingPorts } from "../../../functions/core/ports.ts";
import type { Halts } from "../../../functions/core/revocation/halt.ts";
import type { HttpAnswer, HttpEvent } from "../../../functions/http/event.ts";
import { loadCatalogue } from "../../../functions/load-catalogue.ts";
import { policyFiles } from "../../../functions/policy/read/files-in.ts";
import { claimsIn } from "../../../functions/policy/read/names-in.ts";
import { parsePolicies } from "../../../functions/policy/read/parse-policies.ts";
import { FakeArchived } from "../archive/archived.ts";
import type { FakeBudgets } from "../budgets/budgets.ts";
import { FakeCallCounts } from "../budgets/call-counts.ts";
import { FakeConditions } from "../conditions/conditions.ts";
import { FakeRecheckQueue } from "../conditions/recheck-queue.ts";
import type { FakeHolds } from "../holds/holds.ts";
import { FakeFoundEscalations } from "../observed/found-escalations.ts";
import { FakeHeard } from "../observed/heard.ts";
import { FakeLedger } from "../observed/ledger.ts";
import { FakeObservations } from "../observed/observations.ts";
import { FakeProbeQueue } from "../observed/probes.ts";
import { FakeAcceptances } from "../people/acceptances.ts";
import { FakeApprovals } from "../people/approvals.ts";
import { FakeConsents } from "../people/consents.ts";
import { FakeNotificationBoard, FakeNotificationQueue } from "../people/notification-board.ts";
import { FakeSignInCodes } from "../people/sign-in-codes.ts";
import {
  FakeAccountHalts,
  FakeCoolDowns,
  FakeEscalations,
  FakePauses,
  FakeRefusedUses,
  FakeSuspensions,
} from "../revocation/escalation.ts";
import { FakePanics } from "../revocation/panics.ts";
import {
  FakeDeadlines,
  FakeLeaseRevocationQueue,
  type FakePendingRevocations,
} from "../revocation/pending-revocations.ts";
import { FakePolicyWrites } from "../revocation/policy-writes.ts";
import { FakeInventory } from "../secrets/inventory.ts";
import { FakeRecordKey } from "../secrets/record-key.ts";
import { FakeSecretLocks } from "../secrets/secret-locks.ts";
import { FakeSessionVault } from "../secrets/session-vault.ts";
import { FakeAgents } from "../tasks/agents.ts";
import { FakeRoleLoads } from "../tasks/role-loads.ts";
import { FakeSessions } from "../tasks/sessions.ts";
import { FakeSignedCalls } from "../tasks/signed-calls.ts";
import { FakeTasks } from "../tasks/tasks.ts";
import { pooledBytes } from "./pooled-bytes.ts";
import { FakeRateLimits } from "./rate-limits.ts";
import { RememberedPolicies } from "./remembered-policies.ts";
import { RememberedProofs } from "./remembered-proofs.ts";
import { FakeTokens, fakeToken } from "./tokens.ts";

export const ACCOUNT = accountId("111122223333");
export const URL_OF_HUB = "https://valetkey.test";
/** Tuesday, 24 November 2026, 12:00:00 UTC. */
export const NOON_MS = Date.UTC(2026, 10, 24, 12);

const issuer = (name: string, kind: Issuer["kind"]): Issuer => ({
  name,
  kind,
  url: `https://${name}.test`,
  algorithms: ["ES256"],
  pin: "sub",
  maxLifetimeSeconds: 3_600,
  skewSeconds: 30,
  replay: { mode: "single_use" },
  required: {},
  ...(kind === "people"
    ? {
        groupsClaim: "groups",
        onBehalf: true,
        approvals: { clientId: "approvals", freshness: "auth_time", tokenExchange: "browser" } as const,
      }
    : {}),
});

const approvers = (name: string) => ({
  name,
  issuer: "staff",
  timeoutSeconds: 900,
  useWithinSeconds: 300,
  notify: [],
  members: { claim: "groups", value: `g-${name}` },
});

export const DEPLOYMENT: Deployment = {
  partition: "aws",
  url: URL_OF_HUB,
  audiences: { exchange: URL_OF_HUB, introspect: `${URL_OF_HUB}/introspect`, operate: `${URL_OF_HUB}/operate` },
  issuers: [
    issuer("robots", "agents"),
    { ...issuer("mesh", "agents"), replay: { mode: "window", cap: 2 } },
    issuer("staff", "people"),
  ],
  accounts: [{ id: ACCOUNT, region: regionNamed("us-east-1"), taskRoles: 4, personTag: true }],
  operators: [{ issuer: "staff", subject: "alice" }],
  bus: { own: accountId("999900001111"), publishers: [accountId("444455556666")] },
  receipts: { sample: 0, probed: [ACCOUNT] },
  recertification: { everyDays: 90, warnDays: [14, 3] },
  conditions: [
    { name: "change-freeze", kind: "restricts", scopes: ["hub", "account", "team", "agent"], longestSeconds: 259_200 },
    { name: "responding", kind: "permits", scopes: ["team", "agent"], longestSeconds: 28_800 },
  ],
  approvers: [approvers("sre"), approvers("security")],
  console: { url: "https://console.valetkey.test" },
  toolServers: [{ id: agentId("tickets"), resource: "https://tickets.acme.test/mcp" }],
};

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
export const CATALOGUE = loadCatalogue();
/** Parsed policies. `prepare-policies.test.ts` validates them once, since that takes most of a second. */
const READ = policyFiles(`${ROOT}policies`).flatMap(parsePolicies);
const PREPARED: Omit<PreparedPolicies, "hash"> = { policies: READ.map(({ policy }) => policy), claims: claimsIn(READ) };
/** Policies of this repository, as deployed. */
export const POLICIES = new RememberedPolicies({ ...PREPARED, hash: "bundle-of-the-tests" });

/** Further permit, beside the repository's policies. */
type FurtherPermit = readonly [id: string, text: string, annotations?: Readonly<Record<string, string>>];

/** Makes the repository's policies with further permits, as a later deployment may have. */
export const policiesWithPermits = (...permits: readonly FurtherPermit[]): CedarPolicies =>
  new RememberedPolicies({
    ...PREPARED,
    policies: [
      ...PREPARED.policies,
      ...permits.map(([id, text, annotations = {}]) => ({
        id,
        effect: "permit" as const,
        annotations,
        reads: [],
        text,
        json: parsePolicies({ name: id, path: id, text })[0]?.policy.json,
      })),
    ],
    hash: `bundle-with-${permits.map(([id]) => id).join("-")}`,
  });
export const policiesWithPermit = (...permit: FurtherPermit): CedarPolicies => policiesWithPermits(permit);

/** Makes policies of one text alone. */
export const policiesWith = (text: string): CedarPolicies => {
  const read = parsePolicies({ name: "only.cedar", path: "only.cedar", text });
  return new RememberedPolicies({
    policies: read.map(({ policy }) => policy),
    claims: claimsIn(read),
    hash: "bundle-of-one",
  });
};

export interface FakeWorld {
  readonly ports: SealingPorts & {
    readonly tasks: FakeTasks;
    readonly agents: FakeAgents;
    readonly sessions: FakeSessions;
    readonly tokens: FakeTokens;
    readonly rateLimits: FakeRateLimits;
    readonly pendingRevocations: FakePendingRevocations;
    readonly leaseRevocationQueue: FakeLeaseRevocationQueue;
    readonly deadlines: FakeDeadlines;
    readonly halts: Halts;
    readonly panics: FakePanics;
    readonly loads: FakeRoleLoads;
    readonly policyWrites: FakePolicyWrites;
    readonly observations: FakeObservations;
    readonly ledger: FakeLedger;
    readonly heard: FakeHeard;
    readonly looked: { atMs?: number };
    readonly accountHalts: FakeAccountHalts;
    /** Store behind `conditions`, where the deployment of the world defines some. */
    readonly setConditions: FakeConditions;
    readonly recheckQueue: FakeRecheckQueue;
    readonly coolDowns: FakeCoolDowns;
    readonly pauses: FakePauses;
    readonly refusedUses: FakeRefusedUses;
    readonly suspensions: FakeSuspensions;
    readonly escalations: FakeEscalations;
    readonly foundEscalations: FakeFoundEscalations;
    readonly probeQueue: FakeProbeQueue;
    readonly notificationQueue: FakeNotificationQueue;
    readonly notificationBoard: FakeNotificationBoard;
    readonly inventory: FakeInventory;
    readonly locks: FakeSecretLocks;
    readonly budgets: FakeBudgets;
    readonly holds: FakeHolds;
    readonly codes: FakeSignInCodes;
    readonly recordKey: FakeRecordKey;
    readonly approvals: () => Promise<FakeApprovals>;
    /** Store that `approvals` loads, and to which `approve` writes. */
    readonly ballots: FakeApprovals;
    readonly glasses: FakeApprovals;
    readonly prepared: readonly PreparedPolicy[];
    readonly consents: () => Promise<FakeConsents>;
    /** Store that `consents` loads. */
    readonly given: FakeConsents;
    readonly liveCounts: RecentLiveCounts;
    readonly acceptances: () => Promise<FakeAcceptances>;
    /** Store that `acceptances` loads. */
    readonly accepted: FakeAcceptances;
    readonly archived: FakeArchived;
    /** Vault that seals and opens sessions that stay in the hub. */
    readonly vault: FakeSessionVault;
    readonly sessionOpener: FakeSessionVault;
    readonly keptSessions: FakeTasks["kept"];
    readonly callCounts: FakeCallCounts;
    readonly signedCalls: FakeSignedCalls;
  };
  /** Log lines, in order. */
  readonly lines: Readonly<Record<string, unknown>>[];
  /** Every minted token, and every other secret that only its requester may see. */
  readonly secrets: Set<string>;
  /** Every answer of a service over this world, as sent. */
  readonly answers: { readonly route: string; readonly answer: HttpAnswer }[];
  /** Moves the clock. */
  pass(seconds: number): void;
  nowSeconds(): number;
  /** Makes a token of the agent `demo`, or with other claims; each has a new `jti`. */
  agentToken(claims?: Readonly<Record<string, unknown>>): string;
  operatorToken(claims?: Readonly<Record<string, unknown>>): string;
  /** Makes a token of the person `pat`, which lets the agent `demo` act for them. */
  personToken(claims?: Readonly<Record<string, unknown>>): string;
  addAgent(agent: Partial<Omit<Agent, "id">> & { readonly id: string }): Agent;
}

/** Proofs that all worlds share, as in one warm function, so that no question is proven twice. */
const PROOFS = new RememberedProofs();

const watchers = new Set<(world: FakeWorld) => void>();

/**
 * Calls back with every world from now on, for checks that must hold in all worlds.
 * @returns a function that ends the callbacks: the next test file may run in the same process.
 */
export function onEachWorld(callback: (world: FakeWorld) => void): () => void {
  watchers.add(callback);
  return () => void watchers.delete(callback);
}

/**
 * Makes a deployment of fakes, with the real Cedar and catalogue, and two agents of the team `demo`: `demo`, and
 * `tickets` (a tool server).
 */
export function fakeWorld(overrides: Partial<SealingPorts> = {}): FakeWorld {
  let nowMs = NOON_MS;
  let count = 0;
  const now = () => nowMs;
  const tasks = new FakeTasks();
  const agents = new FakeAgents(tasks, pinsOf(DEPLOYMENT), now);
  const lines: Readonly<Record<string, unknown>>[] = [];
  const recordKey = new FakeRecordKey();
  const ballots = new FakeApprovals(tasks);
  const panics = new FakePanics();
  const consents = new FakeConsents(tasks);
  const accepted = new FakeAcceptances(tasks);
  const [refusedUses, escalations] = [new FakeRefusedUses(tasks.isUsed, now), new FakeEscalations()];
  const accountHalts = new FakeAccountHalts();
  const vault = new FakeSessionVault();
  const conditions = new FakeConditions();
  ballots.isHalted = (account) => accountHalts.halts.has(account);
  for (const each of [agents, panics, accountHalts, conditions, consents, accepted]) each.useSignIn = ballots.useForAct;
  const ports = {
    deployment: DEPLOYMENT,
    catalogue: CATALOGUE,
    policies: POLICIES,
    connectors: {},
    clock: { nowMs: now },
    pause: () => Promise.resolve(),
    random: { bytes: pooledBytes },
    tokens: new FakeTokens(),
    agents,
    tasks,
    budgets: tasks.budgets,
    holds: tasks.holds,
    roles: tasks,
    journal: tasks,
    pendingRevocations: tasks.pendingRevocations,
    leaseRevocationQueue: new FakeLeaseRevocationQueue(),
    deadlines: new FakeDeadlines(() => nowMs / 1_000),
    sessions: new FakeSessions(now),
    sessionLock: () => Promise.resolve(vault),
    sessionOpener: vault,
    vault,
    keptSessions: tasks.kept,
    callCounts: new FakeCallCounts(),
    signedCalls: new FakeSignedCalls(),
    recent: new MemoryRecentSessions(now),
    rateLimits: new FakeRateLimits(now),
    halts: agents.haltList,
    panics,
    loads: new FakeRoleLoads({ isWritable: true }),
    policyWrites: new FakePolicyWrites(),
    observations: new FakeObservations(),
    ledger: new FakeLedger(),
    heard: new FakeHeard(now),
    looked: {},
    accountHalts,
    setConditions: conditions,
    recheckQueue: new FakeRecheckQueue(),
    conditions: new StoredConditions(conditions, (overrides.deployment ?? DEPLOYMENT).conditions ?? [], now),
    suspensions: new FakeSuspensions(now),
    foundEscalations: new FakeFoundEscalations(tasks),
    coolDowns: new FakeCoolDowns(now),
    pauses: new FakePauses(),
    refusedUses,
    escalations,
    watch: async () => ({ refusedUses, escalations }),
    probeQueue: new FakeProbeQueue(),
    notificationQueue: new FakeNotificationQueue(),
    notificationBoard: new FakeNotificationBoard({
      listWaiting: (inbox, nowSeconds) => ballots.listWaiting(inbox, nowSeconds),
      isLive: (task) => tasks.isAlive(task),
      record: async (id) => (await ballots.read(id)).record,
    }),
    inventory: new FakeInventory(),
    locks: new FakeSecretLocks(now),
    codes: new FakeSignInCodes(),
    seals: recordKey,
    recordKey,
    personTags: { tagOf: async (person) => personTag("canary-key-of-tags", person) },
    approvals: async () => ballots,
    ballots,
    consents: async () => consents,
    given: consents,
    liveCounts: new RecentLiveCounts(agents, now, 0),
    acceptances: async () => accepted,
    accepted,
    glasses: ballots,
    prepared: PREPARED.policies,
    archived: new FakeArchived(),
    proofs: PROOFS,
    log: { write: (entry: Readonly<Record<string, unknown>>) => void lines.push(entry) },
    ...overrides,
  } as FakeWorld["ports"];
  const claimsFor = (iss: string, sub: string, aud: string) => {
    count += 1;
    const iat = Math.floor(nowMs / 1_000);
    return { iss, sub, aud, iat, exp: iat + 300, jti: `token-${count}` };
  };
  const secrets = new Set<string>();
  const minted = (token: string): string => {
    secrets.add(token);
    return token;
  };
  const world: FakeWorld = {
    ports,
    lines,
    secrets,
    answers: [],
    pass: (seconds) => {
      nowMs += seconds * 1_000;
    },
    nowSeconds: () => Math.floor(nowMs / 1_000),
    agentToken: (claims = {}) =>
      minted(fakeToken({ ...claimsFor("https://robots.test", "agent:demo", URL_OF_HUB), ...claims })),
    operatorToken: (claims = {}) =>
      minted(
        fakeToken({ ...claimsFor("https://staff.test", "alice", `${URL_OF_HUB}/operate`), groups: [], ...claims }),
      ),
    personToken: (claims = {}) =>
      minted(
        fakeToken({
          ...claimsFor("https://staff.test", "pat", URL_OF_HUB),
          groups: ["support"],
          may_act: { iss: "https://robots.test", sub: "agent:demo" },
          ...claims,
        }),
      ),
    addAgent: (given) => {
      const agent: Agent = {
        name: given.id,
        owner: "staff|owner",
        contact: "owner@acme.test",
        team: "demo",
        bindings: [{ issuer: "robots", claims: { sub: `agent:${given.id}` } }],
        status: "active",
        limits: DEFAULT_LIMITS,
        createdAt: Math.floor(nowMs / 1_000),
        shapers: registeredBy("staff|registrar", nowMs / 1_000),
        chain: EMPTY_CHAIN,
        ...given,
        id: agentId(given.id),
      };
      agents.agents.set(agent.id, agent);
      return agent;
    },
  };
  world.addAgent({ id: "demo" });
  world.addAgent({ id: "tickets" });
  for (const watch of watchers) watch(world);
  return world;
}

/** Makes an event as API Gateway sends it. */
export function httpEvent(routeKey: string, given: Partial<HttpEvent> = {}): HttpEvent {
  return {
    routeKey,
    headers: {},
    rawQueryString: "",
    isBase64Encoded: false,
    requestContext: { requestId: "request-1", http: { sourceIp: "203.0.113.7" } },
    ...given,
  };
}

/** Makes an event that matches no route, as API Gateway's `$default` sends it. */
export const unrouted = (method: string, rawPath: string, given: Partial<HttpEvent> = {}): HttpEvent =>
  httpEvent("$default", {
    rawPath,
    requestContext: { requestId: "request-1", http: { sourceIp: "203.0.113.7", method } },
    ...given,
  });

/** Makes an event of `POST /v1/token` with a form; undefined parameters are omitted. */
export const formEvent = (form: Readonly<Record<string, string | undefined>>, routeKey = "POST /v1/token"): HttpEvent =>
  httpEvent(routeKey, {
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams(
      Object.entries(form).filter((entry): entry is [string, string] => entry[1] !== undefined),
    ).toString(),
  });

/** Builds the parameters of a request that succeeds. */
export const exchangeForm = (subjectToken: string, details: unknown = READ_REPORTS): Record<string, string> => ({
  grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
  subject_token: subjectToken,
  subject_token_type: "urn:ietf:params:oauth:token-type:id_token",
  purpose: "summarise the weekly report",
  authorization_details: JSON.stringify(details),
});

export const READ_REPORTS = [
  { type: "aws", account: ACCOUNT, actions: ["s3:GetObject"], resources: ["arn:aws:s3:::acme-data/reports/*"] },
];

export const jsonEvent = (routeKey: string, body: unknown, given: Partial<HttpEvent> = {}): HttpEvent =>
  httpEvent(routeKey, {
    ...given,
    headers: { "content-type": "application/json", ...given.headers },
    body: JSON.stringify(body),
  });
