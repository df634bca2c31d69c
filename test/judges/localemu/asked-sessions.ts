import fc from "fast-check";
import { arbitraryTask } from "../../property/arbitrary/worlds.ts";
import { requestsOf } from "../../property/aws-request.ts";
import { readPolicy, simulationOf } from "../../property/both-evaluators.ts";
import { callsFor } from "../../property/calls.ts";
import { evaluate } from "../../property/second-evaluator/evaluate.ts";
import { REAL, vend } from "../../property/vend.ts";
import type { Question } from "./rewritings.ts";

/** Request of a session, with the decisions of valetkey's evaluators of session policies. */
export interface AskedQuestion extends Question {
  readonly isAllowed: boolean;
  /** Decision of iam-simulate. */
  readonly isSimulated: boolean;
}

/** Steps between the calls of a session that are asked, so that tags, addresses and times vary. */
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/**
 * Vends sessions for generated policies and intents, and asks about calls of each.
 * @param most approximate number of calls of a session.
 */
export async function askedSessions(sessions: number, most: number, seed: number) {
  const questions: AskedQuestion[] = [];
  let count = 0;
  for (const world of fc.sample(arbitraryTask, { seed, numRuns: sessions * 10 })) {
    for (const scenario of world) {
      const vended = await vend(scenario, REAL);
      for (const session of vended.sessions) {
        if (count === sessions) return { sessions: count, questions };
        count += 1;
        const policy = readPolicy(session.policy);
        const calls = callsFor(scenario, session);
        for (const call of calls.filter((_, index) => (index * GOLDEN) % 1 < most / calls.length))
          for (const request of await requestsOf(call)) {
            const isSimulated = await simulationOf(policy, request, call.resourceAccount);
            // AWS has no such call.
            if (isSimulated === undefined) continue;
            const isAllowed = evaluate(policy.document, request) === "allowed";
            questions.push({ document: policy.document, request, isAllowed, isSimulated });
          }
      }
    }
  }
  throw new Error(`only ${count} sessions were vended`);
}
