import { SESSION_POLICY_CHARACTERS } from "../../../functions/core/policy/compile.ts";
import { CachingProofs } from "../../../functions/core/proof/proofs.ts";
import { threadMs, threadSpentMs } from "../cpu/cpu-time.ts";
import { anyIntents } from "../policy/any-intents.ts";
import { type Row, type Run, verdict } from "../row.ts";
import { median, percentile } from "../statistics.ts";
import { namedIntents } from "./named-intents.ts";
import { policiesOf, questionOf } from "./questions.ts";

const [SEED, INTENTS, INTENTS_PER_BUNDLE] = [20261127, 20_000, 100];
const PERMIT = "permit (principal, action, resource is AWS::Resource);";

/** Kind of generated intents. */
interface Kind {
  readonly name: string;
  readonly note: string;
  /** Makes intents, all under the policies of the first one. */
  readonly intents: (seed: number) => readonly { readonly json: string; readonly policies: readonly string[] }[];
}

const KINDS: readonly Kind[] = [
  {
    name: "sessions of the usual shapes that are not proven",
    note: "intents of 2 to 50 pairs with 0 to 4 forbids",
    intents: (seed) =>
      anyIntents(seed, INTENTS_PER_BUNDLE).map(({ json, forbids }) => ({ json, policies: [PERMIT, ...forbids] })),
  },
  {
    name: "sessions of long names, under permits of endings, that are not proven",
    note: "intents of names of 60 to 120 characters, 3 to 6 permits of an ending, 2 to 4 forbids of a word in it",
    intents: (seed) => namedIntents(seed, INTENTS_PER_BUNDLE),
  },
];

/**
 * Counts the sessions that are not proven, among generated intents of the usual shapes and of long names. Counts only
 * intents that policy permits and that fit.
 */
export async function unknownSessions({ say }: Run): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const kind of KINDS) rows.push(await rowOf(kind, say));
  return rows;
}

async function rowOf({ name, note, intents: make }: Kind, say: Run["say"]): Promise<Row> {
  const proofs = new CachingProofs(threadSpentMs);
  const ms: number[] = [];
  const unproven: string[] = [];
  for (let first = 0; first < INTENTS; first += INTENTS_PER_BUNDLE) {
    if (first % 2_000 === 0) say(`${name}: ${first} of ${INTENTS} intents`);
    const intents = make(SEED + first);
    const texts = intents[0]?.policies ?? [];
    const policies = policiesOf(texts);
    for (const [index, { json }] of intents.entries()) {
      const question = questionOf(json, policies, `monthly report ${first + index}`);
      if (question === undefined || question.text.length > SESSION_POLICY_CHARACTERS) continue;
      const { value: answer, ms: tookMs } = threadMs(() => proofs.answer(question));
      ms.push(tookMs);
      if (answer.verdict !== "proven") unproven.push(JSON.stringify({ answer, policies: texts, json }));
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  return {
    name,
    measured: `${unproven.length} of ${ms.length}; a proof takes p50 ${median(ms).toFixed(2)} ms, p99 ${percentile(ms, 0.99).toFixed(2)} ms`,
    target: "none",
    verdict: verdict(unproven.length === 0),
    notes: [
      `seed ${SEED}: ${INTENTS} ${note}, of which policy permits so many that fit, as a whole`,
      ...unproven.slice(0, 5),
    ],
    figures: { unproven: unproven.length, sessions: ms.length, p50Ms: median(ms), p99Ms: percentile(ms, 0.99) },
  };
}
