import type * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import { normalForm } from "../../core/policy/normal-form.ts";

/** Condition that no session policy can express. */
export interface Uncompilable {
  /** Index of the condition's `resource.arn` or `resource.tags` among all in the policy, from 0, in the order of the text. */
  readonly index: number;
  /** Number of `resource.arn` and `resource.tags` in the policy. */
  readonly count: number;
  readonly sentence: string;
}

/** Open parts of a decision about a set of resources, as Cedar's partial evaluation leaves them: functions/core/policy/normal-form.ts. */
type Unknown = "arn" | "tags";

/**
 * Finds conditions on `resource.arn` or on a tag that the deployed compiler cannot compile. A permit with one grants no set of resources, and a forbid
 * with one refuses every set. Calls the compiler itself, with all other values known, as at a request.
 */
export function uncompilable({ conditions, effect }: cedar.PolicyJson): readonly Uncompilable[] {
  let seen = 0;
  const found: Omit<Uncompilable, "count">[] = [];
  const walk = (node: unknown, holds: boolean): void => {
    if (!isNode(node) || unknownsIn(node) === 0) return;
    const [operator, operands] = Object.entries(node)[0] ?? ["", undefined];
    const parts = isNode(operands) ? PARTS[operator] : undefined;
    if (parts && isNode(operands)) {
      for (const part of parts) walk(operands[part], operator === "!" ? !holds : holds);
      return;
    }
    const sentence = faultOf(node, operator, operands, holds, effect);
    if (sentence !== undefined) found.push({ index: seen, sentence });
    seen += unknownsIn(node);
  };
  for (const { kind, body } of conditions) walk(body, kind === "when");
  return found.map((each) => ({ ...each, count: seen }));
}

/** Operators that only join conditions, with the names of their operands in the order of the text. */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  "&&": ["left", "right"],
  "||": ["left", "right"],
  "!": ["arg"],
  "if-then-else": ["if", "then", "else"],
};

function faultOf(
  node: Node,
  operator: string,
  operands: unknown,
  holds: boolean,
  effect: "permit" | "forbid",
): string | undefined {
  const name = unknownsIn(node, "tags") > 0 ? "resource.tags.<name>" : "resource.arn";
  if (normalForm(asResidual(node), effect) === "unclear")
    return `\`${operator}\` on ${name} cannot become a session policy; write ${instead(operator, name)}`;
  // Anybody who may set tags would decide such a condition.
  if (operator === "has" && !holds && isNode(operands) && unknownOf(operands.left) === "tags")
    return 'that a tag is missing cannot become a session policy; compare its value instead: `resource.tags.<name> == "..."`';
  return undefined;
}

/** Describes a condition that the compiler understands, as close as possible to the written one. */
function instead(operator: string, name: string): string {
  if (/^contains/.test(operator)) return `\`["...", "..."].contains(${name})\`, each value written out`;
  if (operator === "==" || operator === "!=") return `\`${name} == "..."\` with one text, known when it is asked`;
  if (operator === "has") return "`resource.tags has name`";
  return `\`${name} == "..."\`, \`${name} like "..."\`, or \`["...", "..."].contains(${name})\``;
}

/** Makes the residual of an expression: unknown values stay open, and all others get some value. */
function asResidual(node: unknown): unknown {
  const unknown = unknownOf(node);
  if (unknown !== undefined) return { unknown: [{ Value: unknown }] };
  if (unknownsIn(node) === 0) return isNode(node) && "Value" in node ? node : { Value: "known" };
  if (Array.isArray(node)) return node.map(asResidual);
  if (!isNode(node)) return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, PLAIN.has(key) ? value : inner(key, value)]),
  );
}

/** Members of a node that hold no expression. */
const PLAIN = new Set(["attr", "pattern", "entity_type"]);

function inner(key: string, value: unknown): unknown {
  if (!isNode(value) || !OPERANDS.test(key)) return asResidual(value);
  const isKnownSet = key === "contains" && unknownsIn(value.left) === 0;
  return Object.fromEntries(
    Object.entries(value).map(([name, operand]) => [
      name,
      PLAIN.has(name) ? operand : isKnownSet && name === "left" ? { Set: [{ Value: "known" }] } : asResidual(operand),
    ]),
  );
}

/** Keys whose value is a record of operands, and no expression itself. */
const OPERANDS = /^(?:[^a-zA-Z]+|has|like|is|in|contains\w*|getTag|hasTag|isEmpty|if-then-else)$/;

const unknownsIn = (node: unknown, which?: Unknown): number => {
  const own = unknownOf(node);
  if (own !== undefined) return which === undefined || own === which ? 1 : 0;
  if (typeof node !== "object" || node === null) return 0;
  return Object.values(node).reduce((sum: number, each) => sum + unknownsIn(each, which), 0);
};

/** Returns the unknown that a node reads: `resource.arn` or `resource.tags`. */
function unknownOf(node: unknown): Unknown | undefined {
  const access = isNode(node) ? node["."] : undefined;
  if (!isNode(access) || !isNode(access.left) || access.left.Var !== "resource") return undefined;
  return access.attr === "arn" || access.attr === "tags" ? access.attr : undefined;
}

type Node = Readonly<Record<string, unknown>>;
const isNode = (value: unknown): value is Node => typeof value === "object" && value !== null && !Array.isArray(value);
