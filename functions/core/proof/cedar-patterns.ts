import { ANY, ANY_IN_PART, COLON, literal, ONE_IN_PART, type Pattern } from "./language.ts";

/**
 * Returns the pattern of Cedar's `like` from its JSON form, `["Wildcard", {"Literal": "a"}]`; undefined for any other
 * value.
 */
export function likePattern(given: unknown): Pattern | undefined {
  if (!Array.isArray(given)) return undefined;
  let pattern = "";
  for (const piece of given as readonly unknown[]) {
    if (piece === "Wildcard") pattern += ANY;
    else if (typeof (piece as { readonly Literal?: unknown })?.Literal === "string")
      pattern += literal((piece as { readonly Literal: string }).Literal);
    else return undefined;
  }
  return pattern;
}

/** `ANY` and `ONE` as characters: other characters hold their code units (U+1F400). */
const ANYS = /\uDC00/gu;
const ONES = /\uDC01/gu;

/** Number of an ARN's parts before its resource. */
const HEAD_PARTS = 5;

/**
 * Returns the pattern of the ARNs whose part with that index (0 is `arn`) matches the given pattern. Returns undefined
 * for a pattern with a colon, since no part holds one.
 */
export function partPattern(place: number, pattern: Pattern): Pattern | undefined {
  if (pattern.includes(COLON)) return undefined;
  const part = pattern.replace(ANYS, ANY_IN_PART).replace(ONES, ONE_IN_PART);
  const head = Array.from({ length: HEAD_PARTS }, (_, index) => (index === place ? part : ANY_IN_PART));
  return `${head.join(COLON)}${COLON}${ANY}`;
}
