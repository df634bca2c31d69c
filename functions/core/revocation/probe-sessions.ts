import type { CallOutcome, Watched } from "./observation.ts";

export interface ProbeSessions {
  /**
   * A session of the role, under the name and for the agent that are given, that may make one call, which changes nothing, and nothing else.
   * @throws {Refusal} sts_refused, sts_unavailable.
   */
  open(as: Omit<Watched, "endedAtMs">): Promise<ProbeSession>;
}

export interface ProbeSession {
  /** Makes that call. */
  call(): Promise<CallOutcome>;
}

export interface ProbeQueue {
  /** What is said twice is watched twice. */
  send(watched: readonly Watched[]): Promise<void>;
}
