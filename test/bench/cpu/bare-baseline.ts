import * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import { compactVerify, importJWK } from "jose";
import { tokenEndpoint } from "../../../functions/exchange/token-endpoint.ts";
import { around } from "./around.ts";
import type { VendInMemory } from "./vend-in-memory.ts";

const ALL = "all policies of the baseline";

/**
 * Makes the baseline: the two libraries alone on a vend's input. `jose` verifies one signature, and Cedar decides the
 * vend's questions, which are made beforehand.
 */
export async function bareBaseline(memory: VendInMemory): Promise<(token: string) => Promise<void>> {
  const key = await importJWK(memory.publicJwk, "ES256");
  const staticPolicies = Object.fromEntries(memory.policies.map(({ id, text }) => [id, text]));
  cedar.preparsePolicySet(ALL, { staticPolicies });
  const questions = await questionsOfAVend(memory);
  if (questions.length !== 3)
    throw new Error(`a vend asks Cedar ${questions.length} times, and not once for each pair`);
  return async (token) => {
    await compactVerify(token, key, { algorithms: ["ES256"] });
    for (const question of questions) {
      const answer = cedar.statefulIsAuthorized(question);
      if (answer.type !== "success" || answer.response.decision !== "allow")
        throw new Error("the baseline's question was not allowed: see work.cedar");
    }
  };
}

async function questionsOfAVend(memory: VendInMemory): Promise<readonly cedar.StatefulAuthorizationCall[]> {
  const questions: cedar.StatefulAuthorizationCall[] = [];
  const { ports } = memory.world;
  const policies = around(ports.policies, (method, [question], go) => {
    if (method === "evaluate")
      questions.push({ ...(question as object), preparsedPolicySetId: ALL } as cedar.StatefulAuthorizationCall);
    return go();
  });
  await tokenEndpoint(memory.event(await memory.token()), { ...ports, policies });
  memory.forget();
  return questions;
}
