import type { CallOutcome, Watched } from "./observation.ts";

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
