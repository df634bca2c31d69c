import type { Deployment } from "../core/deployment.ts";
import type { Agent, AgentSummary, Binding } from "../core/identity/agent.ts";
import { type BoundAgent, overlap } from "../core/identity/bindings.ts";
import type { JournalEvent } from "../core/journal/event.ts";
import type { Agents } from "../core/ports.ts";
import { Refusal } from "../core/refusal.ts";
import type { TaskPath } from "../core/tasks/path.ts";
import { LIVE_MARGIN_SECONDS } from "../core/tasks/task.ts";
import { AGENT_LIST, keys, livePartition } from "./dynamo-keys.ts";
import type { DynamoTable, Write } from "./dynamo-table.ts";
import { TimedCache } from "./timed-cache.ts";

const CACHE_MS = 60_000;
const PAGE = 100;
/** How long a halted agent stays in the list that IAM's denials are made from: two days. */
const HALT_SECONDS = 2 * 86_400;

/** Each issuer's pin claim, by the issuer's name. */
export const pinsOf = ({ issuers }: Pick<Deployment, "issuers">): Readonly<Record<string, string>> =>
  Object.fromEntries(issuers.map(({ name, pin }) => [name, pin]));

/** Agents and their bindings in the one table. What is cached is at most 60 s old; whoever must be certain reads. */
export class DynamoAgents implements Agents {
  readonly #table: DynamoTable;
  readonly #pins: Readonly<Record<string, string>>;
  readonly #agents: TimedCache<Agent>;
  readonly #bindings: TimedCache<readonly BoundAgent[]>;
  readonly #nowMs: () => number;

  /** @param pins each issuer's pin claim, by the issuer's name. */
  constructor(table: DynamoTable, pins: Readonly<Record<string, string>>, nowMs: () => number) {
    this.#table = table;
    this.#pins = pins;
    this.#nowMs = nowMs;
    this.#agents = new TimedCache(CACHE_MS, 1_000, nowMs);
    this.#bindings = new TimedCache(CACHE_MS, 1_000, nowMs);
  }

  async boundTo(issuer: string, pinned: string): Promise<readonly BoundAgent[]> {
    const name = JSON.stringify([issuer, pinned]);
    const known = this.#bindings.find(name);
    if (known) return known;
    const { bound } = await this.#readBound(issuer, pinned);
    // "Nobody" is not kept: a newly registered agent must not have to wait.
    if (bound.length > 0) this.#bindings.keep(name, bound);
    return bound;
  }

  async find(id: string): Promise<Agent | undefined> {
    return this.#agents.find(id) ?? (await this.read(id));
  }

  async read(id: string): Promise<Agent | undefined> {
    if (id === "") return undefined;
    const item = await this.#table.get(keys.agent(id));
    if (!item) return undefined;
    const { pk: _pk, sk: _sk, ...agent } = item;
    this.#agents.keep(id, agent as unknown as Agent);
    return agent as unknown as Agent;
  }

  async list(after: string | undefined): Promise<{ readonly agents: readonly AgentSummary[]; readonly next?: string }> {
    const items = await this.#table.page(AGENT_LIST, after, PAGE);
    const agents = items.map(({ pk: _pk, sk: _sk, ...summary }) => summary as unknown as AgentSummary);
    const last = agents.at(-1);
    return { agents, ...(last && agents.length === PAGE ? { next: last.id } : {}) };
  }

  async register(agent: Agent, event: JournalEvent): Promise<void> {
    const failed = await this.#table.transact([
      this.#table.put("agent", keys.agent(agent.id), { ...agent }, "absent"),
      this.#table.put("entry", keys.agentEntry(agent.id), summaryOf(agent), "whatever"),
      this.#eventWrite(agent, event),
      ...(await this.#bindingWrites(agent)),
    ]);
    if (failed.includes("agent")) throw new Refusal("agent_exists");
    // Somebody bound another agent to the same value meanwhile: look again.
    if (failed.length > 0) throw new Refusal("contended", { why: failed.join(" "), retryAfterSeconds: 1 });
  }

  async change(agent: Agent, event: JournalEvent, halt?: "placed" | "lifted"): Promise<void> {
    const failed = await this.#table.transact([
      this.#table.change("agent", keys.agent(agent.id), {
        set: `SET #status = :status, #chain = :chain ${agent.halted ? ", #halted = :halted" : "REMOVE #halted"}`,
        where: "#chain.#n = :n",
        names: { status: "status", chain: "chain", n: "n", halted: "halted" },
        values: { status: agent.status, chain: agent.chain, n: event.n - 1, halted: agent.halted },
      }),
      this.#table.put("entry", keys.agentEntry(agent.id), summaryOf(agent), "whatever"),
      this.#eventWrite(agent, event),
      ...(halt === undefined ? [] : [this.#haltWrite(agent, halt)]),
    ]);
    if (failed.length > 0) throw new Refusal("contended", { why: failed.join(" "), retryAfterSeconds: 1 });
    this.#agents.keep(agent.id, agent);
  }

  async liveTasks(id: string): Promise<readonly TaskPath[]> {
    const items = await this.#table.query(livePartition(id), "TASK#");
    const since = this.#nowMs() / 1_000 - LIVE_MARGIN_SECONDS;
    return items
      .filter(({ expiresAt }) => Number(expiresAt) > since)
      .map(({ sk }) => String(sk).slice("TASK#".length) as TaskPath);
  }

  /** One item for each value of the issuer's pin holds every agent bound to it, under a version: two overlapping registrations cannot both pass. */
  async #bindingWrites(agent: Agent): Promise<readonly Write[]> {
    const byPin = new Map<string, Binding[]>();
    for (const binding of agent.bindings) {
      const pinned = binding.claims[this.#pins[binding.issuer] ?? ""] ?? "";
      const name = JSON.stringify([binding.issuer, pinned]);
      byPin.set(name, [...(byPin.get(name) ?? []), binding]);
    }
    return Promise.all(
      [...byPin].map(async ([name, bindings], index) => {
        const [issuer, pinned] = JSON.parse(name) as [string, string];
        const { bound, version } = await this.#readBound(issuer, pinned);
        // Its own id's are a registration before this one: of that, `agent_exists` tells.
        const others = bound.filter((other) => other.agent !== agent.id);
        const clash = others.some((other) => bindings.some((binding) => overlap(other.claims, binding.claims)));
        if (clash) throw new Refusal("binding_overlaps");
        const added = bindings.map(({ claims }) => ({ agent: agent.id, claims }));
        return this.#table.change(`binding-${index}`, keys.binding(issuer, pinned), {
          set: "SET #bound = :bound, #version = :next",
          where: "attribute_not_exists(#version) OR #version = :version",
          names: { bound: "bound", version: "version" },
          values: { bound: [...bound, ...added], version, next: version + 1 },
        });
      }),
    );
  }

  async #readBound(
    issuer: string,
    pinned: string,
  ): Promise<{ readonly bound: readonly BoundAgent[]; readonly version: number }> {
    const item = await this.#table.get(keys.binding(issuer, pinned));
    return { bound: (item?.bound as readonly BoundAgent[] | undefined) ?? [], version: Number(item?.version ?? 0) };
  }

  /** Kept for longer than any session can live, and then not needed any more. */
  #haltWrite({ id, halted }: Agent, halt: "placed" | "lifted"): Write {
    if (halt === "lifted" || !halted) return this.#table.remove("halt", keys.halt(id));
    const { at, by } = halted;
    return this.#table.put("halt", keys.halt(id), { at, by, ttl: at + HALT_SECONDS }, "whatever");
  }

  #eventWrite(agent: Agent, event: JournalEvent): Write {
    return this.#table.put("event", keys.agentEvent(agent.id, event.n), { ...event, kind: "EVENT" }, "absent");
  }
}

const summaryOf = ({ id, name, owner, team, status, endsAt }: Agent): Record<string, unknown> => ({
  id,
  name,
  owner,
  team,
  status,
  endsAt,
});
