import { NEVER } from "../../../functions/core/ceiling/ceiling-actions.ts";
import { CachingProofs } from "../../../functions/core/proof/proofs.ts";
import type { Question } from "../../../functions/core/proof/question.ts";
import { threadMs, threadSpentMs } from "../cpu/cpu-time.ts";
import { besideYardstick, yardstick } from "../cpu/yardstick.ts";
import { type Row, type Run, verdict } from "../row.ts";
import { median, percentile } from "../statistics.ts";
import { besideSts } from "./beside-sts.ts";
import { CATALOGUE, policiesOf, questionOf } from "./questions.ts";
import { SHAPES, type Shape } from "./shapes.ts";

const WARM_UP_SHARE = 0.2;

/**
 * Measures the proof of one session policy, for each shape of sessions with a target. Measures then the time that a
 * proof adds to a vend.
 */
export async function proofOfASession(run: Run): Promise<readonly Row[]> {
  const rows = SHAPES.map((shape) => {
    run.say(shape.name);
    return rowOf(shape, timesOf(shape));
  });
  return [...rows, await besideSts(run)];
}

/**
 * Copies the list of policies of a question, so that no remembered answer is found. The work that all proofs share is
 * still found.
 */
const asNew = (question: Question): Question => ({ ...question, policies: [...question.policies] });

interface Times {
  readonly ms: readonly number[];
  /** CPU times of the yardstick, in turn with the proofs. */
  readonly bareMs: readonly number[];
  /** Number of proofs that were given up, the cold process included. */
  readonly unknown: number;
  readonly characters: number;
}

/** Measures the proofs of new questions in a warm process. */
function timesOf({ name, policies: texts, intent, samples }: Shape): Times {
  const policies = policiesOf(texts);
  const proofs = new CachingProofs(threadSpentMs);
  proofs.prepare({ policies: policies.stated, catalogue: CATALOGUE, never: NEVER });
  let [characters, unknown] = [0, 0];
  const bareMs: number[] = [];
  const ms = Array.from({ length: Math.ceil(samples * (1 + WARM_UP_SHARE)) }, (_, number) => {
    const decided = questionOf(intent(number), policies, "monthly report");
    if (decided === undefined) throw new Error(`policy denies ${name}`);
    const question = asNew(decided);
    characters = question.text.length;
    bareMs.push(threadMs(yardstick).ms);
    const { value: answer, ms: tookMs } = threadMs(() => proofs.answer(question));
    if (answer.verdict === "counterexample") throw new Error(`${name}: ${JSON.stringify(answer)}`);
    if (answer.verdict === "unknown") unknown += 1;
    return tookMs;
  });
  return { ms: ms.slice(-samples), bareMs, unknown, characters };
}

function rowOf({ name, targetMs }: Shape, { ms, bareMs, unknown, characters }: Times): Row {
  const [p50Ms, p99Ms] = [median(ms), percentile(ms, 0.99)];
  const ratio = p50Ms / median(bareMs);
  return {
    name: `proof of a session: ${name}`,
    measured: `p50 ${p50Ms.toFixed(2)} ms, p99 ${p99Ms.toFixed(2)} ms`,
    target: `p50 <= ${targetMs.p50} ms${targetMs.p99 === undefined ? "" : `, p99 <= ${targetMs.p99} ms`}`,
    verdict: verdict(p50Ms <= targetMs.p50 && p99Ms <= (targetMs.p99 ?? Number.POSITIVE_INFINITY) && unknown === 0),
    notes: [
      `${ms.length} new questions to a warm process; ${unknown} given up, those of the cold process counted; a text of ${characters} characters`,
      besideYardstick(ratio),
    ],
    figures: { p50Ms, p99Ms, unknown, ratio },
  };
}
