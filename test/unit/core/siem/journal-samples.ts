import type { FactsOf } from "../../../../contract/journal-events.ts";
import type { EventType, JournalName } from "../../../../contract/journal-types.ts";
import type { ArchivedEvent } from "../../../../functions/core/archive/entry.ts";
import { EMPTY_CHAIN, type JournalEvent, linkEvent } from "../../../../functions/core/journal/event.ts";

const HELD = { name: "aws-1", account: "111122223333", role: "valetkey-task-0", fence_at: 1_795_777_500 };
const LEASE = { ...HELD, policy_sha256: "c2hhMjU2" };
const DETAILS = [
  { type: "aws", account: "111122223333", actions: ["s3:GetObject"], resources: ["arn:aws:s3:::acme-data/*"] },
  { type: "secret", actions: ["read"], identifiers: ["db/orders"] },
];
const BUNDLE = "b7c0ffee";
const BY_PERSON = { by: "staff|ann" };
const OF_TASK = { agent: "ci-deployer" };
const APPROVAL = { id: "9f2c", hash: "aGFzaA" };
const BUS = {
  event: "e-1",
  account: "444455556666",
  source: "valetkey.request",
  asked: "task.end",
  requested_by: "ci",
} as const;

/** Facts of each type of journal event, as their writers record them. A type without facts does not compile. */
const FACTS: {
  readonly [T in EventType]: readonly [journal: JournalName, of: string, facts: Partial<FactsOf<T>>];
} = {
  "task.opened": [
    "tasks",
    "5pziufisgdts.",
    {
      ...OF_TASK,
      subject: "github|repo:acme/app",
      purpose: "deploy\u202e the page",
      details: DETAILS,
      expires_at: 1_795_777_500,
      policies: ["deploy"],
      bundle: BUNDLE,
      leases: [LEASE],
      source_ip: "198.51.100.7",
      request: "r-1",
    },
  ],
  "task.refused": [
    "tasks",
    "6pziufisgdts.",
    {
      ...OF_TASK,
      subject: "github|repo:acme/app",
      route: "POST /v1/token",
      code: "policy_denied",
      why: "no permit",
      denials: [{ action: "s3:PutObject", target: "arn:aws:s3:::acme-data/*", reason: "no_permit" }],
      purpose: "deploy",
      details: DETAILS,
      bundle: BUNDLE,
      source_ip: "2001:db8::7",
      request: "r-2",
    },
  ],
  "task.prolonged": [
    "tasks",
    "5pziufisgdts.",
    { ...OF_TASK, on_behalf_of: "staff|pat", proven_at: 1_795_777_000, expires_at: 1_795_780_600 },
  ],
  "task.ended": [
    "tasks",
    "5pziufisgdts.",
    {
      ...OF_TASK,
      status: "completed",
      by: "ci-deployer",
      result: "success",
      detail: "done",
      leases: [{ ...HELD, access_key_id: "ASIAEXAMPLEEXAMPLE00" }],
    },
  ],
  "task.token_issued": ["tasks", "5pziufisgdts.", { ...OF_TASK, subject: "github|repo:acme/app" }],
  "presentation.issued": ["tasks", "5pziufisgdts.", { ...OF_TASK, server: "mcp-orders" }],
  "presentation.revoked": ["tasks", "5pziufisgdts.", { ...OF_TASK, server: "mcp-orders" }],
  "delegation.issued": [
    "tasks",
    "5pziufisgdts.",
    { ...OF_TASK, to: "tester", details: DETAILS, expires_at: 1_795_777_000 },
  ],
  "delegation.revoked": ["tasks", "5pziufisgdts.", { ...OF_TASK, to: "tester" }],
  "lease.renewed": [
    "tasks",
    "5pziufisgdts.",
    { ...OF_TASK, bundle: BUNDLE, policies: ["deploy"], lease: { ...LEASE } },
  ],
  "lease.revoked": [
    "tasks",
    "5pziufisgdts.",
    { ...OF_TASK, name: "postgres-1", type: "postgres", made: { role: "vk_5pzi" } },
  ],
  "approval.asked": [
    "tasks",
    "5pziufisgdts.",
    {
      ...OF_TASK,
      subject: "github|repo:acme/app",
      approval: { ...APPROVAL, needed: [{ group: "sre", count: 1 }], expires_at: 1_795_776_600 },
      details: DETAILS,
    },
  ],
  "approval.voted": [
    "approvals",
    "7pziufisgdts.",
    { ...OF_TASK, task: "5pziufisgdts.", ...BY_PERSON, approval: "9f2c", groups: ["sre"], batch: 1 },
  ],
  "approval.denied": [
    "approvals",
    "7pziufisgdts.",
    { ...OF_TASK, task: "5pziufisgdts.", ...BY_PERSON, approval: "9f2c", reason: "not today", rejected: [0] },
  ],
  "approval.withdrawn": [
    "approvals",
    "7pziufisgdts.",
    { ...OF_TASK, task: "5pziufisgdts.", ...BY_PERSON, approval: "9f2c" },
  ],
  "approval.standing": ["tasks", "5pziufisgdts.", { ...OF_TASK, approval: APPROVAL, details: DETAILS }],
  "approval.used": [
    "tasks",
    "5pziufisgdts.",
    {
      ...OF_TASK,
      approval: { ...APPROVAL, votes: ["v1"] },
      expires_at: 1_795_777_500,
      policies: ["deploy"],
      leases: [LEASE],
    },
  ],
  "approval.reviewed": [
    "tasks",
    "8pziufisgdts.",
    { ...OF_TASK, task: "5pziufisgdts.", ...BY_PERSON, approval: "9f2c" },
  ],
  "approval.void": [
    "tasks",
    "5pziufisgdts.",
    { ...OF_TASK, approval: APPROVAL, changed: ["session_policies"], bundle: BUNDLE },
  ],
  "consent.given": [
    "tasks",
    "7pziufisgdts.",
    {
      ...OF_TASK,
      by: "staff|pat",
      on_behalf_of: "staff|pat",
      consent: "9f2c",
      purpose: "summarise my reports",
      details: DETAILS,
      expires_at: 1_798_369_500,
      step_up: {
        act_sha256: "aGFzaA",
        vote_sha256: "dm90ZQ",
        nonce: "bm9uY2U",
        created_at: 1_795_776_500,
        cast_at: 1_795_776_550,
        signed_in_at: 1_795_776_550,
        keys: [],
      },
    },
  ],
  "consent.withdrawn": [
    "tasks",
    "6pziufisgdts.",
    { ...OF_TASK, by: "staff|alice", on_behalf_of: "staff|pat", consent: "9f2c" },
  ],
  "threat_model.accepted": [
    "tasks",
    "9pziufisgdts.",
    {
      agent: "reporter",
      by: "staff|kim",
      acceptance: "9f2c",
      bundle: BUNDLE,
      model: { reach: { "team:data": "d".repeat(64) }, connectors: {}, registration: "e".repeat(64) },
    },
  ],
  "agent.registered": [
    "agents",
    "ci-deployer",
    { ...BY_PERSON, owner: "staff|ann", team: "web", labels: [], bundle: BUNDLE },
  ],
  "agent.suspended": ["agents", "ci-deployer", { ...BY_PERSON, owner: "staff|ann", reason: "unconfirmed" }],
  "agent.resumed": ["agents", "ci-deployer", BY_PERSON],
  "agent.changed": [
    "agents",
    "ci-deployer",
    { ...BY_PERSON, name: "Deployer", owner: "staff|ann", limits: { live: 5 } },
  ],
  "agent.confirmed": ["agents", "ci-deployer", { ...BY_PERSON, owner: "staff|ann" }],
  "agent.unconfirmed_warning": ["agents", "ci-deployer", { by: "recertification", owner: "staff|ann", days: 14 }],
  "agent.offboarding": ["agents", "ci-deployer", { by: "event:e-1", owner: "staff|ann" }],
  "agent.unbound": ["agents", "ci-deployer", { ...BY_PERSON, bindings: [{ issuer: "github", claims: {} }] }],
  "agent.tasks_listed": ["agents", "ci-deployer", { ...BY_PERSON, live: 0, tasks: [] }],
  "agent.offboarded": ["agents", "ci-deployer", { ...BY_PERSON, report_sha256: "00", tasks: { revoked: 3 } }],
  "person.votes_void": ["tasks", "dpziufisgdts.", { ...BY_PERSON, person: "staff|pat", dead_until: 1_795_776_600 }],
  "person.tasks_ended": [
    "tasks",
    "cpziufisgdts.",
    { ...BY_PERSON, person: "staff|pat", dead_until: 1_795_776_600, reason: "left the company" },
  ],
  "role.policy_written": [
    "roles",
    "111122223333/valetkey-task-0",
    {
      account: "111122223333",
      role: "valetkey-task-0",
      form: "cut",
      snapshot_at_ms: 1_795_777_400_120,
      policy_sha256: "c2hh",
      put: true,
      started_before: 1_795_777_385,
      endings: ["5pziufisgdts."],
    },
  ],
  "rights.counted": [
    "uses",
    "2026-11-27T11:00:00Z",
    { hour: 1_795_777_200, tasks: 12, granted: 40, unused: 9, not_seen: 3 },
  ],
  "panic.declared": ["deployment", "*", { ...BY_PERSON, reason: "a key leaked" }],
  "panic.lifted": ["deployment", "*", { ...BY_PERSON, reason: "a key leaked" }],
  "account.halted": ["tasks", "5pziufisgdts.", { ...BY_PERSON, account: "111122223333", reason: "a key nobody knows" }],
  "account.lifted": [
    "tasks",
    "5pziufisgdts.",
    { ...BY_PERSON, account: "111122223333", halted_at: 1_795_777_500, halted_by: "escalation:E3:fK2w" },
  ],
  "condition.tightened": [
    "tasks",
    "5pziufisgdts.",
    { ...BY_PERSON, condition: "change-freeze", scope: "hub", until: 1_795_800_000, reason: "the quarter ends" },
  ],
  "condition.loosened": [
    "tasks",
    "5pziufisgdts.",
    { ...BY_PERSON, condition: "change-freeze", scope: "hub", reason: "the quarter ended" },
  ],
  "issuer.key_seen": [
    "deployment",
    "staff dGhlIGtleQ 2026-11-27T13:00:00.000Z",
    {
      issuer: "staff",
      iss: "https://login.acme.example",
      aud: "valetkey-approvals",
      person: "sub",
      freshness: "auth_time",
      kid: "k1",
      kty: "EC",
      crv: "P-256",
      x: "eA",
      y: "eQ",
    },
  ],
  "table.restored": ["deployment", "restore 2026-11-27T13:00:00.000Z", {}],
  "secret.rotation_asked": ["secrets", "db/orders", BY_PERSON],
  "secret.rotated": ["secrets", "db/orders", { by: "use" }],
  "secret.rotation_declined": ["secrets", "db/orders", { by: "request" }],
  "operation.refused": [
    "tasks",
    "9pziufisgdts.",
    {
      operator: "staff|bob",
      route: "POST /v1/agents/{agent}/suspend",
      about: { agent: "demo" },
      code: "operator_denied",
      source_ip: "198.51.100.7",
      request: "r-3",
    },
  ],
  "event.taken": ["tasks", "apziufisgdts.", { ...BUS, task: "5pziufisgdts.", reason: "the pipeline has finished" }],
  "escalation.detected": [
    "tasks",
    "bpziufisgdtt.",
    { rule: "E4", at: 1_795_776_600, account: "111122223333", task: "5pziufisgdts.", agent: "demo", done: "end_task" },
  ],
  "event.refused": ["tasks", "bpziufisgdts.", { ...BUS, task: "5pziufisgdts.", reason: "x", why: "late" }],
};

/** One event of each type. */
export const SAMPLES: readonly (ArchivedEvent & JournalEvent)[] = Object.entries(FACTS).map(
  ([type, [journal, of, facts]]) => ({
    journal,
    ...linkEvent(EMPTY_CHAIN, of, type as EventType, 1_795_776_600_123, facts),
  }),
);

/** Sample of a type. */
export function sampleOf(type: EventType): ArchivedEvent {
  const sample = SAMPLES.find((each) => each.type === type);
  if (!sample) throw new Error(`no sample of ${type}`);
  return sample;
}
