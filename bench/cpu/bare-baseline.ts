import * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import { compactVerify, importJWK } from "jose";
import { spreadIntent } from "../../functions/core/intent/spread-intent.ts";
import { queryFor } from "../../functions/core/policy/entities.ts";
import { THREE_PAIRS } from "../policies/bench-policies.ts";
import { AGENT, type VendInMemory } from "./vend-in-memory.ts";

const ALL = "all policies of the baseline";

/** The two libraries alone on the same input: one signature with `jose`, three decisions with Cedar, their questions made beforehand. */
export async function bareBaseline({
  world,
  policies,
  publicJwk,
}: VendInMemory): Promise<(token: string) => Promise<void>> {
  const key = await importJWK(publicJwk, "ES256");
  const staticPolicies = Object.fromEntries(policies.map(({ id, text }) => [id, text]));
  cedar.preparsePolicySet(ALL, { staticPolicies });
  const agent = world.ports.agents.agents.get(AGENT);
  if (!agent) throw new Error(`the in-memory deployment has no agent ${AGENT}`);
  const asker = { agent, claims: {}, purpose: "summarise the weekly report", ttlSeconds: 900, sourceIp: "203.0.113.7" };
  const calls = spreadIntent(THREE_PAIRS, world.ports.catalogue)
    .flatMap(({ pairs }) => pairs)
    .map((pair) => queryFor(pair, asker, pair.target))
    .map((query) => ({ ...query, preparsedPolicySetId: ALL }) as unknown as cedar.StatefulAuthorizationCall);
  return async (token) => {
    await compactVerify(token, key, { algorithms: ["ES256"] });
    for (const call of calls) {
      const answer = cedar.statefulIsAuthorized(call);
      if (answer.type !== "success" || answer.response.decision !== "allow")
        throw new Error("the baseline's question was not allowed: see work.cedar");
    }
  };
}
