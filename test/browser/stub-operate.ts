import { createHash } from "node:crypto";
import type { Consent } from "../../console/consents/in-words.ts";
import { agentId } from "../../contract/agent-id.ts";
import type { Condition } from "../../contract/conditions.ts";
import type { EscalationRow, FoundEscalation } from "../../contract/escalations.ts";
import type { Read } from "../../contract/operation.ts";
import type { Overview } from "../../contract/overview.ts";
import type { PanicState } from "../../contract/panic.ts";
import type { Receipt } from "../../contract/receipts.ts";
import type { ShownTask, TaskEvent } from "../../contract/tasks.ts";

type VendedLease = NonNullable<Read<TaskEvent>["leases"]>[number];

/** Operators' routes about tasks, as the console sees them, in memory. */
export interface StubOperate {
  tasks: Read<ShownTask>[];
  panic: PanicState;
  halted: Overview["halted_accounts"];
  /** Agents and target accounts that a form offers. */
  agents: readonly { readonly id: string; readonly name: string }[];
  accounts: readonly { readonly account: string; readonly name?: string; readonly retired?: true }[];
  /** Live consents of the person who is signed in. */
  consents: Consent[];
  escalations: readonly EscalationRow[];
  /** Requests that wait for the group sre. */
  waiting: number;
  conditions: readonly Condition[];
  /** Events of trees, beside the openings, requests and endings of their tasks. */
  events: readonly Read<TaskEvent>[];
  /** Lease of each task, with the hash of the policy that AWS got. */
  vended: VendedLease;
  /** Milliseconds after which the key of an ended task is denied. */
  deniedAfterMs: number;
  /** Times at which tasks were ended, by id; epoch milliseconds. */
  readonly endedAt: Map<string, number>;
}

/** Tasks on one page, as the hub has them. */
const PAGE = 50;
const PAGE_OF_ESCALATIONS = 3;

export const stubOperate = (): StubOperate => ({
  tasks: [],
  agents: [],
  accounts: [],
  consents: [],
  panic: { halted: false },
  halted: [],
  escalations: [],
  waiting: 0,
  conditions: [],
  events: [],
  deniedAfterMs: 0,
  endedAt: new Map(),
  vended: VENDED,
});

/** Answers a request about tasks; undefined for a route of another kind. */
export function operateAnswer(
  stub: StubOperate,
  method: string,
  { pathname, searchParams }: URL,
  body: string,
): readonly [status: number, body: unknown] | undefined {
  const alive = stub.tasks.filter(({ status }) => status === "active" || status === "pending_approval");
  if (pathname === "/v1/overview") return [200, overviewOf(stub, alive)];
  if (pathname === "/v1/conditions") return [200, { conditions: stub.conditions }];
  if (pathname === "/v1/escalations") return [200, escalationsOf(stub, searchParams)];
  if (pathname === "/v1/journal" && searchParams.get("counts") === "hours")
    return [200, countsFrom(searchParams.get("since") ?? "")];
  if (pathname === "/v1/panic") {
    if (method === "POST") stub.panic = declared((JSON.parse(body) as { reason: string }).reason);
    return [200, stub.panic];
  }
  if (pathname === "/v1/agents" && method === "GET") return [200, { agents: stub.agents }];
  if (pathname.endsWith("/reach")) return [200, { permits: [], except: [], uncounted: [] }];
  if (pathname === "/v1/accounts") return [200, { accounts: stub.accounts }];
  if (pathname === "/v1/consents" && method === "GET") return [200, { consents: stub.consents }];
  const [, consent] = /^\/v1\/consents\/(\w+)\/withdraw$/.exec(pathname) ?? [];
  if (consent !== undefined) return [200, withdrawn(stub, consent)];
  if (pathname === "/v1/policies/explain") return [200, EXPLANATION];
  if (pathname === "/v1/policies") return [200, POLICIES];
  if (pathname === "/v1/tasks") return [200, listed(stub, alive, searchParams)];
  const [, id = "", what] = /^\/v1\/tasks\/([\w.]+)\/(end|receipt|ledger)$/.exec(pathname) ?? [];
  const task = stub.tasks.find((each) => each.id === id);
  if (what === undefined || !task) return undefined;
  if (what === "ledger") return [200, LEDGER];
  if (what === "receipt") return [200, receiptOf(stub, task)];
  return [200, { ...task, ...endedNow(stub, id) }];
}

/** Counts of a sample day, as the log has them. */
const countsFrom = (since: string) => ({
  events: [],
  searched: { from: 0, to: 812 },
  counts: {
    hours: Array.from({ length: 24 }, (_, nth) => ({
      from: new Date(Date.parse(since) + nth * 3_600_000).toISOString(),
      opened: KEYS_BY_HOUR[nth] ?? 0,
      keys: (KEYS_BY_HOUR[nth] ?? 0) + (nth % 3),
      denied: nth % 7 === 5 ? nth % 4 : 0,
      ended: 9,
      // The last two hours are not counted yet.
      ...(nth < 22 ? { rights: { tasks: 8, granted: 8, unused: 2, not_seen: 1 } } : {}),
    })),
    dead: { median_ms: 412, slowest_ms: 1_840, measured: 96 },
  },
});

const KEYS_BY_HOUR = [2, 0, 0, 1, 0, 3, 8, 14, 22, 19, 17, 11, 16, 21, 18, 9, 6, 4, 3, 1, 0, 2, 5, 7];

/** Ends a task with all tasks below it. @returns their outcome. */
function endedNow(stub: StubOperate, id: string) {
  stub.endedAt.set(id, Date.now());
  const ended = { status: "revoked", ended_at: new Date().toISOString(), ended_by: "staff|alice" };
  stub.tasks = stub.tasks.map((each) =>
    each.id.startsWith(id) && each.status === "active" ? { ...each, ...ended } : each,
  );
  return ended;
}

/** Withdraws a consent, and ends every task of its agent. */
function withdrawn(stub: StubOperate, id: string) {
  const consent = stub.consents.find((each) => each.id === id);
  const ended = stub.tasks.filter(({ agent }) => agent === consent?.agent).map((task) => task.id);
  for (const task of ended) endedNow(stub, task);
  stub.consents = stub.consents.filter((each) => each !== consent);
  return { ...consent, status: "ended", ended_tasks: ended.length, ended };
}

const declared = (reason: string): PanicState => ({
  halted: true,
  reason,
  declared_at: new Date().toISOString(),
  declared_by: "staff|alice",
});

function overviewOf({ panic, halted, escalations, waiting }: StubOperate, alive: readonly Read<ShownTask>[]): Overview {
  const byAgent = Map.groupBy(alive, ({ agent }) => agentId(agent));
  return {
    live: alive.length,
    agents: [...byAgent].map(([id, tasks]) => ({ id, name: id, team: "tools", status: "active", live: tasks.length })),
    approvals: [{ group: "sre", waiting }],
    escalations: { found: escalations.length, more: escalations.some((each) => "unlisted" in each) },
    panic,
    halted_accounts: halted,
  };
}

/** Lists a page of escalations. */
function escalationsOf({ escalations }: StubOperate, query: URLSearchParams) {
  const [agent, tree] = [query.get("agent"), query.get("tree")];
  const held = escalations.filter(
    (each) => (agent === null || each.agent === agent) && (tree === null || ("task" in each && each.task === tree)),
  );
  const from = Number(query.get("after") ?? 0);
  const more = held.length > from + PAGE_OF_ESCALATIONS ? { next: String(from + PAGE_OF_ESCALATIONS) } : {};
  return { escalations: held.slice(from, from + PAGE_OF_ESCALATIONS), ...more };
}

function listed({ tasks, vended, events }: StubOperate, alive: readonly Read<ShownTask>[], query: URLSearchParams) {
  const within = query.get("tree");
  if (within !== null)
    return treeOf(
      tasks.filter(({ id }) => id.startsWith(`${within.split(".")[0]}.`)),
      vended,
      events,
    );
  const agent = query.get("agent");
  if (agent !== null) return { tasks: alive.filter((each) => each.agent === agent) };
  const marked = alive
    .map((task) => ({ task, mark: `${task.agent}/${task.id}` }))
    .sort((a, b) => (a.mark < b.mark ? -1 : 1));
  const rest = marked.filter(({ mark }) => mark > (query.get("after") ?? ""));
  const page = rest.slice(0, PAGE);
  return { tasks: page.map(({ task }) => task), ...(rest.length > PAGE ? { next: page.at(-1)?.mark } : {}) };
}

/** Tree with the events of its tasks: each task's opening at its time, and its ending where it has ended. */
const treeOf = (tasks: readonly Read<ShownTask>[], vended: VendedLease, events: readonly Read<TaskEvent>[]) => ({
  tasks: tasks.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
  events: tasks.flatMap(({ id, opened_at, ended_at, approval }) => [
    ...events.filter(({ task }) => task === id),
    { task: id, n: 1, type: "task.opened", at: opened_at, leases: [vended] },
    ...(approval === undefined ? [] : [{ task: id, n: 2, type: "approval.asked", at: opened_at }]),
    ...(ended_at === undefined ? [] : [{ task: id, n: 2, type: "task.ended", at: ended_at, by: "staff|alice" }]),
  ]),
  hidden: 0,
});

const LEDGER = {
  rows: [
    { action: "s3:PutObject", resource: "arn:aws:s3:::acme-site/live/*", used: 12, denied: 0, granted: true },
    { action: "s3:DeleteObject", resource: "arn:aws:s3:::acme-site/live/*", used: 0, denied: 0, granted: true },
    { action: "s3:ListAllMyBuckets", resource: "*", used: 0, denied: 3, granted: false, error: "AccessDenied" },
  ].map((row) => ({ asked: row.granted, ...row, visibility: "data_event_selected" })),
};

const BUCKET = "arn:aws:s3:::acme-site/live/*";
const EXPLANATION = {
  bundle: "b",
  answer: "allowed",
  pairs: [
    { action: "s3:PutObject", target: BUCKET, permitted: { permits: ["web-deploys"], forbids: ["freeze"] } },
    { action: "s3:DeleteObject", target: BUCKET, permitted: { permits: ["web-cleans"], forbids: [] } },
  ],
  sessions: [
    {
      lease: "aws-0",
      account: "111122223333",
      proof: "proven",
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          { Effect: "Allow", Action: "s3:PutObject", Resource: BUCKET },
          { Effect: "Allow", Action: "s3:DeleteObject", Resource: BUCKET },
          {
            Effect: "Deny",
            Action: "*",
            Resource: "*",
            Condition: { DateGreaterThanEquals: { "aws:CurrentTime": "2026-11-27T12:15:00Z" } },
          },
        ],
      }),
    },
  ],
};
/** Lease of which AWS got the text of `EXPLANATION`, with another end. */
const VENDED: VendedLease = (() => {
  const { lease = "", policy = "" } = EXPLANATION.sessions[0] ?? {};
  const text = policy.replace("2026-11-27T12:15:00Z", "2026-11-27T11:45:00Z");
  const fence_at = Date.parse("2026-11-27T11:45:00Z") / 1_000;
  return { name: lease, fence_at, policy_sha256: createHash("sha256").update(text).digest("base64url") };
})();
const POLICIES = {
  policies: ["web-deploys", "web-cleans", "freeze"].map((id) => ({
    id,
    effect: id === "freeze" ? "forbid" : "permit",
    text: `@id("${id}")\npermit (principal in Team::"web", action, resource);`,
  })),
};

function receiptOf({ endedAt, deniedAfterMs }: StubOperate, { id, agent, status }: Read<ShownTask>): Read<Receipt> {
  const at = endedAt.get(id);
  if (at === undefined) return { task: id, agent, status, leases: [], complete: false };
  const isDenied = Date.now() - at >= deniedAfterMs;
  const base = {
    name: "aws-0",
    type: "aws",
    account: "111122223333",
    role: "valetkey-task",
    fence_at: new Date(at + 900_000).toISOString(),
    status: isDenied ? "written" : "pending",
  };
  const denied = { denied_at: new Date(at + 412).toISOString(), milliseconds: 412, status: "denied" };
  const lease = isDenied
    ? { ...base, milliseconds: 180, policy_written_at: new Date(at + 180).toISOString(), observed: denied }
    : base;
  return {
    task: id,
    agent,
    status,
    ended_at: new Date(at).toISOString(),
    by: "staff|alice",
    leases: [lease],
    complete: isDenied,
  };
}

const GRANTS = [
  { type: "aws", account: "111122223333", actions: ["s3:PutObject", "s3:DeleteObject"], resources: [BUCKET] },
];

/** A live task as the API answers it. */
export const aTask = (changes: Partial<Read<ShownTask>> = {}): Read<ShownTask> => ({
  id: "k7f3m2q9x4ab.",
  agent: agentId("site-deployer"),
  purpose: "Deploy the new landing page",
  status: "active",
  opened_at: new Date(Date.now() - 60_000).toISOString(),
  expires_at: new Date(Date.now() + 840_000).toISOString(),
  authorization_details: GRANTS,
  leases: [
    {
      name: "aws-0",
      type: "aws",
      state: "issued",
      account: "111122223333",
      role: "valetkey-task",
      details: [0],
      fence_at: new Date(Date.now() + 840_000).toISOString(),
      access_key_id: "ASIAQNZGKIQY56JQ7WML",
    },
  ],
  ...changes,
});

/** A live consent as the API answers it. */
export const aConsent = (changes: Partial<Consent> = {}): Consent => ({
  id: "0123456789abcdef0123456789abcdef",
  status: "live",
  person: "staff|person:erin",
  agent: agentId("site-deployer"),
  purpose: "summarise my reports",
  authorization_details: GRANTS,
  created_at: "2026-11-20T08:00:00Z",
  expires_at: new Date(Date.now() + 9.5 * 86_400_000).toISOString(),
  hash: "A".repeat(43),
  record: {
    ...{ version: 1, hub: "https://valetkey.example", nonce: "A".repeat(22), created_at: 1_795_776_600 },
    act: { method: "POST", path: "/v1/consents", body: {} },
  },
  ...changes,
});

/** Makes this many live tasks of several agents. */
export const manyTasks = (count: number): Read<ShownTask>[] =>
  Array.from({ length: count }, (_, nth) =>
    aTask({
      id: `${nth.toString(36).padStart(12, "0")}.`,
      agent: agentId(`agent-${String(nth % 40).padStart(2, "0")}`),
      purpose: `Work number ${nth}`,
    }),
  );

/** An escalation as the API answers it, found a minute ago. */
export const anEscalation = (changes: Partial<FoundEscalation> = {}): FoundEscalation => ({
  rule: "E4",
  says: "AWS denied a write to permissions, or five different writes beyond the grant within five minutes.",
  agent: agentId("site-deployer"),
  task: "k7f3m2q9x4ab.",
  account: "111122223333",
  action: "iam:CreateUser",
  resource: "*",
  error: "AccessDenied",
  key_id: "ASIAQNZGKIQY56JQ7WML",
  source_ip: "203.0.113.9",
  event_id: "5f6c2c1e-0b3d-4a51-9f3e-2d7a53b1c001",
  event: "e4f3m2q9x4ab.",
  done: "end_task",
  at: new Date(Date.now() - 400_000).toISOString(),
  found_at: new Date(Date.now() - 60_000).toISOString(),
  ...changes,
});

/** A condition of the world as the API answers it, which nothing has set. */
export const aCondition = (changes: Partial<Condition> = {}): Condition => ({
  condition: "change-freeze",
  kind: "restricts",
  scopes: ["hub", "account", "team", "agent"],
  longest_seconds: 1_209_600,
  holds: [],
  ...changes,
});

/** A place in which a condition holds, as the API answers it. */
export const aPlace = (scope: string, changes: Partial<Condition["holds"][number]> = {}) => ({
  scope,
  until: "2026-12-01T12:00:00Z",
  set_at: "2026-11-27T12:00:00Z",
  set_by: "staff|person:alice",
  reason: "the quarter ends",
  ...changes,
});
