import type * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import type { PreparedPolicy } from "../../functions/core/policy/prepared-policy.ts";
import type { StatedPolicy } from "../../functions/core/proof/question.ts";
import type { ReadPolicy } from "./parse-policies.ts";
import { PolicyText } from "./source-text.ts";
import { spelledOut } from "./spelled-out.ts";

/**
 * Reads policies as the build shipped them. Nobody knows their files any more: a policy's id stands for its file.
 * @param stated the same policies as Cedar's JSON, which the engine has for its proofs.
 */
export function readPrepared(
  prepared: readonly PreparedPolicy[],
  stated: readonly StatedPolicy[],
): readonly ReadPolicy[] {
  const jsonOf = new Map(stated.map(({ id, json }) => [id, json as cedar.PolicyJson]));
  return prepared.map((policy) => {
    const { id, text } = policy;
    const json = jsonOf.get(id);
    if (!json) throw new Error(`the engine does not have ${id}`);
    return { file: id, source: new PolicyText(id, text, 0, text), json: spelledOut(json), policy };
  });
}
