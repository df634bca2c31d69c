import type { AgentId } from "../../../contract/agent-id.ts";
import type { JournalEvent } from "../journal/event.ts";
import type { TaskPath } from "../task-path.ts";
import type { Agent, AgentSummary, KnownAgent, Registration } from "./agent.ts";
import type { BoundAgent } from "./bindings.ts";
import type { SignIn } from "./sign-in.ts";

export interface Agents {
  /**
   * Lists the agents bound to this value of the issuer's pin; at most 60 s old.
   * @param leads checks a list that is up to 15 minutes old. True where it leads to the agent: the list is not read
   * again then.
   */
  withBinding(
    issuer: string,
    pinned: string,
    leads?: (old: readonly BoundAgent[]) => Promise<boolean>,
  ): Promise<readonly BoundAgent[]>;
  /** Returns the agent as decisions see it, at most 60 s old. */
  find(id: AgentId): Promise<KnownAgent | undefined>;
  /**
   * Reads the agent as decisions see it now. It is active only where `register` made it so, and nobody has suspended or
   * offboarded it since.
   */
  read(id: AgentId): Promise<KnownAgent | undefined>;
  /** Reads the agent with its record, as it is now, for functions that register, end and report. */
  record(id: AgentId): Promise<Agent | undefined>;
  /** Lists agents page by page, by id. */
  list(after: AgentId | undefined): Promise<{ readonly agents: readonly AgentSummary[]; readonly next?: AgentId }>;
  /**
   * Registers the agent, as active, with its bindings and its journal event, all or nothing.
   * @param signIn sign-in that the registration uses up.
   * @throws {Refusal} agent_exists, binding_overlaps, sign_in_used.
   */
  register(agent: Agent, event: JournalEvent, signIn?: SignIn): Promise<void>;
  /**
   * Lists the bindings for which a registration would be refused, each with the agent that has the identity; strongly
   * read.
   */
  held(agent: Pick<Agent, "id" | "bindings">): Promise<readonly HeldBinding[]>;
  /**
   * Changes the agent's record, together with the changes in `also`, provided that the agent is as it was read. The
   * facts on which decisions are based remain unchanged unless `also.before` is given.
   * @throws {Refusal} contended, sign_in_used.
   */
  change(agent: Agent, event: JournalEvent, also?: AlsoChanged): Promise<void>;
  /** Reads the agent's chain of events from the first one on, strongly. */
  history(id: AgentId): Promise<readonly JournalEvent[]>;
  /** Lists the ids of the agents whose offboarding is in progress. */
  offboarding(): Promise<readonly AgentId[]>;
  /** Stores a report under its hash, permanently. Idempotent. */
  keepReport(id: AgentId, sha256: string, text: string): Promise<void>;
  /** Reads the report with that hash. */
  report(id: AgentId, sha256: string): Promise<string | undefined>;
  /**
   * True where this process knows that the agent was used on that day (`2026-11-24`) or later, from its list of live
   * tasks. Sends no request.
   */
  isUsedOn(id: AgentId, day: string): boolean;
  /** Records the day as the agent's last use, unless a later one is recorded. */
  markUsed(id: AgentId, day: string): Promise<void>;
  /** Returns the last day on which the agent opened a task; undefined where there is none. */
  lastUsed(id: AgentId): Promise<string | undefined>;
  /** Reads the progress of the check of all agents; between rounds, the progress of the finished one. */
  checkpoint(): Promise<Checkpoint | undefined>;
  keepCheckpoint(checkpoint: Checkpoint): Promise<void>;
  /**
   * Lists the paths of the agent's live tasks by second of opening and then by path, strongly read. Omits tasks whose
   * deadline passed long ago, even where they were not ended.
   */
  liveTasks(id: AgentId): Promise<readonly TaskPath[]>;
  /** Lists those of `liveTasks` whose deadline has not passed, in the same order. Limits count these, and lists show them. */
  living(id: AgentId): Promise<readonly LivingTask[]>;
}

/** Task before its deadline, in an agent's list of live tasks. */
export interface LivingTask {
  readonly path: TaskPath;
  /** Whom the task is for, as `partyOf` names them; absent where the agent works for itself. */
  readonly party?: string;
}

/** Binding that shares a possible token with a binding of another agent. */
export interface HeldBinding {
  /** Index of the binding in the given bindings. */
  readonly binding: number;
  /** Id of the other agent. */
  readonly by: AgentId;
}

/** Progress of the check of all agents. */
export interface Checkpoint {
  /** Start of the round; epoch seconds. */
  readonly beganAt: number;
  /** Last checked agent; absent where the round is over. */
  readonly after?: AgentId;
}

/** Further changes in the transaction that changes an agent. */
export interface AlsoChanged {
  /**
   * `placed`: from here on the agent is granted nothing. The list of halted agents, from which IAM's denials are made,
   * then contains `agent.halted`. With the status `offboarding` its registration is removed too. `lifted`: the agent is
   * active again; only with `before`.
   */
  readonly halt?: "placed" | "lifted";
  /**
   * Registration as the caller read it, for callers that may change it. The agent's facts replace it, provided that it
   * is unchanged.
   */
  readonly before?: Registration;
  /** Sign-in of the operator's vote for the change, which the change uses up. */
  readonly signIn?: SignIn;
}
