import type { AgentId } from "../../../contract/agent-id.ts";
import type { AccountId } from "../deployment/account-id.ts";
import type { TaskPath } from "../task-path.ts";
import type { RoleRef } from "./roles.ts";

/** Ending in one role that a probe observes. */
export interface Watched {
  readonly path: TaskPath;
  readonly account: AccountId;
  readonly role: string;
  readonly agent: AgentId;
  /** Moment of the ending; epoch milliseconds. */
  readonly endedAtMs: number;
}

/** Result of a probe; epoch milliseconds. */
export type Observation =
  /**
   * AWS answered calls of the session, then refused them. The moments: when the last answered call was sent, and when
   * the first refusal came.
   */
  | { readonly status: "denied"; readonly answeredAtMs: number; readonly deniedAtMs: number }
  /** AWS refused the first call of the session, while it answered another session of the role. */
  | { readonly status: "at_most"; readonly deniedAtMs: number }
  /** IAM had a policy that denies the session, but AWS answered its calls until this moment. */
  | { readonly status: "not_observed"; readonly answeredAtMs: number };

/** Outcome of one call. `unknown` shows nothing about rights: an outage, or a session that AWS does not know yet. */
export type CallOutcome = "answered" | "refused" | "unknown";

/** Number of consecutive refusals that count as a denial: AWS's hosts receive a policy one after the other. */
export const DENYING_REFUSALS = 3;

/** Calls of a probe so far; epoch milliseconds. */
export interface Sightings {
  /** Moment at which the last answered call was sent. */
  readonly answeredAtMs?: number;
  /** Moment of the first of the latest consecutive refusals. */
  readonly deniedAtMs?: number;
  readonly refusals: number;
}

export const NOTHING_SEEN: Sightings = { refusals: 0 };

/** Adds one call. An answered call resets the refusals. */
export function withCall(seen: Sightings, outcome: CallOutcome, sentAtMs: number, cameAtMs: number): Sightings {
  if (outcome === "unknown") return seen;
  if (outcome === "answered") return { answeredAtMs: sentAtMs, refusals: 0 };
  return { ...seen, deniedAtMs: seen.deniedAtMs ?? cameAtMs, refusals: seen.refusals + 1 };
}

/** True where enough consecutive calls were refused. */
export const isDenied = (seen: Sightings): seen is Sightings & { readonly deniedAtMs: number } =>
  seen.deniedAtMs !== undefined && seen.refusals >= DENYING_REFUSALS;

/** Results of probes; they expire after a week. */
export interface Observations {
  /** Records a result. The first result of each task and role is final. */
  record(of: Watched, observation: Observation): Promise<void>;
  /** Reads the results of a task in every role, strongly consistent. */
  of(path: TaskPath): Promise<readonly ObservationIn[]>;
}

export interface ObservationIn {
  readonly role: RoleRef;
  readonly observation: Observation;
}

export interface ProbeSessions {
  /**
   * Opens a session of the role under the given name and for the given agent. The session may make one kind of call,
   * which changes nothing, and no other.
   * @throws {Refusal} sts_refused, sts_unavailable.
   */
  open(as: Omit<Watched, "endedAtMs">): Promise<ProbeSession>;
}

export interface ProbeSession {
  /** Makes the one call that the session allows. */
  call(): Promise<CallOutcome>;
}

export interface ProbeQueue {
  /** Sends the endings to observe. An ending that is sent twice is observed twice. */
  send(watched: readonly Watched[]): Promise<void>;
}
