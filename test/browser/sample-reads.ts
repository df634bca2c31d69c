import { readFileSync } from "node:fs";
import { agentId } from "../../contract/agent-id.ts";
import type { ShownAgent } from "../../contract/agents.ts";
import type { EscalationRow } from "../../contract/escalations.ts";
import type { Journal } from "../../contract/journal.ts";
import type { Offboarding } from "../../contract/offboarding.ts";
import type { Read } from "../../contract/operation.ts";
import type { Explanation, PolicyList, Reach } from "../../contract/policies.ts";
import { aConsent, anEscalation } from "./stub-operate.ts";

/** Three days and an hour from now. */
const SOON = new Date(Date.now() + 73 * 3_600_000).toISOString();

/** Text that must not take effect on any page: markup, a character that reverses text, and an escape of a terminal. */
export const HOSTILE = "<img src=x onerror=alert(1)> \u202eevil\u001b[2J";

const AGENT: Read<ShownAgent> = {
  id: "report-agent",
  name: "Nightly reports",
  owner: "staff|ann",
  team: "data",
  status: "active",
  labels: ["reader", "nightly"],
  created_at: "2026-11-01T08:00:00Z",
  last_used_on: "2026-11-27",
  confirm_by: "2027-01-30T08:00:00Z",
  bindings: [
    { issuer: "github", claims: { repository_id: "42", environment: "production" } },
    { issuer: "aws", claims: { sub: "arn:aws:iam::111122223333:role/reports" } },
  ],
  limits: { live_tasks: 100, task_seconds: 3600, tasks_per_minute: 60 },
};

const REACH: Reach = {
  agent: agentId("report-agent"),
  bundle: "5e2b1f0c9d7a",
  sha256: "0".repeat(64),
  permits: [
    {
      policy: "data-reads-reports",
      reach: [
        "s3:GetObject on AWS::Resource where resource.account in 111122223333 and resource.arn in arn:aws:s3:::acme-data/reports/*",
      ],
      needs: "",
      waits_for: [],
      details: [
        {
          type: "aws",
          account: "111122223333",
          actions: ["s3:GetObject"],
          resources: ["arn:aws:s3:::acme-data/reports/*"],
        },
      ],
    },
    {
      policy: "data-publishes",
      reach: ["s3:PutObject on AWS::Resource where resource.arn in arn:aws:s3:::acme-data/published/*"],
      needs: "2 votes of sre",
      waits_for: [{ group: "sre", count: 2 }],
    },
    {
      policy: "data-calls-tickets",
      reach: ["tool:Call on Tool where resource.name in search and resource.server in tickets"],
      needs: "",
      waits_for: [],
      details: [{ type: "tool", server: agentId("tickets"), tools: ["search"] }],
    },
    {
      policy: "data-uses-its-key",
      reach: ["secret:Read on Secret where resource.name in demo/api-key"],
      needs: "rotated after use",
      waits_for: [],
    },
  ],
  except: [
    { policy: "nobody-reads-pii", reach: ["every action on AWS::Resource where resource.arn in arn:aws:s3:::*pii*"] },
  ],
  uncounted: ["only-in-office-hours"],
};

const text = readFileSync(new URL("../../policies/demo.cedar", import.meta.url), "utf8");
/** Policies of the sample: some of one's own, a hostile one, and guards. */
const POLICIES: PolicyList = {
  bundle: "5e2b1f0c9d7a",
  policies: [
    { id: "data-reads-reports", effect: "permit", annotations: { description: "The nightly report." }, text },
    {
      id: "nobody-reads-pii",
      effect: "forbid",
      annotations: { mode: "shadow" },
      text: `// ${HOSTILE}\n@id("nobody-reads-pii")\n@mode("shadow")\nforbid (principal, action, resource is AWS::Resource)\nwhen { resource.arn like "arn:aws:s3:::*pii*" };`,
    },
    ...["guard-iam", "guard-keys", "guard-trail"].map((id) => ({
      id,
      effect: "forbid" as const,
      annotations: { description: "No agent does this, whatever a permit says." },
      text: `@id("${id}")\nforbid (principal is Agent, action, resource);`,
    })),
  ],
};

const EXPLANATION: Explanation = {
  agent: agentId("report-agent"),
  status: "suspended",
  bundle: "5e2b1f0c9d7a",
  at: "2026-11-27T12:00:00.000Z",
  answer: "allowed",
  terms: ["at most 900 s"],
  pairs: [
    {
      action: "s3:GetObject",
      target: "arn:aws:s3:::acme-data/reports/*",
      permitted: {
        permits: ["data-reads-reports"],
        forbids: ["nobody-reads-pii"],
        conditions: [{ StringEquals: { "s3:ExistingObjectTag/team": ["data"] } }],
        denies: [{ resources: ["arn:aws:s3:::acme-data/reports/*pii*"], conditions: {} }],
        terms: ["at most 900 s"],
      },
      shadows: [],
    },
    {
      action: "s3:GetObject",
      target: "arn:aws:s3:::acme-payroll/*",
      denial: {
        action: "s3:GetObject",
        target: "arn:aws:s3:::acme-payroll/*",
        reason: "No policy permits it.",
        hint: "Ask for less.",
      },
      closest: {
        policy: "data-reads-reports",
        missed: [
          {
            part: 'resource.arn like "arn:aws:s3:::acme-data/reports/*"',
            kind: "resource",
            holds: "no",
            has: { "resource.arn": "arn:aws:s3:::acme-payroll/*" },
          },
        ],
        held: ['principal in Team::"data"'],
      },
      shadows: ["forbid:nobody-reads-pii"],
    },
  ],
  sessions: [
    {
      lease: "aws-0",
      account: "111122223333",
      characters: 374,
      proof: "proven",
      lost: [],
      policy: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject"}]}',
    },
  ],
};

const fates = { revoked: 2, expired: 1, failed: 0, unknown: 0 };
const evidence = { of: "report-agent", event: 7, type: "agent.offboarding", hash: "c".repeat(43) };
const OFFBOARDING: Read<Offboarding> = {
  report: {
    format: "valetkey.offboarding/1",
    as_of: "2026-11-27T12:00:00Z",
    agent: {
      id: agentId("report-agent"),
      name: "Reports",
      owner: "staff|ann",
      team: "web",
      created_at: "2026-11-01T09:00:00Z",
    },
    complete: true,
    steps: [{ step: "agent.offboarding", at: "2026-11-27T11:00:00Z", by: "staff|ann", evidence }],
    bindings: [],
    tasks: [],
    left_out: { tasks: 0 },
    child_agents: [],
    secrets: { status: "rotated", entries: [] },
    totals: {
      tasks: fates,
      leases: fates,
      bindings: { ...fates, expired: 0 },
      secrets: { rotated: 1, pending_rotation: 0, not_rotated: 0 },
    },
  },
  sha256: "a".repeat(64),
  signed_off: { at: "2026-11-27T12:00:00Z", by: "check", evidence },
};

const at = Date.UTC(2026, 10, 27, 12);
const CHAINED = { previous: "b".repeat(43), hash: "c".repeat(43) };
const JOURNAL: Journal = {
  checkpoint: {
    origin: "valetkey.example.com/log",
    size: 48_213,
    root: "mZ0n1H3fVb8bqk2Yl8o1m3cQ5y2q8r1S0tUuVvWwXxY=",
    note: "valetkey.example.com/log\n48213\nmZ0n1H3fVb8bqk2Yl8o1m3cQ5y2q8r1S0tUuVvWwXxY=\n",
    bucket: "valetkey-archive-999900001111-eu-central-1",
    signed_at: "2026-11-27T12:01:00Z",
  },
  anchor: { state: "same", account: "444455556666", size: 48_120 },
  waits_seconds: 90,
  events: [
    {
      index: 48_212,
      event: {
        journal: "tasks",
        of: "k7f3m2q9x4ab.",
        n: 3,
        type: "task.ended",
        at,
        ...CHAINED,
        facts: { agent: agentId("report-agent"), by: "report-agent" },
      },
    },
    {
      index: 48_211,
      event: {
        journal: "tasks",
        of: "z9f3m2q9x4ab.",
        n: 1,
        type: "task.refused",
        at: at - 4_000,
        ...CHAINED,
        facts: { agent: agentId("report-agent"), code: "policy_denied", purpose: HOSTILE },
      },
    },
    {
      index: 48_210,
      event: {
        journal: "agents",
        of: "report-agent",
        n: 7,
        type: "agent.confirmed",
        at: at - 60_000,
        ...CHAINED,
        facts: { by: "staff|ann" },
      },
    },
  ],
  searched: { from: 40_000, to: 48_213, back_to: "2026-11-20T00:00:00Z" },
  before: 40_000,
};

const ESCALATIONS: readonly EscalationRow[] = [
  anEscalation({ agent: agentId("report-agent"), action: HOSTILE, resource: HOSTILE, wanted: "suspend_agent" }),
  {
    rule: "E8",
    says: "Policy refused an agent 20 requests within ten minutes.",
    agent: agentId("report-agent"),
    until: "2026-11-27T11:59:59.999Z",
    unlisted: true,
  },
  {
    rule: "E3",
    says: "A session of a task role has a key that nobody recorded.",
    account: "111122223333",
    at: "2026-11-27T11:00:00Z",
    found_at: "2026-11-27T11:04:00Z",
    session: HOSTILE,
    done: "halt_account",
    event: "e3f3m2q9x4ab.",
  },
];

/** Answers that give the pages of agents, policies and the log something to show. */
export const SAMPLE_READS: readonly (readonly [path: string, answer: unknown])[] = [
  [
    "/v1/agents",
    {
      agents: [
        AGENT,
        { ...AGENT, id: "site-deployer", name: HOSTILE, team: "web", owner: "staff|carol", status: "suspended" },
        { ...AGENT, id: "left-agent", status: "offboarded", name: "left-agent" },
      ],
    },
  ],
  ["/v1/overview", { agents: [{ id: "report-agent", live: 2 }] }],
  ["/v1/escalations", { escalations: ESCALATIONS }],
  ["/v1/agents/report-agent", AGENT],
  [
    "/v1/agents/left-agent",
    {
      ...AGENT,
      id: "left-agent",
      status: "offboarded",
      halted: { at: "2026-11-27T11:00:00Z", by: "staff|ann", reason: HOSTILE },
    },
  ],
  ["/v1/agents/report-agent/reach", REACH],
  ["/v1/agents/left-agent/reach", { ...REACH, permits: [], except: [], uncounted: [] }],
  ["/v1/agents/left-agent/offboarding", OFFBOARDING],
  [
    "/v1/tasks",
    {
      tasks: [
        {
          id: "k7f3m2q9x4ab.",
          purpose: HOSTILE,
          opened_at: "2026-11-27T11:55:00Z",
          expires_at: "2026-11-27T12:10:00Z",
        },
      ],
    },
  ],
  [
    "/v1/secrets",
    {
      secrets: [
        {
          id: "demo~api-key",
          name: "demo/api-key",
          status: "pending_rotation",
          rotation: { kind: "generated" },
          exposure: { agents: ["report-agent"] },
        },
      ],
    },
  ],
  [
    "/v1/consents",
    {
      consents: [
        aConsent({ agent: agentId("report-agent"), expires_at: SOON, last_used_at: "2026-11-27T11:55:00Z" }),
        aConsent({ id: "f".repeat(32), agent: agentId("site-deployer"), purpose: HOSTILE }),
      ],
    },
  ],
  ["/v1/policies", POLICIES],
  ["/v1/policies/explain", EXPLANATION],
  ["/v1/journal", JOURNAL],
];
