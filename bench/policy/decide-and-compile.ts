import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import { callOf } from "../../functions/adapters/cedar/cedar-call.ts";
import { CedarPolicies } from "../../functions/adapters/cedar/cedar-policies.ts";
import { Catalogue } from "../../functions/core/catalogue/catalogue.ts";
import type { Pair } from "../../functions/core/intent/pairs.ts";
import { parseIntent } from "../../functions/core/intent/parse-intent.ts";
import { spreadIntent } from "../../functions/core/intent/spread-intent.ts";
import { compileSessionPolicy } from "../../functions/core/policy/compile.ts";
import { decide, shadowsOf } from "../../functions/core/policy/decide.ts";
import { queryFor, type Requester } from "../../functions/core/policy/entities.ts";
import { preparePolicies } from "../../policy-tools/prepare-policies.ts";
import { type Row, type Run, verdict } from "../row.ts";
import { median, percentile } from "../statistics.ts";
import { ACCOUNT, TEAM, tenPairs, twoHundredPolicies } from "./two-hundred-policies.ts";

const [WARM_UP, SAMPLES, BASELINE_SAMPLES] = [50, 500, 20];
const TARGETS_MS = { names: 3, patterns: 6 };
const SCHEMA = fileURLToPath(new URL("../../policies/schema.cedarschema", import.meta.url));
const CATALOGUE = Catalogue.from(
  readFileSync(new URL("../../functions/core/catalogue/catalogue.ndjson", import.meta.url), "utf8"),
);
const AT_MS = Date.UTC(2026, 10, 24, 12);

/**
 * Measures from an intent's text to its session policy. Compares that with Cedar alone, which evaluates every policy
 * for each pair.
 */
export async function decideAndCompile({ say, workDir }: Run): Promise<readonly Row[]> {
  writeFileSync(join(workDir, "all.cedar"), twoHundredPolicies().join("\n"));
  copyFileSync(SCHEMA, join(workDir, "schema.cedarschema"));
  const prepared = preparePolicies(workDir, CATALOGUE);
  const policies = new CedarPolicies({ ...prepared, hash: "bundle-of-the-benchmark" });
  const texts = Object.fromEntries(prepared.policies.map(({ id, text }) => [id, text]));
  return (["names", "patterns"] as const).map((kind) => {
    say(`${SAMPLES} intents of ten ${kind} under ${prepared.policies.length} policies`);
    const samples = Array.from({ length: WARM_UP + SAMPLES }, (_, index) => {
      const beganAtMs = performance.now();
      vend(tenPairs(kind), askerOf(index), policies);
      return performance.now() - beganAtMs;
    }).slice(WARM_UP);
    const pairs = spread(tenPairs(kind));
    const baseline = Array.from({ length: BASELINE_SAMPLES }, (_, index) => unsliced(pairs, askerOf(index), texts));
    return rowOf(kind, samples, median(baseline));
  });
}

/** Makes a requester with its own purpose, so that no cache answers from an earlier request. */
const askerOf = (index: number): Requester => ({
  agent: { id: "reporter", owner: "ada", team: TEAM },
  claims: {},
  purpose: `monthly report ${index}`,
  ttlSeconds: 900,
  atMs: AT_MS,
});

const spread = (intent: string): readonly Pair[] =>
  spreadIntent(
    parseIntent(intent, {
      deployment: { accounts: [{ id: ACCOUNT, region: "us-east-1", taskRoles: 1 }] },
      catalogue: CATALOGUE,
    }),
    CATALOGUE,
  ).flatMap(({ pairs }) => pairs);

function vend(intent: string, asker: Requester, policies: CedarPolicies): string {
  const permitted = spread(intent).map((pair) => {
    shadowsOf(pair, asker, policies);
    const answer = decide(pair, asker, policies);
    if ("denied" in answer) throw new Error(`denied: ${JSON.stringify(answer.denied.denial)}`);
    return answer.permitted;
  });
  return compileSessionPolicy(permitted, { fenceAt: AT_MS / 1_000 + 900 }).text;
}

/** Measures Cedar alone on the pairs, each against all policies with its ARN unknown; milliseconds. */
function unsliced(pairs: readonly Pair[], asker: Requester, staticPolicies: Readonly<Record<string, string>>): number {
  const beganAtMs = performance.now();
  for (const pair of pairs) {
    const call = callOf(queryFor(pair, asker, "arn and tags"));
    const answer = cedar.isAuthorizedPartial({ ...call, policies: { staticPolicies: { ...staticPolicies } } });
    if (answer.type === "failure") throw new Error("Cedar refused the baseline's question");
  }
  return performance.now() - beganAtMs;
}

function rowOf(kind: keyof typeof TARGETS_MS, samples: readonly number[], baselineMs: number): Row {
  const [p50Ms, p99Ms, targetMs] = [median(samples), percentile(samples, 0.99), TARGETS_MS[kind]];
  const what = kind === "names" ? "10 names" : "10 patterns";
  return {
    name: `decide and compile, warm: ${what}, 200 policies`,
    measured: `p50 ${p50Ms.toFixed(2)} ms, p99 ${p99Ms.toFixed(2)} ms`,
    target: `p50 <= ${targetMs} ms`,
    verdict: verdict(p50Ms <= targetMs),
    notes: [
      `${(baselineMs / p50Ms).toFixed(0)} times faster than Cedar's partial evaluation of all 200 policies for each pair, in the same run (${baselineMs.toFixed(0)} ms)`,
    ],
    figures: { p50Ms, p99Ms, baselineMs, ratio: p50Ms / baselineMs },
  };
}
