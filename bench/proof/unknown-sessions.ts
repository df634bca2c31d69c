import { SESSION_POLICY_CHARACTERS } from "../../functions/core/policy/compile.ts";
import { CachingProofs } from "../../functions/core/proof/proofs.ts";
import { threadMs, threadSpentMs } from "../cpu/cpu-time.ts";
import { anyIntents } from "../policy/any-intents.ts";
import { type Row, type Run, verdict } from "../row.ts";
import { median, percentile } from "../statistics.ts";
import { policiesOf, questionOf } from "./questions.ts";

const [SEED, INTENTS, INTENTS_PER_BUNDLE] = [20261127, 20_000, 100];
const PERMIT = "permit (principal, action, resource is AWS::Resource);";

/**
 * Counts the sessions that are not proven, among generated intents of the usual shapes. Counts only intents that policy
 * permits and that fit.
 */
export async function unknownSessions({ say }: Run): Promise<readonly Row[]> {
  const proofs = new CachingProofs(threadSpentMs);
  const ms: number[] = [];
  const unproven: string[] = [];
  for (let first = 0; first < INTENTS; first += INTENTS_PER_BUNDLE) {
    if (first % 2_000 === 0) say(`${first} of ${INTENTS} intents`);
    const intents = anyIntents(SEED + first, INTENTS_PER_BUNDLE);
    const { forbids = [] } = intents[0] ?? {};
    const policies = policiesOf([PERMIT, ...forbids]);
    for (const [index, { json }] of intents.entries()) {
      const question = questionOf(json, policies, `monthly report ${first + index}`);
      if (question === undefined || question.text.length > SESSION_POLICY_CHARACTERS) continue;
      const { value: answer, ms: tookMs } = threadMs(() => proofs.answer(question));
      ms.push(tookMs);
      if (answer.verdict !== "proven") unproven.push(JSON.stringify({ answer, forbids, json }));
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  return [
    {
      name: "sessions of the usual shapes that are not proven",
      measured: `${unproven.length} of ${ms.length}; a proof takes p50 ${median(ms).toFixed(2)} ms, p99 ${percentile(ms, 0.99).toFixed(2)} ms`,
      target: "none",
      verdict: verdict(unproven.length === 0),
      notes: [
        `seed ${SEED}: ${INTENTS} intents of 2 to 50 pairs with 0 to 4 forbids, of which policy permits so many that fit, as a whole`,
        ...unproven.slice(0, 5),
      ],
      figures: { unproven: unproven.length, sessions: ms.length, p50Ms: median(ms), p99Ms: percentile(ms, 0.99) },
    },
  ];
}
