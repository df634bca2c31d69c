import type { BodyOf } from "../../../contract/operation.ts";
import type { ReadAnswer } from "../../../contract/operations.ts";
import type { rehearseActs } from "../../../contract/rehearsals.ts";
import { groupedBy } from "../../grouped-by.ts";
import type { Reporter } from "../../reporter.ts";
import type { OperatorApi } from "../operator-api.ts";
import type { Fault } from "./load-agents.ts";

type Body = Readonly<Record<string, unknown>>;

/** Step of a plan: one change that makes the record match the file. */
export interface Step {
  readonly sign: "+" | "~" | "=" | "!";
  readonly agent: string;
  readonly says: string;
  /** Act of the step, with the body of its route, in the form that the hub rehearses. */
  readonly act?: readonly ["register" | "change" | "suspend" | "resume", Body?];
  readonly run?: (api: OperatorApi, report: Reporter) => Promise<unknown>;
  /** Faults that block the step. */
  readonly lacks?: readonly Fault[];
  readonly takesVote?: boolean;
  /** Refusal that the act would get. */
  readonly refused?: NonNullable<Rehearsed["refused"]>;
}

type Rehearsed = ReadAnswer<"POST /v1/agents/{agent}/rehearse">["acts"][number];
type Act = BodyOf<typeof rehearseActs>["acts"][number];

/**
 * Has the hub rehearse each agent's acts: the hub applies the checks of the acts' own routes, and changes nothing. A step that the hub would refuse gets
 * the sign `!`.
 */
export async function rehearsed(steps: readonly Step[], api: OperatorApi): Promise<readonly Step[]> {
  const judged: Step[] = [];
  for (const [agent, own] of groupedBy(steps, ({ agent }) => agent)) {
    const acts = own.flatMap(({ act }) => (act ? [{ act: act[0], ...(act[1] ? { body: act[1] } : {}) }] : []));
    const answers = acts.length === 0 ? [] : await answersTo(acts, agent, api);
    for (const step of own) {
      const { takes_vote: takesVote = false, refused } = (step.act && answers.shift()) ?? {};
      judged.push(refused ? { ...step, sign: "!", refused } : { ...step, takesVote });
    }
  }
  return judged;
}

async function answersTo(acts: readonly Act[], agent: string, api: OperatorApi): Promise<Rehearsed[]> {
  const { acts: answers } = await api.ask("POST /v1/agents/{agent}/rehearse", {
    parameters: { agent },
    body: { acts },
  });
  return [...answers];
}
