import type { Answer, Question } from "../../../functions/core/proof/question.ts";
import type { Scenario } from "../arbitrary/scenarios.ts";
import type { Tried } from "../vend-and-try.ts";
import { questionOf } from "./question-of.ts";
import { doubtsOf } from "./replay.ts";

/** A validator of session policies. */
export type Validator = (question: Question) => Answer;

/**
 * Proves each session of a task with the validator. Adds a violation for a proof of a session that allows too much, and
 * for a counterexample. After a counterexample either the session or the validator is wrong; the violation names the
 * judges that contradict it.
 */
export async function judgeSessions(scenario: Scenario, tried: Tried, validator: Validator): Promise<void> {
  const { vended, violations, verdicts } = tried;
  const beforehand = [...violations];
  for (const session of vended.sessions) {
    const question = questionOf(scenario, vended, session);
    const answer = validator(question);
    verdicts.push(answer.verdict);
    if (answer.verdict === "proven" && beforehand.some((each) => each.includes(session.policy)))
      violations.push(`proven all the same: ${session.policy}`);
    if (answer.verdict !== "counterexample") continue;
    const doubts = await doubtsOf(answer.call, question, scenario, vended.texts);
    const judged = doubts.length === 0 ? "all judges confirm it" : doubts.join("; ");
    violations.push(`the validator's counterexample (${judged}): ${JSON.stringify(answer.call)}: ${session.policy}`);
  }
}
