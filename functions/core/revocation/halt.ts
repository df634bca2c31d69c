import type { Halt } from "../identity/agent.ts";
import { STS_SECONDS } from "../tasks/task.ts";
import { CLOCK_MARGIN_SECONDS } from "./role-entry.ts";

/** An agent that was suspended or offboarded: `HALT#` / its id, written in the transaction that did it and removed by the one that resumes it. */
export interface HaltedAgent extends Pick<Halt, "at" | "by"> {
  readonly agent: string;
}

/**
 * How long sessions of the agent may still live after that: nothing is vended any more, the last that was lives for an hour at most, and one
 * that was on its way is a minute younger at most; seconds.
 */
export const HALT_SECONDS = STS_SECONDS.most + 60 + CLOCK_MARGIN_SECONDS;

/** Whether anything of it can be alive, so that it has to be denied by name. */
export const isInForce = ({ at }: Pick<HaltedAgent, "at">, nowSeconds: number): boolean =>
  nowSeconds <= at + HALT_SECONDS;
