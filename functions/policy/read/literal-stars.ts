import type * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import { pathOf } from "../clauses/subject.ts";
import { isNode, nodesIn } from "./policy-nodes.ts";
import type { UnaskedName } from "./unasked-names.ts";

/** Attributes whose values hold no `*`, or where a `*` is nearly always meant as a wildcard. Names of connectors' resources may hold one. */
const READ_AS_WILDCARD = /^(?:resource\.(?:arn|account|service|region|tags\..+)|principal\..+|context\..+)$/;

/** Finds texts with a `*` that a policy compares by `==`, `!=` or `contains`, for which Cedar has no wildcard. */
export function literalStars(json: cedar.PolicyJson): readonly UnaskedName[] {
  const found = nodesIn(json).flatMap((node): readonly UnaskedName[] =>
    ["==", "!=", "contains"].flatMap((operator) => {
      const operands = node[operator];
      if (!isNode(operands)) return [];
      const sides = [operands.left, operands.right];
      const about = sides.map(pathOf).find((path) => path !== undefined && READ_AS_WILDCARD.test(path));
      return about === undefined ? [] : starredIn(sides).map((text) => ({ text, sentence: sentenceFor(about, text) }));
    }),
  );
  return [...new Map(found.map((each) => [each.text, each])).values()];
}

/** Lists the literals with a `*`, as Cedar writes them. */
const starredIn = (sides: readonly unknown[]): readonly string[] =>
  sides
    .flatMap((side) => (isNode(side) && Array.isArray(side.Set) ? side.Set : [side]))
    .flatMap((side: unknown) => (isNode(side) && typeof side.Value === "string" ? [side.Value] : []))
    .filter((text) => text.includes("*"))
    .map((text) => JSON.stringify(text));

const sentenceFor = (about: string, text: string): string =>
  `${text} is compared character by character, the star too; write \`${about} like ${text}\`, or \`\\*\` in the pattern for a star itself`;
