import type { JournalEvent } from "../journal/event.ts";
import type { TaskPath } from "../tasks/path.ts";
import type { Agent, AgentSummary, KnownAgent, Registration } from "./agent.ts";
import type { BoundAgent } from "./bindings.ts";

export interface Agents {
  /** Agents bound to this value of the issuer's pin; at most 60 s old. */
  boundTo(issuer: string, pinned: string): Promise<readonly BoundAgent[]>;
  /** The agent as decisions see it, at most 60 s old. */
  find(id: string): Promise<KnownAgent | undefined>;
  /** The agent as decisions see it now: active only where `register` made it so and nobody has taken that away since. */
  read(id: string): Promise<KnownAgent | undefined>;
  /** The agent with its record, as it is now, for those who register, end and report. */
  record(id: string): Promise<Agent | undefined>;
  /** Page by page, by id. */
  list(after: string | undefined): Promise<{ readonly agents: readonly AgentSummary[]; readonly next?: string }>;
  /** Registers the agent, as active, with its bindings and its journal event, all or nothing. @throws {Refusal} agent_exists, binding_overlaps. */
  register(agent: Agent, event: JournalEvent): Promise<void>;
  /**
   * Changes the agent's record, in one transaction with what `also` names, where nobody has changed the agent since it was read. The facts that decisions
   * rest on stay as they are unless `also.before` is given.
   * @throws {Refusal} contended.
   */
  change(agent: Agent, event: JournalEvent, also?: AlsoChanged): Promise<void>;
  /** Its chain, from the first event on, strongly read. */
  history(id: string): Promise<readonly JournalEvent[]>;
  /** Ids of the agents whose offboarding is under way. */
  offboarding(): Promise<readonly string[]>;
  /** Keeps a report under its hash, for ever. The same one may be kept again. */
  keepReport(id: string, sha256: string, text: string): Promise<void>;
  /** The text that was kept under that hash. */
  report(id: string, sha256: string): Promise<string | undefined>;
  /** Whether it is known here that it was used on that day (`2026-11-24`) or later; its list of live tasks says so. Asks nobody. */
  isUsedOn(id: string, day: string): boolean;
  /** The last day that it was used on, unless it is known to be a later one. */
  markUsed(id: string, day: string): Promise<void>;
  /** The last day that it started a task on, or nothing. */
  lastUsed(id: string): Promise<string | undefined>;
  /** How far the check of all agents is, or was when it was over. */
  checkpoint(): Promise<Checkpoint | undefined>;
  keepCheckpoint(checkpoint: Checkpoint): Promise<void>;
  /** Paths of its live tasks in the order of their opening (by second, then by path), strongly read; without those whose deadline has long passed, though nobody ended them. */
  liveTasks(id: string): Promise<readonly TaskPath[]>;
}

export interface Checkpoint {
  /** When this round of it began; epoch seconds. */
  readonly beganAt: number;
  /** The last agent that was looked at; nothing where the round is over. */
  readonly after?: string;
}

/** What changes with an agent, in the same transaction. */
export interface AlsoChanged {
  /**
   * `placed`: nothing is given to the agent from here on, and it is in the list of halted agents, which IAM's denials are made from, as `agent.halted` says;
   * once its status is `offboarding`, its registration is gone too. `lifted`: it is active again; only with `before`.
   */
  readonly halt?: "placed" | "lifted";
  /** The registration as it was read, by whoever may change it: the agent's facts take its place, where it is the same still. */
  readonly before?: Registration;
}
