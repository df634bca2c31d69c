import { SESSION_POLICY_CHARACTERS } from "../../functions/core/policy/compile.ts";
import { LIMITS } from "../../functions/core/proof/budget.ts";
import { type Lost, lostCalls } from "../../functions/core/proof/lost-calls.ts";
import { anyIntents } from "../policy/any-intents.ts";
import { type Row, type Run, verdict } from "../row.ts";
import { policiesOf, promisedOf, questionOf } from "./questions.ts";

const [SEED, INTENTS, INTENTS_PER_BUNDLE] = [20261127, 400, 20];
const PERMIT = "permit (principal, action, resource is AWS::Resource);";

/**
 * Counts the sessions whose permits promise more than the session policy allows: the converse of a proof. Sorts them by
 * the class of the lost promise.
 */
export async function lostPromises({ say }: Run): Promise<readonly Row[]> {
  const classes = new Map<string, number>();
  let [sessions, lacking] = [0, 0];
  for (let first = 0; first < INTENTS; first += INTENTS_PER_BUNDLE) {
    say(`${first} of ${INTENTS} intents`);
    const intents = anyIntents(SEED + first, INTENTS_PER_BUNDLE);
    const policies = policiesOf([PERMIT, ...(intents[0]?.forbids ?? [])]);
    for (const { json } of intents) {
      const question = questionOf(json, policies, "monthly report");
      if (question === undefined || question.text.length > SESSION_POLICY_CHARACTERS) continue;
      const promised = promisedOf(json, policies, "monthly report");
      const lost = lostCalls(question, promised, () => 0, { ...LIMITS, work: 2_000_000 });
      sessions += 1;
      lacking += lost.length > 0 ? 1 : 0;
      for (const name of new Set(lost.map(classOf))) classes.set(name, (classes.get(name) ?? 0) + 1);
    }
  }
  return [
    {
      name: "sessions that allow less than their permits promise",
      measured: `${lacking} of ${sessions}`,
      target: "at most 1 %",
      verdict: verdict(lacking <= sessions / 100),
      notes: [
        `seed ${SEED}: ${INTENTS} intents of 2 to 50 pairs with 0 to 4 forbids, of which policy permits so many that fit, as a whole`,
        ...[...classes].map(([name, count]) => `${name}: ${count} sessions`),
      ],
      figures: { lacking, sessions },
    },
  ];
}

const classOf = ({ by, tags }: Lost): string => `${by} is met, tags ${tags}`;
