import type { HaltedAgent } from "./halt.ts";

export interface Halts {
  /** Every agent that is halted, strongly read; some of them may have been for so long that nothing of theirs can be alive. */
  list(): Promise<readonly HaltedAgent[]>;
}
