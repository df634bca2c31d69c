import { compactVerify, importJWK } from "jose";
import { spreadIntent } from "../../functions/core/intent/spread-intent.ts";
import { queryFor } from "../../functions/core/policy/entities.ts";
import { THREE_PAIRS } from "../policies/bench-policies.ts";
import type { VendInMemory } from "./vend-in-memory.ts";

/** The two libraries alone on the same input: one signature with `jose`, three decisions with Cedar, their questions made beforehand. */
export async function bareBaseline({ world, publicJwk }: VendInMemory): Promise<(token: string) => Promise<void>> {
  const key = await importJWK(publicJwk, "ES256");
  const { catalogue, policies, agents } = world.ports;
  const agent = agents.agents.get("reporter");
  if (!agent) throw new Error("the in-memory deployment has no agent reporter");
  const asker = { agent, claims: {}, purpose: "summarise the weekly report", ttlSeconds: 900, sourceIp: "203.0.113.7" };
  const queries = spreadIntent(THREE_PAIRS, catalogue)
    .flatMap(({ pairs }) => pairs)
    .map((pair) => queryFor(pair, asker, pair.target));
  return async (token) => {
    await compactVerify(token, key, { algorithms: ["ES256"] });
    for (const query of queries) {
      if (!policies.evaluate(query).allowed) throw new Error("the baseline's question was denied: see work.cedar");
    }
  };
}
