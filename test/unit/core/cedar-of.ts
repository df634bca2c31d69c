import { createHash } from "node:crypto";
import * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import { CedarPolicies } from "../../../functions/adapters/cedar/cedar-policies.ts";
import type { PreparedPolicy } from "../../../functions/core/policy/prepared-policy.ts";
import type { Policies } from "../../../functions/core/policy/query.ts";
import { readsIn } from "../../../policy-tools/read/reads-in.ts";

/** The real Cedar with these policies, one in each text, named by `@id` or `p0`, `p1`, ... */
export function cedarOf(texts: readonly string[], claims: readonly string[] = []): CedarPolicies {
  const policies = texts.map(prepared);
  const hash = createHash("sha256").update(JSON.stringify(policies)).digest("hex");
  return new CedarPolicies({ policies, claims, hash });
}

/** Cedar's answers as a plain object, to change one of them. */
export const answersOf = (cedar: CedarPolicies): Policies => ({
  hash: cedar.hash,
  claims: cedar.claims,
  stated: cedar.stated,
  readsTime: cedar.readsTime,
  readsTags: (query) => cedar.readsTags(query),
  facts: (policy) => cedar.facts(policy),
  evaluate: (query) => cedar.evaluate(query),
  evaluatePartially: (query) => cedar.evaluatePartially(query),
  evaluateShadows: (query) => cedar.evaluateShadows(query),
});

function prepared(text: string, index: number): PreparedPolicy {
  const converted = cedar.policyToJson(text);
  if (converted.type === "failure")
    throw new Error(`${text}: ${converted.errors.map(({ message }) => message).join("; ")}`);
  const { effect, annotations: given = {} } = converted.json;
  const annotations = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, value ?? ""]));
  return { id: annotations.id ?? `p${index}`, effect, annotations, text, reads: readsIn(converted.json) };
}
