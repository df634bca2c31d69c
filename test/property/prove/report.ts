import { EDGE_FEATURES } from "../edge-features.ts";
import { FEATURES } from "../features.ts";
import type { Counterexample, Total } from "./batch.ts";

/** One run, for the report. */
export interface Run {
  readonly seed: number;
  readonly seconds: number;
  readonly total: Total;
  readonly counterexample: Counterexample | undefined;
}

/** Report of the run as JSON. */
export const asJson = ({ seed, seconds, total, counterexample }: Run): string => {
  const { broken, reach, ...numbers } = total;
  return JSON.stringify(
    {
      seed,
      seconds,
      ...numbers,
      violations: counterexample ? counterexample.violations.length : 0,
      completeness: shareOf(total.kept, total.promised - total.unsayable),
      ofAllPermitted: shareOf(total.kept, total.permitted),
      broken: broken.slice(0, 20),
      counterexample: counterexample ?? null,
      features: Object.fromEntries(reach),
    },
    null,
    2,
  );
};

/** Report of the run for people: the number of tries, the shapes among them, and what broke. */
export function asText({ seed, seconds, total, counterexample }: Run): string {
  const { scenarios, sessions, asked, allowed, permitted, promised, kept, unsayable, otherCase, broken, reach } = total;
  const { proven, counterexample: refuted, unknown } = total.verdicts;
  const rows = [...Object.keys(FEATURES), ...Object.keys(EDGE_FEATURES)].map((name) => {
    const seen = reach.get(name) ?? { scenarios: 0, asked: 0, allowed: 0 };
    return `${name.padEnd(46)}${[seen.scenarios, seen.asked, seen.allowed].map((n) => String(n).padStart(10)).join("")}`;
  });
  return [
    `${"seen".padEnd(46)}${["scenarios", "calls", "allowed"].map((name) => name.padStart(10)).join("")}`,
    ...rows,
    "",
    `${asked} triples of policies, intent and call, from ${scenarios} scenarios with ${sessions} sessions, in ${seconds} s (seed ${seed})`,
    `soundness     ${allowed} calls allowed, ${counterexample ? "NOT ALL" : "all"} of them permitted by Cedar`,
    `              beside ${otherCase} on resources with a tag in another case, which IAM does not tell apart (docs/compiler.md, section 7)`,
    `              and ${total.listed} lists among them, that answer with nothing that Cedar does not permit`,
    `validator     ${proven} of ${sessions} sessions proven, ${refuted} with a counterexample, ${unknown} unknown`,
    `              of ${total.smallWorlds} random texts under random policies ${total.smallProven} proven; each verdict tried by every call of a small world`,
    `              of ${total.anyWorlds} texts that no compiler writes ${total.anyProven} proven; each verdict tried by some hundred calls, as AWS may read them`,
    `conditions    of ${total.conditionSets} sets of policies none permits more with a condition that restricts, or less with one that permits`,
    `completeness  ${shareOf(kept, promised - unsayable)}: ${kept} allowed of ${promised - unsayable} that the intent names and the deciding permit permits;`,
    `              beside ${unsayable} where a tag is missing that the permit mentions, or AWS tells none of the bucket: not granted (docs/compiler.md, section 12)`,
    `              ${shareOf(kept, permitted)}: of ${permitted} that some permit permits; one permit decides, and its terms are not mixed`,
    ...broken.slice(0, 3).map((each) => `\nnot allowed, though promised: ${each}`),
    ...(counterexample ? [`\n${violationText(counterexample)}`] : []),
    "",
  ].join("\n");
}

const violationText = ({ seed, policies, intents, askers, violations }: Counterexample): string =>
  [
    "I2 OR I3 IS BROKEN. The smallest scenario found:",
    ...policies.map((text) => `  ${text}`),
    ...intents.map((intent, depth) => `  intent ${depth}: ${intent} of ${JSON.stringify(askers[depth])}`),
    ...violations.slice(0, 3).map((each) => `  allowed, and not permitted: ${each}`),
    `again with: npm run prove -- --seed ${seed} --triples 1`,
  ].join("\n");

const shareOf = (part: number, whole: number): number => (whole === 0 ? 1 : Number((part / whole).toFixed(6)));
