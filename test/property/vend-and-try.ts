import { parseIntent } from "../../functions/core/intent/parse-intent.ts";
import { spreadIntent } from "../../functions/core/intent/spread-intent.ts";
import { compileSessionPolicy } from "../../functions/core/policy/compile.ts";
import { decide } from "../../functions/core/policy/decide.ts";
import type { Policies } from "../../functions/core/policy/query.ts";
import { Refusal } from "../../functions/core/refusal.ts";
import { catalogue } from "../unit/catalogue/load-catalogue.ts";
import { cedarOf } from "../unit/core/cedar-of.ts";
import { ACCOUNT, OTHER_ACCOUNT } from "./arbitrary/arns.ts";
import { concreteArns, type Scenario } from "./arbitrary/scenarios.ts";
import { cedarPermits } from "./cedar-oracle.ts";
import { type IamRequest, sessionPolicyAllows } from "./iam-oracle.ts";

/** The two functions that I2 rests on; a test puts a broken one in the place of either. */
export interface Pipeline {
  readonly decide: typeof decide;
  readonly compile: typeof compileSessionPolicy;
  /** What `decide` is told; the oracle always asks Cedar itself. */
  readonly seen?: (policies: Policies) => Policies;
}
export const REAL: Pipeline = { decide, compile: compileSessionPolicy };

export interface Tried {
  /** The intent could not be read, or asks for what AWS does not have. */
  refused: number;
  vended: number;
  /** Pairs granted whose target is a set. */
  patterns: number;
  asked: number;
  allowed: number;
  impossible: number;
  violations: string[];
}

const FENCE = Date.parse("2026-11-24T13:00:00Z") / 1_000;
const NOW = "2026-11-24T12:50:00Z";
const CONTEXTS = [{}, { "s3:prefix": "pub/x", "aws:SecureTransport": "true" }];

/** Vends what policy permits of the scenario, tries it on concrete calls, and lists what is allowed though Cedar would not permit it. */
export async function tried(one: Scenario, pipeline: Pipeline): Promise<Tried> {
  const result: Tried = { refused: 0, vended: 0, patterns: 0, asked: 0, allowed: 0, impossible: 0, violations: [] };
  const cedar = cedarOf(one.policies.map(({ text }) => text));
  const seen = pipeline.seen?.(cedar) ?? cedar;
  for (const { detail, pairs } of spread(one, result)) {
    if (detail.type !== "aws") continue;
    // A part of an intent is an intent too: what is permitted of it is tried even where the whole would be refused.
    const permitted = pairs.filter((pair) => "permitted" in pipeline.decide(pair, one.asker, seen));
    if (permitted.length === 0) continue;
    result.vended += 1;
    result.patterns += permitted.filter(({ isPattern }) => isPattern).length;
    const { text } = pipeline.compile(permitted, detail.conditions, FENCE);
    for (const request of requests(one, permitted.map(({ action }) => action))) {
      for (const context of detail.conditions ? CONTEXTS : CONTEXTS.slice(0, 1)) {
      const allows = await sessionPolicyAllows(text, { ...request, context: { "aws:CurrentTime": NOW, ...context } });
      result.asked += 1;
      if (allows === undefined) result.impossible += 1;
      if (!allows) continue;
      result.allowed += 1;
      if (!cedarPermits(cedar, one, request)) result.violations.push(`${request.action} on ${request.resource} of ${request.resourceAccount}`);
      break
      }
    }
  }
  return result;
}

function spread(one: Scenario, result: Tried): ReturnType<typeof spreadIntent> {
  try {
    const accounts = [ACCOUNT, OTHER_ACCOUNT].map((id) => ({ id, region: "us-east-1", taskRoles: 1 }));
    return spreadIntent(parseIntent(one.json, accounts), catalogue);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    result.refused += 1;
    return [];
  }
}

function requests(one: Scenario, granted: readonly string[]): readonly IamRequest[] {
  const actions = [...new Set([...granted, "s3:DeleteObject", "s3:ListAllMyBuckets"])];
  const arns = concreteArns(one);
  return actions.flatMap((action) =>
    action === "s3:ListAllMyBuckets"
      ? [{ action, resource: "*", resourceAccount: ACCOUNT }]
      : arns.flatMap((resource) => accountsOf(resource).map((resourceAccount) => ({ action, resource, resourceAccount }))),
  );
}

/** An S3 object may be anybody's; other ARNs name their account. */
const accountsOf = (resource: string): readonly string[] => {
  const named = resource.split(":")[4];
  return named ? [named] : [ACCOUNT, OTHER_ACCOUNT];
};
