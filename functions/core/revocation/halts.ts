import type { HaltedAgent } from "./halt.ts";

export interface Halts {
  /** Lists every halted agent, strongly consistent, including those halted so long ago that no session of theirs can be alive. */
  list(): Promise<readonly HaltedAgent[]>;
}
