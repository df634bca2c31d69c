import { type AgentId, agentId } from "../../../contract/agent-id.ts";
import { canonicalJson } from "../../../contract/canonical-json.ts";
import { defined } from "../../../functions/core/defined.ts";
import { partyOf } from "../../../functions/core/delegation/party.ts";
import {
  type Agent,
  type AgentSummary,
  type Halt,
  isAtLeast,
  type KnownAgent,
  type Registration,
  registrationOf,
  summaryOf,
} from "../../../functions/core/identity/agent.ts";
import type {
  Agents,
  AlsoChanged,
  Checkpoint,
  HeldBinding,
  LivingTask,
} from "../../../functions/core/identity/agents.ts";
import { type BoundAgent, clashing } from "../../../functions/core/identity/bindings.ts";
import type { SignIn } from "../../../functions/core/identity/sign-in.ts";
import type { JournalEvent } from "../../../functions/core/journal/event.ts";
import { Refusal } from "../../../functions/core/refusal.ts";
import type { Halts } from "../../../functions/core/revocation/halt.ts";
import type { TaskPath } from "../../../functions/core/task-path.ts";
import { LIVE_MARGIN_SECONDS } from "../../../functions/core/tasks/task.ts";
import { CheckedEvents } from "../checked-events.ts";
import type { FakeTasks } from "./tasks.ts";

/** Agents in memory. `cached` holds the agents that a warm function remembers; a test can put an outdated one there. */
export class FakeAgents implements Agents {
  /** List of halted agents, as the reconciler reads it. */
  readonly haltList: Halts = {
    list: async () => {
      await this.before("halts");
      return [...this.halts].map(([agent, { at, by }]) => ({ agent: agentId(agent), at, by }));
    },
  };
  readonly agents = new Map<string, Agent>();
  /** Marks a sign-in as used for an act; the world has one list of them. */
  useSignIn: (signIn: SignIn | undefined) => void = () => undefined;
  readonly cached = new Map<string, Agent>();
  readonly events: JournalEvent[] = new CheckedEvents();
  /** Source of IAM's denials by agent. */
  readonly halts = new Map<string, Halt>();
  readonly reports = new Map<string, string>();
  readonly usedOn = new Map<string, string>();
  checked: Checkpoint | undefined;
  /** Agents on one page of the list. */
  pageSize = 100;
  readonly #tasks: FakeTasks;
  readonly #pins: Readonly<Record<string, string>>;
  readonly #nowMs: () => number;
  before: (method: string) => void | Promise<void> = () => undefined;

  constructor(tasks: FakeTasks, pins: Readonly<Record<string, string>>, nowMs: () => number) {
    this.#tasks = tasks;
    this.#pins = pins;
    this.#nowMs = nowMs;
  }

  async withBinding(issuer: string, pinned: string): Promise<readonly BoundAgent[]> {
    await this.before("withBinding");
    return this.#bound().filter(({ claims, of }) => of === issuer && claims[this.#pins[issuer] ?? ""] === pinned);
  }

  async find(id: string): Promise<KnownAgent | undefined> {
    await this.before("find");
    return this.cached.get(id) ?? this.agents.get(id);
  }

  async read(id: string): Promise<KnownAgent | undefined> {
    await this.before("read");
    return this.agents.get(id);
  }

  async record(id: string): Promise<Agent | undefined> {
    await this.before("record");
    return this.agents.get(id);
  }

  async list(
    after: string | undefined,
  ): Promise<{ readonly agents: readonly AgentSummary[]; readonly next?: AgentId }> {
    await this.before("list");
    const sorted = [...this.agents.values()]
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .filter(({ id }) => id > (after ?? ""));
    const page = sorted.slice(0, this.pageSize);
    const last = page.at(-1);
    return { agents: page.map(summaryOf), ...(last && sorted.length > page.length ? { next: last.id } : {}) };
  }

  async register(agent: Agent, event: JournalEvent, signIn?: SignIn): Promise<void> {
    await this.before("register");
    if (this.agents.has(agent.id)) throw new Refusal("agent_exists");
    if (this.#holders(agent.id, agent.bindings).length > 0) throw new Refusal("binding_overlaps");
    this.useSignIn(signIn);
    this.agents.set(agent.id, agent);
    this.events.push(event);
  }

  async held(agent: Pick<Agent, "id" | "bindings">): Promise<readonly HeldBinding[]> {
    await this.before("held");
    return agent.bindings.flatMap((each, binding) =>
      this.#holders(agent.id, [each]).map(({ agent: by }) => ({ binding, by })),
    );
  }

  /** Bindings of other agents that clash with some of these, by the product's own rule, an issuer at a time. */
  #holders(id: AgentId, bindings: Agent["bindings"]): readonly BoundAgent[] {
    const bound = this.#bound();
    return [...Map.groupBy(bindings, ({ issuer }) => issuer)].flatMap(([issuer, grouped]) =>
      clashing(
        bound.filter(({ of }) => of === issuer),
        id,
        grouped,
      ),
    );
  }

  async change(agent: Agent, event: JournalEvent, { halt, before, signIn }: AlsoChanged = {}): Promise<void> {
    await this.before("change");
    const current = this.agents.get(agent.id);
    if (current?.chain.n !== event.n - 1) throw new Refusal("contended");
    if (before && (isAtLeast(current.status, "offboarding") || factsOf(before) !== factsOf(current)))
      throw new Refusal("contended");
    this.useSignIn(signIn);
    this.agents.set(agent.id, this.#changed(current, agent, halt, before));
    this.events.push(event);
    if (halt === "placed" && agent.halted) this.halts.set(agent.id, agent.halted);
    if (halt === "lifted") this.halts.delete(agent.id);
  }

  async history(id: string): Promise<readonly JournalEvent[]> {
    await this.before("history");
    return this.events.filter(({ of }) => of === id);
  }

  async offboarding(): Promise<readonly AgentId[]> {
    await this.before("offboarding");
    return [...this.agents.values()].filter(({ status }) => status === "offboarding").map(({ id }) => id);
  }

  async keepReport(id: string, sha256: string, text: string): Promise<void> {
    await this.before("keepReport");
    this.reports.set(`${id} ${sha256}`, text);
  }

  async report(id: string, sha256: string): Promise<string | undefined> {
    await this.before("report");
    return this.reports.get(`${id} ${sha256}`);
  }

  isUsedOn(id: string, day: string): boolean {
    return (this.usedOn.get(id) ?? "") >= day;
  }

  async markUsed(id: string, day: string): Promise<void> {
    await this.before("markUsed");
    if (!this.isUsedOn(id, day)) this.usedOn.set(id, day);
  }

  async lastUsed(id: string): Promise<string | undefined> {
    await this.before("lastUsed");
    return this.usedOn.get(id);
  }

  async checkpoint(): Promise<Checkpoint | undefined> {
    await this.before("checkpoint");
    return this.checked;
  }

  async keepCheckpoint(checkpoint: Checkpoint): Promise<void> {
    await this.before("keepCheckpoint");
    this.checked = checkpoint;
  }

  async liveTasks(id: string): Promise<readonly TaskPath[]> {
    await this.before("liveTasks");
    return this.#listedLive(id, LIVE_MARGIN_SECONDS);
  }

  async living(id: string): Promise<readonly LivingTask[]> {
    await this.before("living");
    return this.#listedLive(id, 0).map((path) => {
      const task = this.#tasks.tasks.get(path);
      const party = task && partyOf(task);
      return { path, ...defined({ party }) };
    });
  }

  #listedLive(id: string, marginSeconds: number): readonly TaskPath[] {
    const nowSeconds = this.#nowMs() / 1_000;
    const isListed = (path: TaskPath) => nowSeconds < (this.#tasks.tasks.get(path)?.expiresAt ?? 0) + marginSeconds;
    return this.#tasks.inOrder([...(this.#tasks.live.get(id) ?? [])].filter(isListed));
  }

  /**
   * Returns the agent to store. A change of the status alone leaves the current registration. The record of a leaving
   * agent replaces its registration.
   */
  #changed(current: Agent, agent: Agent, halt: AlsoChanged["halt"], before: AlsoChanged["before"]): Agent {
    if (before || isAtLeast(agent.status, "offboarding")) return agent;
    const { endsAt: _, confirmedAt: __, ...rest } = agent;
    const { status } = halt === "placed" ? agent : current;
    return { ...rest, ...registrationOf(current), status };
  }

  #bound(): readonly (BoundAgent & { readonly of: string })[] {
    const registered = [...this.agents.values()].filter(({ status }) => !isAtLeast(status, "offboarding"));
    return registered.flatMap(({ id, bindings }) =>
      bindings.map(({ issuer, claims }) => ({ agent: id, claims, of: issuer })),
    );
  }
}

const factsOf = (agent: Registration): string => canonicalJson(registrationOf(agent));
