import type { JournalEvent } from "../journal/event.ts";
import type { TaskPath } from "../task-path.ts";
import type { Agent, AgentSummary, KnownAgent, Registration } from "./agent.ts";
import type { BoundAgent } from "./bindings.ts";
import type { SignIn } from "./sign-in.ts";

export interface Agents {
  /**
   * Agents bound to this value of the issuer's pin; at most 60 s old.
   * @param leads judges a list of up to 15 minutes: true where it leads to the agent, so that it need not be read again.
   */
  withBinding(
    issuer: string,
    pinned: string,
    leads?: (old: readonly BoundAgent[]) => Promise<boolean>,
  ): Promise<readonly BoundAgent[]>;
  /** The agent as decisions see it, at most 60 s old. */
  find(id: string): Promise<KnownAgent | undefined>;
  /** The agent as decisions see it now: active only where `register` made it so and nobody has taken that away since. */
  read(id: string): Promise<KnownAgent | undefined>;
  /** The agent with its record, as it is now, for those who register, end and report. */
  record(id: string): Promise<Agent | undefined>;
  /** Lists agents page by page, by id. */
  list(after: string | undefined): Promise<{ readonly agents: readonly AgentSummary[]; readonly next?: string }>;
  /**
   * Registers the agent, as active, with its bindings and its journal event, all or nothing.
   * @param signIn sign-in that is used for it.
   * @throws {Refusal} agent_exists, binding_overlaps, sign_in_used.
   */
  register(agent: Agent, event: JournalEvent, signIn?: SignIn): Promise<void>;
  /** Lists the bindings that a registration would be refused for, strongly read, each with the registered agent that holds the identity. */
  held(agent: Pick<Agent, "id" | "bindings">): Promise<readonly HeldBinding[]>;
  /**
   * Changes the agent's record, in one transaction with what `also` names, where nobody has changed the agent since it was read. The facts that decisions
   * rest on stay as they are unless `also.before` is given.
   * @throws {Refusal} contended, sign_in_used.
   */
  change(agent: Agent, event: JournalEvent, also?: AlsoChanged): Promise<void>;
  /** Reads the agent's chain of events from the first one on, strongly. */
  history(id: string): Promise<readonly JournalEvent[]>;
  /** Lists the ids of the agents whose offboarding is in progress. */
  offboarding(): Promise<readonly string[]>;
  /** Stores a report under its hash, for ever. Idempotent. */
  keepReport(id: string, sha256: string, text: string): Promise<void>;
  /** Reads the report with that hash. */
  report(id: string, sha256: string): Promise<string | undefined>;
  /** True where this process knows, from the agent's list of live tasks, that the agent was used on that day (`2026-11-24`) or later. Sends no request. */
  isUsedOn(id: string, day: string): boolean;
  /** Records the day as the agent's last use, unless a later one is recorded. */
  markUsed(id: string, day: string): Promise<void>;
  /** Returns the last day on which the agent opened a task; undefined where there is none. */
  lastUsed(id: string): Promise<string | undefined>;
  /** Reads the progress of the check of all agents; after a round, that of the finished one. */
  checkpoint(): Promise<Checkpoint | undefined>;
  keepCheckpoint(checkpoint: Checkpoint): Promise<void>;
  /**
   * Lists the paths of the agent's live tasks by second of opening and then by path, strongly read. Leaves out tasks whose deadline has long passed,
   * even where they were not ended.
   */
  liveTasks(id: string): Promise<readonly TaskPath[]>;
}

/** Binding that some token could match, and another agent's too. */
export interface HeldBinding {
  /** Index in the bindings that were asked about. */
  readonly binding: number;
  /** Id of the agent that holds it. */
  readonly by: string;
}

/** Progress of the check of all agents. */
export interface Checkpoint {
  /** Start of the round; epoch seconds. */
  readonly beganAt: number;
  /** Last checked agent; absent where the round is over. */
  readonly after?: string;
}

/** Further changes in the transaction that changes an agent. */
export interface AlsoChanged {
  /**
   * `placed`: nothing is given to the agent from here on, and it is in the list of halted agents, which IAM's denials are made from, as `agent.halted` says;
   * once its status is `offboarding`, its registration is gone too. `lifted`: it is active again; only with `before`.
   */
  readonly halt?: "placed" | "lifted";
  /** The registration as it was read, by whoever may change it: the agent's facts take its place, where it is the same still. */
  readonly before?: Registration;
  /** Sign-in by which an operator voted for the change: it is used for this, and for nothing else. */
  readonly signIn?: SignIn;
}
