import type { ArchivedEvent } from "../../functions/core/archive/entry.ts";
import type { Fact } from "../../functions/core/journal/event.ts";
import { nameOf } from "./event-name.ts";
import { isFields, items } from "./fact-parts.ts";

/** Moment and event by which something holds. */
export interface Since {
  readonly at: string;
  readonly by?: string;
  readonly reason?: string;
  readonly event: string;
}

/** Status of an agent at a moment. `past_its_end`: its registration had ended, and nobody had suspended it yet. */
export type StatusThen = "active" | "suspended" | "past_its_end" | "offboarding" | "offboarded";

/** Agent as the log has it at a moment. A field is absent where the log does not have it. */
export interface AgentThen {
  readonly id: string;
  readonly status: StatusThen;
  /** Latest event by which it has this status. */
  readonly since: Since;
  readonly owner?: string;
  readonly team?: string;
  readonly labels?: readonly string[];
  readonly endsAt?: number;
  /** Number of identities that it was registered with; 0 after they were removed. */
  readonly bindings?: number;
  /** False where the log begins after its registration. */
  readonly isWhole: boolean;
}

/** State of a deployment at a moment, by the events up to that moment. */
export interface StateThen {
  readonly agents: readonly AgentThen[];
  /** Agents whose first event is later. */
  readonly later: readonly string[];
  readonly panic?: Since;
  /** Halted target accounts. */
  readonly halted: ReadonlyMap<string, Since>;
}

/** Computes the state at a moment, included. @param atMs epoch milliseconds. */
export function stateAt(events: readonly ArchivedEvent[], atMs: number): StateThen {
  const past = events.filter(({ at }) => at <= atMs).toSorted((a, b) => a.at - b.at || a.n - b.n);
  const known = new Map<string, AgentThen>();
  const halted = new Map<string, Since>();
  let panic: Since | undefined;
  for (const event of past) {
    const { journal, of, type, facts } = event;
    if (journal === "agents") known.set(of, agentAfter(known.get(of), event));
    if (journal === "deployment" && type === "panic.declared") panic = sinceOf(event);
    if (journal === "deployment" && type === "panic.lifted") panic = undefined;
    if (journal === "tasks" && type === "account.halted") halted.set(String(facts.account), sinceOf(event));
    if (journal === "tasks" && type === "account.lifted") halted.delete(String(facts.account));
  }
  const all = new Set(events.flatMap(({ journal, of }) => (journal === "agents" ? [of] : [])));
  return {
    agents: [...known.values()].map((agent) => pastItsEnd(agent, atMs)).toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    later: [...all].filter((id) => !known.has(id)).toSorted(),
    ...(panic ? { panic } : {}),
    halted,
  };
}

/** Statuses that an event gives. Every other event leaves the status as it is. */
const STATUS: Readonly<Record<string, StatusThen>> = {
  "agent.registered": "active",
  "agent.resumed": "active",
  "agent.suspended": "suspended",
  "agent.offboarding": "offboarding",
  "agent.offboarded": "offboarded",
};

function agentAfter(before: AgentThen | undefined, event: ArchivedEvent): AgentThen {
  const { of: id, type, facts } = event;
  const agent = before ?? { id, status: "active", since: sinceOf(event), isWhole: type === "agent.registered" };
  const status = STATUS[type];
  const { status: _, since, ...rest } = agent;
  const now = status === undefined || status === agent.status ? agent : { ...rest, status, since: sinceOf(event) };
  if (type === "agent.unbound") return { ...now, bindings: 0 };
  if (type !== "agent.registered" && type !== "agent.changed") return now;
  const { owner: _owner, team: _team, labels: _labels, endsAt: _end, ...without } = now;
  return {
    ...without,
    ...(typeof facts.owner === "string" ? { owner: facts.owner } : {}),
    ...(typeof facts.team === "string" ? { team: facts.team } : {}),
    ...(Array.isArray(facts.labels) ? { labels: items(facts.labels).map(String) } : {}),
    ...(typeof facts.ends_at === "number" ? { endsAt: facts.ends_at } : {}),
    ...(type === "agent.registered" ? { bindings: items(facts.bindings).filter(isFields).length } : {}),
  };
}

/** An agent past its end gets nothing, before anybody suspends it too. */
function pastItsEnd(agent: AgentThen, atMs: number): AgentThen {
  if (agent.status !== "active" || agent.endsAt === undefined || atMs < agent.endsAt * 1_000) return agent;
  const at = new Date(agent.endsAt * 1_000).toISOString();
  return { ...agent, status: "past_its_end", since: { at, event: agent.since.event } };
}

/** Makes the moment and the author of an event, by which something holds. */
export const sinceOf = (event: ArchivedEvent): Since => ({
  at: new Date(event.at).toISOString(),
  ...textIn("by", event.facts.by),
  ...textIn("reason", event.facts.reason),
  event: nameOf(event),
});

const textIn = (name: string, fact: Fact | undefined) => (typeof fact === "string" ? { [name]: fact } : {});

/** Event that names the hash of the policies by which it was decided. */
export interface Named {
  readonly hash: string;
  readonly at: string;
  readonly event: string;
}

/** Deployed policies around a moment, as the nearest events name them. */
export interface PoliciesThen {
  /** Last event up to the moment, included. */
  readonly before?: Named;
  /** First event after it. */
  readonly after?: Named;
}

/** Finds the hashes of the policies that were deployed around a moment. @param atMs epoch milliseconds. */
export function policiesAt(events: readonly ArchivedEvent[], atMs: number): PoliciesThen {
  const naming = events.filter(({ facts }) => typeof facts.bundle === "string").toSorted((a, b) => a.at - b.at);
  const [before, after] = [naming.findLast(({ at }) => at <= atMs), naming.find(({ at }) => at > atMs)];
  return { ...(before ? { before: named(before) } : {}), ...(after ? { after: named(after) } : {}) };
}

const named = (event: ArchivedEvent): Named => ({
  hash: String(event.facts.bundle),
  at: new Date(event.at).toISOString(),
  event: nameOf(event),
});
