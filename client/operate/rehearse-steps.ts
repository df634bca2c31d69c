import { groupedBy } from "../grouped-by.ts";
import type { Reporter } from "../reporter.ts";
import type { Fault } from "./load-agents.ts";
import type { OperatorApi } from "./operator-api.ts";

type Body = Readonly<Record<string, unknown>>;

/** Step of a plan: one change that brings the record in line with the file. */
export interface Step {
  readonly sign: "+" | "~" | "=" | "!";
  readonly agent: string;
  readonly says: string;
  /** Act that the step performs, with the body of its route, as the hub rehearses it. */
  readonly act?: readonly ["register" | "change" | "suspend" | "resume", Body?];
  readonly run?: (api: OperatorApi, report: Reporter) => Promise<unknown>;
  /** Fault that keeps the step from being done. */
  readonly lacks?: readonly Fault[];
  readonly takesVote?: boolean;
  /** Refusal that the act would get. */
  readonly refused?: Body;
}

interface Answered {
  readonly takes_vote?: boolean;
  readonly refused?: Body;
}

/**
 * Has the hub rehearse each agent's acts: it judges them by the checks of their own routes, and changes nothing. A step that would be refused gets the
 * sign of what cannot be done.
 */
export async function rehearsed(steps: readonly Step[], api: OperatorApi): Promise<readonly Step[]> {
  const told: Step[] = [];
  for (const [agent, own] of groupedBy(steps, ({ agent }) => agent)) {
    const acts = own.flatMap(({ act }) => (act ? [{ act: act[0], ...(act[1] ? { body: act[1] } : {}) }] : []));
    const answers = acts.length === 0 ? [] : await answersTo(acts, agent, api);
    for (const step of own) {
      const { takes_vote: takesVote = false, refused } = (step.act && answers.shift()) ?? {};
      told.push(refused ? { ...step, sign: "!", refused } : { ...step, takesVote });
    }
  }
  return told;
}

async function answersTo(acts: readonly Body[], agent: string, api: OperatorApi): Promise<Answered[]> {
  const { acts: answers } = await api.ask(`/v1/agents/${encodeURIComponent(agent)}/rehearse`, { acts });
  return Array.isArray(answers) ? [...answers] : [];
}
