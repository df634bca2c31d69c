import { type AgentId, isAgentId } from "../../../../contract/agent-id.ts";
import {
  type Agent,
  type AgentSummary,
  agentOf,
  type Binding,
  type KnownAgent,
  summaryOf,
} from "../../../core/identity/agent.ts";
import type { Agents, AlsoChanged, Checkpoint, HeldBinding, LivingTask } from "../../../core/identity/agents.ts";
import { type BoundAgent, clashing } from "../../../core/identity/bindings.ts";
import type { SignIn } from "../../../core/identity/sign-in.ts";
import type { JournalEvent } from "../../../core/journal/event.ts";
import { Refusal } from "../../../core/refusal.ts";
import { isTaskPath, type TaskPath } from "../../../core/task-path.ts";
import { LIVE_MARGIN_SECONDS } from "../../../core/tasks/task.ts";
import { TimedCache } from "../../memory/timed-cache.ts";
import { agentRecordOf, recordOf } from "../table/dynamo-item.ts";
import {
  AGENT_LIST,
  agentJournal,
  agentPartition,
  inOrder,
  keys,
  livePartition,
  OFFBOARDING_LIST,
} from "../table/dynamo-keys.ts";
import type { DynamoTable, Write } from "../table/dynamo-table.ts";
import { activated, changed, registered, registrationIn, withdrawn } from "./registration-item.ts";
import { actWrites, signInRefusal } from "./sign-in-items.ts";

const CACHE_MS = 60_000;
/** Time for which a list of the index may still lead to an agent; milliseconds. */
const OLD_MS = 900_000;
const PAGE = 100;
/** Time for which a halted agent stays in the list from which IAM's denials are made; seconds. Two days are longer than any session lives. */
const HALT_ENTRY_SECONDS = 2 * 86_400;
/** Characters of a report in one item. A character has three bytes at most, and an item holds 400 KB. */
const REPORT_PART = 100_000;
/** Condition that the agent is as it was read: its chain has no further event. */
const AS_READ = { where: "#chain.#n = :n", names: { chain: "chain", n: "n" } } as const;

/** Agents and their bindings in the one table. Cached values are at most 60 s old; a caller that needs certainty calls `read`. */
export class DynamoAgents implements Agents {
  readonly #table: DynamoTable;
  readonly #pins: Readonly<Record<string, string>>;
  readonly #agents: TimedCache<KnownAgent>;
  readonly #bindings: TimedCache<{ readonly bound: readonly BoundAgent[]; readonly readAtMs: number }>;
  /** Last day of use of an agent, as read with its list of live tasks. */
  readonly #usedOn: TimedCache<string>;
  readonly #nowMs: () => number;
  readonly #onRead: (id: AgentId) => void;

  /** @param pins each issuer's pin claim, by the issuer's name. @param onRead called as the read of an agent begins. */
  constructor(
    table: DynamoTable,
    pins: Readonly<Record<string, string>>,
    nowMs: () => number,
    onRead: (id: AgentId) => void = () => undefined,
  ) {
    this.#onRead = onRead;
    this.#table = table;
    this.#pins = pins;
    this.#nowMs = nowMs;
    this.#agents = new TimedCache(CACHE_MS, 1_000, nowMs);
    this.#bindings = new TimedCache(OLD_MS, 1_000, nowMs);
    this.#usedOn = new TimedCache(CACHE_MS, 1_000, nowMs);
  }

  async withBinding(
    issuer: string,
    pinned: string,
    leads?: (old: readonly BoundAgent[]) => Promise<boolean>,
  ): Promise<readonly BoundAgent[]> {
    const name = JSON.stringify([issuer, pinned]);
    const known = this.#bindings.find(name);
    if (known && (this.#nowMs() - known.readAtMs < CACHE_MS || (await leads?.(known.bound)))) return known.bound;
    const { bound } = await this.#readBound(issuer, pinned);
    // An empty list is not cached: a newly registered agent must not have to wait.
    if (bound.length > 0) this.#bindings.keep(name, { bound, readAtMs: this.#nowMs() });
    return bound;
  }

  async find(id: AgentId): Promise<KnownAgent | undefined> {
    return this.#agents.find(id) ?? (await this.read(id));
  }

  async read(id: AgentId): Promise<KnownAgent | undefined> {
    const agent = await this.#readKnown(id);
    if (agent) this.#agents.keep(id, agent);
    return agent;
  }

  /** Reads an active agent by one read. For any other agent, the record holds the reason why nothing is issued to it. */
  async #readKnown(id: AgentId): Promise<KnownAgent | undefined> {
    this.#onRead(id);
    const active = registrationIn(await this.#table.get(keys.active(id)));
    if (active) return { ...active, status: "active" };
    const item = await this.#table.get(keys.agent(id));
    if (!item) return undefined;
    const record = agentRecordOf<Agent>(item);
    return agentOf(record, undefined, record);
  }

  async record(id: AgentId): Promise<Agent | undefined> {
    const [item, active, registration] = await Promise.all([
      this.#table.get(keys.agent(id)),
      this.#table.get(keys.active(id)),
      this.#table.get(keys.registration(id)),
    ]);
    return item && agentOf(agentRecordOf<Agent>(item), registrationIn(active), registrationIn(registration));
  }

  async list(
    after: AgentId | undefined,
  ): Promise<{ readonly agents: readonly AgentSummary[]; readonly next?: AgentId }> {
    const items = await this.#table.page(AGENT_LIST, after, PAGE);
    const agents = items.map((item) => agentRecordOf<AgentSummary>(item));
    const last = agents.at(-1);
    return { agents, ...(last && agents.length === PAGE ? { next: last.id } : {}) };
  }

  async register(agent: Agent, event: JournalEvent, signIn?: SignIn): Promise<void> {
    const failed = await this.#table.transact([
      this.#table.putWrite("agent", keys.agent(agent.id), { ...agent }, "absent"),
      this.#table.putWrite("entry", keys.agentEntry(agent.id), { ...summaryOf(agent) }, "whatever"),
      this.#eventWrite(agent, event),
      ...registered(this.#table, agent),
      ...(await this.#bindingWrites(agent)),
      ...actWrites(this.#table, signIn),
    ]);
    if (failed.includes("agent")) throw new Refusal("agent_exists");
    // Another agent may have been bound to the same value meanwhile, so the caller retries.
    if (failed.length > 0) throw signInRefusal(failed);
  }

  async held({ id, bindings }: Pick<Agent, "id" | "bindings">): Promise<readonly HeldBinding[]> {
    const held: HeldBinding[] = [];
    for (const { issuer, pinned, bindings: grouped } of this.#byPin(bindings)) {
      const { bound } = await this.#readBound(issuer, pinned);
      for (const binding of grouped)
        for (const { agent: by } of clashing(bound, id, [binding]))
          if (await this.#isRegistered(by)) held.push({ binding: bindings.indexOf(binding), by });
    }
    return held;
  }

  async change(agent: Agent, event: JournalEvent, also: AlsoChanged = {}): Promise<void> {
    const failed = await this.#table.transact([
      this.#table.putWrite("agent", keys.agent(agent.id), { ...agent }, { ...AS_READ, values: { n: event.n - 1 } }),
      this.#table.putWrite("entry", keys.agentEntry(agent.id), { ...summaryOf(agent) }, "whatever"),
      this.#eventWrite(agent, event),
      ...this.#haltWrites(agent, also.halt),
      ...this.#registrationWrites(agent, also),
      ...this.#offboardingWrites(agent),
      ...actWrites(this.#table, also.signIn),
    ]);
    if (failed.length > 0) throw signInRefusal(failed);
    this.#agents.keep(agent.id, agent);
  }

  async history(id: AgentId): Promise<readonly JournalEvent[]> {
    const items = await this.#table.query(agentJournal(id), "EVENT#");
    return items.map((item) => recordOf<JournalEvent>(item)).sort((a, b) => a.n - b.n);
  }

  async offboarding(): Promise<readonly AgentId[]> {
    const items = await this.#table.query(OFFBOARDING_LIST, "");
    return items.filter(({ ttl }) => ttl === undefined).flatMap(({ sk }) => (isAgentId(sk) ? [sk] : []));
  }

  async keepReport(id: AgentId, sha256: string, text: string): Promise<void> {
    const count = Math.ceil(text.length / REPORT_PART);
    for (let part = 0; part < count; part += 1) {
      const piece = text.slice(part * REPORT_PART, (part + 1) * REPORT_PART);
      await this.#table.insert(keys.reportPart(id, sha256, part), { piece });
    }
  }

  async report(id: AgentId, sha256: string): Promise<string | undefined> {
    const parts = await this.#table.query(agentPartition(id), `REPORT#${sha256}#`);
    return parts.length === 0 ? undefined : parts.map(({ piece }) => String(piece)).join("");
  }

  async liveTasks(id: AgentId): Promise<readonly TaskPath[]> {
    return (await this.#listedLive(id, LIVE_MARGIN_SECONDS)).map(({ path }) => path);
  }

  living(id: AgentId): Promise<readonly LivingTask[]> {
    return this.#listedLive(id, 0);
  }

  /** @param marginSeconds time for which a task stays listed after its deadline. */
  async #listedLive(id: AgentId, marginSeconds: number): Promise<readonly LivingTask[]> {
    const items = await this.#table.query(livePartition(id), "TASK#");
    const used = items.find(({ usedOn }) => usedOn !== undefined);
    if (used) this.#usedOn.keep(id, String(used.usedOn));
    const since = this.#nowMs() / 1_000 - marginSeconds;
    return inOrder(items.filter(({ expiresAt }) => Number(expiresAt) > since)).flatMap(({ sk, party }) => {
      const path = String(sk).slice("TASK#".length);
      return isTaskPath(path) ? [{ path, ...(party === undefined ? {} : { party: String(party) }) }] : [];
    });
  }

  isUsedOn(id: AgentId, day: string): boolean {
    return (this.#usedOn.find(id) ?? "") >= day;
  }

  async markUsed(id: AgentId, day: string): Promise<void> {
    const newer = { where: "attribute_not_exists(#usedOn) OR #usedOn < :day", names: { usedOn: "usedOn" } };
    // Ignores a failed condition: another process has recorded the day a moment earlier.
    await this.#table.transact([
      this.#table.putWrite("used", keys.lastUse(id), { usedOn: day }, { ...newer, values: { day } }),
    ]);
    this.#usedOn.keep(id, day);
  }

  async lastUsed(id: AgentId): Promise<string | undefined> {
    const item = await this.#table.get(keys.lastUse(id));
    return item && String(item.usedOn);
  }

  async checkpoint(): Promise<Checkpoint | undefined> {
    const item = await this.#table.get(keys.checkpoint);
    if (!item) return undefined;
    const { beganAt, after } = item;
    return { beganAt: Number(beganAt), ...(isAgentId(after) ? { after } : {}) };
  }

  async keepCheckpoint(checkpoint: Checkpoint): Promise<void> {
    await this.#table.transact([this.#table.putWrite("checkpoint", keys.checkpoint, { ...checkpoint }, "whatever")]);
  }

  /** Writes the item of each pinned value, which lists all agents bound to it. The item's version lets only one of two overlapping registrations pass. */
  #bindingWrites(agent: Agent): Promise<readonly Write[]> {
    return Promise.all(
      this.#byPin(agent.bindings).map(async ({ issuer, pinned, bindings }, index) => {
        const { bound, version } = await this.#readBound(issuer, pinned);
        const gone = new Set<string>();
        for (const { agent: id } of clashing(bound, agent.id, bindings)) {
          if (await this.#isRegistered(id)) throw new Refusal("binding_overlaps");
          gone.add(id);
        }
        const others = bound.filter((other) => !gone.has(other.agent));
        return this.#table.updateWrite(`binding-${index}`, keys.binding(issuer, pinned), {
          set: "SET #bound = :bound, #version = :next",
          where: "attribute_not_exists(#version) OR #version = :version",
          names: { bound: "bound", version: "version" },
          values: {
            bound: [...others, ...bindings.map(({ claims }) => ({ agent: agent.id, claims }))],
            version,
            next: version + 1,
          },
        });
      }),
    );
  }

  /** Returns false for an offboarded agent, which stays in the index: only `register` writes the index. */
  async #isRegistered(id: AgentId): Promise<boolean> {
    const items = await Promise.all([keys.registration(id), keys.active(id)].map((key) => this.#table.get(key)));
    return items.some((item) => item !== undefined);
  }

  #registrationWrites(agent: Agent, { halt, before }: AlsoChanged): readonly Write[] {
    if (halt === "placed") return withdrawn(this.#table, agent);
    if (before === undefined) return [];
    return halt === "lifted" ? activated(this.#table, agent, before) : changed(this.#table, agent, before);
  }

  /** Groups bindings by the value of the issuer's pin. All agents bound to a value are in one list. */
  #byPin(
    all: readonly Binding[],
  ): readonly { readonly issuer: string; readonly pinned: string; readonly bindings: readonly Binding[] }[] {
    const pinOf = ({ issuer, claims }: Binding) => JSON.stringify([issuer, claims[this.#pins[issuer] ?? ""] ?? ""]);
    return [...Map.groupBy(all, pinOf)].map(([name, bindings]) => {
      const [issuer, pinned] = JSON.parse(name) as [string, string];
      return { issuer, pinned, bindings };
    });
  }

  async #readBound(
    issuer: string,
    pinned: string,
  ): Promise<{ readonly bound: readonly BoundAgent[]; readonly version: number }> {
    const item = await this.#table.get(keys.binding(issuer, pinned));
    return { bound: (item?.bound as readonly BoundAgent[] | undefined) ?? [], version: Number(item?.version ?? 0) };
  }

  /** Writes or removes the entry of a halt. The TTL removes the entry once no session from before the halt can live. */
  #haltWrites({ id, halted }: Agent, halt: AlsoChanged["halt"]): readonly Write[] {
    if (halt === "lifted") return [this.#table.deleteWrite("halt", keys.halt(id))];
    if (halt === undefined || !halted) return [];
    const { at, by } = halted;
    return [this.#table.putWrite("halt", keys.halt(id), { at, by, ttl: at + HALT_ENTRY_SECONDS }, "whatever")];
  }

  /** Writes the entry in the list of open offboardings. Only the table's TTL removes it, since no function may delete items of agents. */
  #offboardingWrites({ id, status }: Agent): readonly Write[] {
    if (status === "offboarding") return [this.#table.putWrite("offboarding", keys.offboarding(id), {}, "whatever")];
    const ttl = Math.floor(this.#nowMs() / 1_000);
    return status === "offboarded"
      ? [this.#table.putWrite("offboarding", keys.offboarding(id), { ttl }, "whatever")]
      : [];
  }

  #eventWrite(agent: Agent, event: JournalEvent): Write {
    return this.#table.putWrite("event", keys.agentEvent(agent.id, event.n), { ...event, kind: "EVENT" }, "absent");
  }
}
