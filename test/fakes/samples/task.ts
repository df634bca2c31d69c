import { randomBytes, randomUUID } from "node:crypto";
import { agentId } from "../../../contract/agent-id.ts";
import { accountId } from "../../../functions/core/deployment/account-id.ts";
import { EMPTY_CHAIN, headOf, type JournalEvent, linkEvent } from "../../../functions/core/journal/event.ts";
import type { RoleRef } from "../../../functions/core/revocation/roles.ts";
import { rootPath } from "../../../functions/core/task-path.ts";
import type { SessionLease, Task } from "../../../functions/core/tasks/task.ts";
import type { Idempotency, TokenUse } from "../../../functions/core/tasks/tasks.ts";

/** Start of the tests; epoch seconds. */
export const NOW = Math.floor(Date.now() / 1_000);
export const ROLE: RoleRef = { account: accountId("111122223333"), role: "valetkey-task-0" };

export const aLease = (index: number, changed: Partial<SessionLease> = {}): SessionLease => ({
  ...ROLE,
  name: `aws-${index}`,
  detail: index,
  state: "issuing",
  event: 1,
  startedAt: NOW,
  fenceAt: NOW + 900,
  ...changed,
});

/** Changes of a sample task, whose agent is named by a text. */
export type TaskChange = Partial<Omit<Task, "agent">> & { readonly agent?: string };

/** Makes a task that is about to be opened, with the event of its opening. */
export function aTask({ agent, ...changed }: TaskChange = {}): { readonly task: Task; readonly event: JournalEvent } {
  const path = changed.path ?? rootPath(randomBytes(32));
  const event = linkEvent(EMPTY_CHAIN, path, "task.opened", NOW * 1_000, { agent: "demo", leases: [] });
  const task: Task = {
    path,
    agent: agentId(agent ?? `agent-${path.slice(0, 12)}`),
    subject: "robots|agent:demo",
    facts: { claims: { ref: "main" } },
    purpose: "a report",
    details: [{ type: "tool", server: agentId("tickets"), tools: ["search"] }],
    leases: [aLease(0)],
    status: "active",
    openedAt: NOW,
    expiresAt: NOW + 3_600,
    tokens: [{ hash: "hash-0" }],
    presentations: [],
    delegations: [],
    chain: headOf(event),
    seal: "seal",
    ...changed,
  };
  return { task, event };
}

/** Makes the first use of a token. */
export const aUse = (changed: Partial<TokenUse> = {}): TokenUse => ({
  issuer: "robots",
  id: randomUUID(),
  cap: 1,
  expiresAt: NOW + 300,
  ...changed,
});

export const aKey = (task: Task, changed: Partial<Idempotency> = {}): Idempotency => ({
  agent: task.agent,
  subject: task.subject,
  key: "run-1",
  requestHash: "hash",
  ...changed,
});

/** Makes the next event of the task's chain. */
export const eventOn = (task: Task, type: JournalEvent["type"] = "lease.renewed"): JournalEvent =>
  linkEvent(task.chain, task.path, type, NOW * 1_000, { agent: task.agent });

export const ENDING = {
  status: "completed",
  endedAt: NOW + 5,
  outcome: { result: "success", detail: "done" },
} as const;
