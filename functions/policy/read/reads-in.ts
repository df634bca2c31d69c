import type { PreparedPolicy } from "../../core/policy/prepared-policy.ts";
import { isNode } from "./policy-nodes.ts";

/**
 * Finds the parts of the request (tags, the time, the action) that a policy's conditions read. Uses the policy's JSON, in which escapes of the text are
 * resolved (`context["\u{74}ime"]`). Any attribute of such a name counts, whatever its owner. The context as a whole counts too.
 */
export function readsIn(json: unknown): PreparedPolicy["reads"] {
  const names = new Set(attributesIn(json));
  return (["tags", "time", "action"] as const).filter((name) => names.has(name));
}

/** Yields the names of all attributes that are read, or tested by `has`. */
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
