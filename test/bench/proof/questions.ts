import { agentId } from "../../../contract/agent-id.ts";
import { CedarPolicies } from "../../../functions/adapters/cedar/cedar-policies.ts";
import { NEVER } from "../../../functions/core/ceiling/ceiling-actions.ts";
import { NOTHING_HOLDS } from "../../../functions/core/conditions/holding.ts";
import { regionNamed } from "../../../functions/core/deployment/region.ts";
import { parseIntent } from "../../../functions/core/intent/parse-intent.ts";
import { spreadIntent } from "../../../functions/core/intent/spread-intent.ts";
import { compileSessionPolicy } from "../../../functions/core/policy/compile.ts";
import { decide, type Permitted } from "../../../functions/core/policy/decide.ts";
import type { Requester } from "../../../functions/core/policy/entities.ts";
import type { Question } from "../../../functions/core/proof/question.ts";
import { loadCatalogue } from "../../../functions/load-catalogue.ts";
import { parsePolicies } from "../../../functions/policy/read/parse-policies.ts";
import { ACCOUNT } from "../policy/two-hundred-policies.ts";

/** The catalogue as it is shipped. */
export const CATALOGUE = loadCatalogue();
const AT_MS = Date.UTC(2026, 10, 24, 12);

/** Parses policies for decisions and for proofs, as the exchange does once. */
export const policiesOf = (texts: readonly string[]): CedarPolicies => {
  const text = texts.join("\n");
  const prepared = parsePolicies({ name: "any.cedar", path: "any.cedar", text }).map(({ policy }) => policy);
  return new CedarPolicies({ policies: prepared, claims: [], hash: text });
};

/**
 * Compiles the session policy of an intent, and makes the exchange's question about it.
 * @returns undefined where the intent is not wholly permitted.
 */
export function questionOf(json: string, policies: CedarPolicies, purpose: string): Question | undefined {
  const asker = askerWith(purpose);
  const fenceAt = AT_MS / 1_000 + 900;
  const permitted = permittedOf(json, policies, asker);
  if (permitted === undefined) return undefined;
  return {
    text: compileSessionPolicy(permitted, { fenceAt }).text,
    above: [],
    fenceAt,
    account: ACCOUNT,
    reads: [],
    never: NEVER,
    exceptions: [],
    bounds: [],
    asked: detailsOf(json).flatMap((detail) => (detail.type === "aws" ? [detail] : [])),
    policies: policies.stated,
    catalogue: CATALOGUE,
    asker: { ...asker, openedAt: AT_MS / 1_000, chain: [], conditions: [] },
  };
}

const askerWith = (purpose: string): Requester => ({
  agent: { id: agentId("reporter"), owner: "ada", team: "data" },
  claims: {},
  purpose,
  ttlSeconds: 900,
  atMs: AT_MS,
  conditions: NOTHING_HOLDS,
});

const detailsOf = (json: string) =>
  parseIntent(json, {
    deployment: { accounts: [{ id: ACCOUNT, region: regionNamed("us-east-1"), taskRoles: 1 }] },
    catalogue: CATALOGUE,
  });

/** Decides the intent's pairs; undefined where policy does not permit them all. */
function permittedOf(json: string, policies: CedarPolicies, asker: Requester): readonly Permitted[] | undefined {
  const pairs = spreadIntent(detailsOf(json), CATALOGUE).flatMap((spread) => spread.pairs);
  const answers = pairs.map((pair) => decide(pair, asker, policies));
  if (answers.some((answer) => "denied" in answer)) return undefined;
  return answers.flatMap((answer) => ("permitted" in answer ? [answer.permitted] : []));
}
