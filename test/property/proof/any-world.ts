import fc from "fast-check";
import type { Call, Question } from "../../../functions/core/proof/question.ts";
import { ASKER, AT, FENCE, QUESTION, statedOf } from "../../unit/core/proof/ask.ts";
import type { Scenario } from "../arbitrary/scenarios.ts";
import { readPolicy } from "../both-evaluators.ts";
import { cedarOracle } from "../cedar-oracle.ts";
import { evaluate } from "../second-evaluator/evaluate.ts";
import type { PolicyDocument, Request } from "../second-evaluator/policy.ts";
import { RULES, type Rules } from "../second-evaluator/rules.ts";
import { TRIED_CALLS } from "./any-calls.ts";
import { anyPolicies } from "./any-policy.ts";
import { anyText } from "./any-text.ts";
import type { Validating } from "./every-call.ts";
import { requestOf } from "./replay.ts";

const asker = { ...ASKER, claims: { ref: "main" }, sourceIp: "192.0.2.7" };
const scenario = { asker, clock: { decidedAtMs: AT * 1_000, plannedAtMs: AT * 1_000 } } as unknown as Scenario;

/**
 * Another reading of cases that AWS leaves open, which is iam-simulate's. An ARN with missing parts names everything
 * that begins so. The head of an ARN has no case.
 */
const OTHERWISE: Rules = {
  ...RULES,
  segments: (arn) => {
    const parts = arn.split(":");
    const head = Array.from({ length: 5 }, (_, place) => (parts[place] ?? "*").toLowerCase());
    return [...head, parts.length < 6 ? "*" : parts.slice(5).join(":")];
  },
};
const READINGS = [RULES, OTHERWISE];

/**
 * Property of any world. Texts and policies come from the grammars of IAM and Cedar; no compiler wrote and no build
 * checked them. A proof is true for every call that is tried, in each reading that AWS leaves open. A counterexample
 * that depends on no open case is a call that every judge confirms. Many verdicts are `unknown`.
 * @param verdicts counts the verdicts.
 */
export function rightInAnyWorld(validator: Validating, verdicts: Map<string, number>) {
  const cache = validator.emptyCache();
  return fc.asyncProperty(anyText, anyPolicies, async (text, policies) => {
    const question: Question = {
      ...QUESTION,
      text,
      policies: policies.map(statedOf),
      asker: { ...asker, boundIp: asker.sourceIp },
    };
    const answer = validator.prove(question, () => 0, cache);
    verdicts.set(answer.verdict, (verdicts.get(answer.verdict) ?? 0) + 1);
    if (answer.verdict === "unknown") return;
    const wrong =
      answer.verdict === "proven" ? notPermitted(text, policies) : doubtsOf(answer.call, question, policies);
    if (wrong.length > 0) throw new Error(`${answer.verdict}, and it is not so: ${JSON.stringify(wrong)}`);
  });
}

/**
 * The counterexample, where the text does not allow it, or where Cedar permits it. A counterexample that depends on
 * conditions which no judge here computes is not doubted.
 */
function doubtsOf(call: Call, question: Question, policies: readonly string[]): readonly Call[] {
  if (Object.keys({ ...call.conditions, ...call.keys }).length > 0) return [];
  const isAllowedIn = (rules: Rules) => isAllowed(readPolicy(question.text).document, requestOf(call, question), rules);
  const { account: resourceAccount, atSeconds, from } = call;
  const circumstances = {
    resourceAccount,
    bucketTags: {},
    hasAbac: true,
    atMs: atSeconds * 1_000,
    byService: from === "an AWS service",
  };
  const sourceIp = from === "the asker's address" ? asker.sourceIp : "203.0.113.77";
  const isPermitted = cedarOracle(policies, scenario, AT * 1_000)({ ...call, ...circumstances, sourceIp }).length > 0;
  const isBeyond = call.objection === "after the fence" ? atSeconds >= FENCE : !isPermitted;
  return READINGS.some(isAllowedIn) && isBeyond ? [] : [call];
}

/** First call that the text allows and Cedar does not permit. */
function notPermitted(text: string, policies: readonly string[]): readonly Request[] {
  const { document } = readPolicy(text);
  const permitsOf = cedarOracle(policies, scenario, AT * 1_000);
  const found = TRIED_CALLS.find(
    ({ request, call }) =>
      READINGS.some((rules) => isAllowed(document, request, rules)) && permitsOf(call).length === 0,
  );
  return found ? [found.request] : [];
}

function isAllowed(document: PolicyDocument, request: Request, rules: Rules): boolean {
  try {
    return evaluate(document, request, rules) === "allowed";
  } catch (error) {
    // No documented answer: AWS accepts no such text.
    if (error instanceof RangeError) return false;
    throw error;
  }
}
