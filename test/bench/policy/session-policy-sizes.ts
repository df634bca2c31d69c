import { agentId } from "../../../contract/agent-id.ts";
import { CedarPolicies } from "../../../functions/adapters/cedar/cedar-policies.ts";
import { NOTHING_HOLDS } from "../../../functions/core/conditions/holding.ts";
import { regionNamed } from "../../../functions/core/deployment/region.ts";
import { parseIntent } from "../../../functions/core/intent/parse-intent.ts";
import { spreadIntent } from "../../../functions/core/intent/spread-intent.ts";
import { compileSessionPolicy, SESSION_POLICY_CHARACTERS } from "../../../functions/core/policy/compile.ts";
import { decide } from "../../../functions/core/policy/decide.ts";
import { loadCatalogue } from "../../../functions/load-catalogue.ts";
import { parsePolicies } from "../../../functions/policy/read/parse-policies.ts";
import { type Row, type Run, verdict } from "../row.ts";
import { median, percentile } from "../statistics.ts";
import { type AnyIntent, anyIntents } from "./any-intents.ts";
import { ACCOUNT } from "./two-hundred-policies.ts";

const [SEED, INTENTS, SHARE_AT_MOST] = [20261126, 1_000, 0.12];
const CATALOGUE = loadCatalogue();
const AT_MS = Date.UTC(2026, 10, 24, 12);
const ASKER = {
  agent: { id: agentId("reporter"), owner: "ada", team: "data" },
  claims: {},
  purpose: "monthly report",
  ttlSeconds: 900,
  atMs: AT_MS,
  conditions: NOTHING_HOLDS,
};

/** Measures the sizes of session policies, and the share of permitted intents that are refused for their size. */
export async function sessionPolicySizes({ say }: Run): Promise<readonly Row[]> {
  say(`${INTENTS} intents of 2 to 50 pairs with 0 to 4 forbids`);
  const vended = anyIntents(SEED, INTENTS).flatMap(vend);
  const sizes = vended.map(({ characters }) => characters);
  const tooLarge = sizes.filter((size) => size > SESSION_POLICY_CHARACTERS).length;
  const unguarded = vended.filter(({ text }) => !text.includes("NotAction")).length;
  const times = vended.map(({ compileMs }) => compileMs);
  const share = tooLarge / sizes.length;
  return [
    {
      name: "size of session policies: intents that are refused as too large",
      measured: `${(100 * share).toFixed(1)} % (${tooLarge} of ${sizes.length}); median ${median(sizes)} characters, p90 ${percentile(sizes, 0.9)}`,
      target: `<= ${100 * SHARE_AT_MOST} %`,
      verdict: verdict(share <= SHARE_AT_MOST),
      notes: [
        `seed ${SEED}: ${INTENTS} intents, of which policy permits ${sizes.length} as a whole; ${unguarded} without the Deny of other services`,
        `compiled in ${median(times).toFixed(2)} ms in the median, p99 ${percentile(times, 0.99).toFixed(2)} ms`,
      ],
      figures: { share, medianCharacters: median(sizes), p90Characters: percentile(sizes, 0.9), unguarded },
    },
  ];
}

/** Compiles the session policy of an intent, of any length; undefined where the intent is not wholly permitted. */
function vend({ json, forbids }: AnyIntent) {
  const text = ["permit (principal, action, resource is AWS::Resource);", ...forbids].join("\n");
  const policies = new CedarPolicies({
    policies: parsePolicies({ name: "any.cedar", path: "any.cedar", text }).map(({ policy }) => policy),
    claims: [],
    hash: text,
  });
  const details = parseIntent(json, {
    deployment: { accounts: [{ id: ACCOUNT, region: regionNamed("us-east-1"), taskRoles: 1 }] },
    catalogue: CATALOGUE,
  });
  const pairs = spreadIntent(details, CATALOGUE).flatMap((spread) => spread.pairs);
  const permitted = pairs.flatMap((pair) => {
    const answer = decide(pair, ASKER, policies);
    return "permitted" in answer ? [answer.permitted] : [];
  });
  if (permitted.length < pairs.length) return [];
  const beganAtMs = performance.now();
  const policy = compileSessionPolicy(permitted, { fenceAt: AT_MS / 1_000 + 900 });
  return [{ ...policy, compileMs: performance.now() - beganAtMs }];
}
