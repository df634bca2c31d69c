import type { CallOutcome, Watched } from "./observation.ts";

export interface ProbeSessions {
  /**
   * Opens a session of the role under the given name and for the given agent. It may make one call, which changes nothing, and nothing else.
   * @throws {Refusal} sts_refused, sts_unavailable.
   */
  open(as: Omit<Watched, "endedAtMs">): Promise<ProbeSession>;
}

export interface ProbeSession {
  /** Makes the one call that the session allows. */
  call(): Promise<CallOutcome>;
}

export interface ProbeQueue {
  /** Sends the endings to watch. An ending that is sent twice is watched twice. */
  send(watched: readonly Watched[]): Promise<void>;
}
