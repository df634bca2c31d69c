import type * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import { isNode, type Node } from "./policy-nodes.ts";

/** Writes each `resource has tags.stage` out as Cedar evaluates it, one name at a time: `resource has tags && resource.tags has stage`. */
export const spelledOut = (json: cedar.PolicyJson): cedar.PolicyJson => ({
  ...json,
  conditions: json.conditions.map(({ kind, body }) => ({ kind, body: expanded(body) as typeof body })),
});

function expanded(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(expanded);
  if (!isNode(node)) return node;
  const { has } = node;
  if (isNode(has) && Array.isArray(has.attr)) return tested(expanded(has.left), has.attr);
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, expanded(value)]));
}

function tested(left: unknown, [attr, ...further]: readonly unknown[]): Node {
  const first = { has: { left, attr } };
  return further.length === 0 ? first : { "&&": { left: first, right: tested({ ".": { left, attr } }, further) } };
}
