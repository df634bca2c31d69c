import type { PreparedPolicy } from "../../functions/core/policy/prepared-policy.ts";
import { isNode } from "./policy-nodes.ts";

/**
 * Finds which parts of the request (tags, the time, the action) a policy's conditions read: told from the policy's JSON, in which a name is itself however the text escapes it
 * (`context["\u{74}ime"]`). An attribute of this name counts, whatever it is an attribute of; so does the context as a whole.
 */
export function readsIn(json: unknown): PreparedPolicy["reads"] {
  const names = new Set(attributesIn(json));
  return (["tags", "time", "action"] as const).filter((name) => names.has(name));
}

/** The names of all attributes that are read or asked for. */
function* attributesIn(node: unknown): Generator<string> {
  if (typeof node !== "object" || node === null) return;
  for (const [operator, operands] of Object.entries(node)) {
    const isAccess = (operator === "." || operator === "has") && isNode(operands) && "attr" in operands;
    if (isAccess) yield* [operands.attr].flat().map(String);
    if (operator === "Var" && operands === "context") yield "time";
    if (operator === "Var" && operands === "action") yield "action";
    if (!isAccess) yield* attributesIn(operands);
    else if (!isNode(operands.left) || !("Var" in operands.left)) yield* attributesIn(operands.left);
  }
}
