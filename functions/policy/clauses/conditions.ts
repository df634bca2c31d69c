import type * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import type { ConditionKind } from "../../../contract/names.ts";
import { expressionText } from "../explain/parts.ts";
import { isNode, type Node } from "../read/policy-nodes.ts";

/** Use of a condition of the world in a policy. */
export interface ConditionUse {
  readonly name: string;
  /** Effect of the condition here: where it holds, the policy lets policies permit no more than without it, or no less. */
  readonly does: ConditionKind;
}

/** Clause on conditions whose effect is not proven. */
export interface ConditionFault {
  /** `mixed`: it reads other facts too. `form`: it reads conditions in a form that is none of the permitted ones. */
  readonly fault: "mixed" | "form";
  /** Expression at fault, in Cedar. */
  readonly text: string;
}

/**
 * Lists the conditions of the world that a policy reads, with the effect of each, or returns the first expression by which no effect is proven.
 *
 * A clause on conditions holds nothing else, so it never errs. It is then monotone in each name, by the parity of its negations, and so is the policy:
 * Cedar applies a policy where each of its clauses is true. A clause with other facts is not: `(!context.conditions.contains("freeze") && X) || Y`
 * errs without the freeze where X errs, and is true with it.
 */
export function conditionsIn({
  effect,
  conditions,
}: Pick<cedar.PolicyJson, "effect" | "conditions">): readonly ConditionUse[] | ConditionFault {
  const found = conditions
    .filter(({ body }) => readsConditions(body))
    .flatMap(({ kind, body }) => [...partsOf(body, (kind === "when") === (effect === "permit"))]);
  const fault = found.find((each) => "fault" in each);
  if (fault) return fault;
  const uses = found.filter((each) => "does" in each);
  return [...new Map(uses.map((use) => [`${use.does} ${use.name}`, use])).values()];
}

/** @param permits true where the expression, where it is true, lets policies permit more. */
function* partsOf(node: unknown, permits: boolean): Generator<ConditionUse | ConditionFault> {
  const [operator = "", operands, ...more] = isNode(node) ? Object.entries(node).flat() : [];
  const { left, right, arg }: Node = isNode(operands) && more.length === 0 ? operands : {};
  const names = isConditions(left) ? literalsIn(operator, right) : [];
  if (operator === "!") yield* partsOf(arg, !permits);
  else if (operator === "&&" || operator === "||") yield* [...partsOf(left, permits), ...partsOf(right, permits)];
  else if (names.length > 0) yield* names.map((name) => ({ name, does: permits ? "permits" : "restricts" }) as const);
  else {
    const isMixed = !isConditions(left) && readsOther(node);
    yield { fault: isMixed ? "mixed" : "form", text: expressionText(node) };
  }
}

/** Lists the names of `contains("a")`, `containsAny(["a", "b"])` and `containsAll(["a", "b"])`; none for any other operator or operand. */
function literalsIn(operator: unknown, operand: unknown): readonly string[] {
  if (!isNode(operand)) return [];
  const each =
    operator === "contains" ? [operand] : isOfMany(operator) && Array.isArray(operand.Set) ? operand.Set : [];
  const names = each.map((literal: unknown) => (isNode(literal) ? literal.Value : undefined));
  return names.every((name) => typeof name === "string") ? names : [];
}

const isOfMany = (operator: unknown): boolean => operator === "containsAny" || operator === "containsAll";

/** True for `context.conditions`. */
const isConditions = (node: unknown): boolean => {
  const access = isNode(node) ? node["."] : undefined;
  return isNode(access) && isContext(access.left) && access.attr === "conditions";
};

const isContext = (node: unknown): boolean => isNode(node) && node.Var === "context";

/** True where the expression reads the conditions, tests for them, or has the context as a whole, in which they are. */
const readsConditions = (node: unknown): boolean =>
  factsIn(node).some((fact) => fact === "conditions" || fact === "context");

const readsOther = (node: unknown): boolean => factsIn(node).some((fact) => fact === "other");

/** Lists what an expression reads: the conditions, the context as a whole, or anything else. */
function factsIn(node: unknown): readonly ("conditions" | "context" | "other")[] {
  if (Array.isArray(node)) return node.flatMap(factsIn);
  if (!isNode(node)) return [];
  const access = node["."] ?? node.has;
  if (isNode(access) && isContext(access.left))
    return [access.attr].flat()[0] === "conditions" ? ["conditions"] : ["other"];
  if (typeof node.Var === "string") return [node.Var === "context" ? "context" : "other"];
  return Object.values(node).flatMap(factsIn);
}
