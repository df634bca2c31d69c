import type * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import { isNode, type Node } from "./policy-nodes.ts";

/** The policy with each `resource has tags.stage` written as Cedar reads it, `resource has tags && resource.tags has stage`: one name at a time. */
export const spelledOut = (json: cedar.PolicyJson): cedar.PolicyJson => ({
  ...json,
  conditions: json.conditions.map(({ kind, body }) => ({ kind, body: expanded(body) as typeof body })),
});

function expanded(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(expanded);
  if (!isNode(node)) return node;
  const { has } = node;
  if (isNode(has) && Array.isArray(has.attr)) return asked(expanded(has.left), has.attr);
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, expanded(value)]));
}

function asked(left: unknown, [attr, ...further]: readonly unknown[]): Node {
  const first = { has: { left, attr } };
  return further.length === 0 ? first : { "&&": { left: first, right: asked({ ".": { left, attr } }, further) } };
}
