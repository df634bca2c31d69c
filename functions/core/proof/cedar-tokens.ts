import { ANY, ANY_IN_PART, COLON, literal, type Token } from "./language.ts";

/** Tokens of a pattern of Cedar's `like`, as its JSON has it: `["Wildcard", {"Literal": "a"}]`. Nothing where it is none. */
export function likeTokens(pattern: unknown): readonly Token[] | undefined {
  if (!Array.isArray(pattern)) return undefined;
  const tokens: Token[] = [];
  for (const piece of pattern as readonly unknown[]) {
    if (piece === "Wildcard") tokens.push(ANY);
    else if (typeof (piece as { readonly Literal?: unknown })?.Literal === "string")
      tokens.push(...literal((piece as { readonly Literal: string }).Literal));
    else return undefined;
  }
  return tokens;
}

/** Number of an ARN's parts before its resource. */
const HEAD_PARTS = 5;

/** Tokens of the ARNs whose part at that place (0 is `arn`) is as asked; nothing where none could be: a part holds no colon. */
export function partTokens(place: number, asked: readonly Token[]): readonly Token[] | undefined {
  if (asked.includes(COLON)) return undefined;
  const part = asked.map((token) => (token === ANY ? ANY_IN_PART : token));
  const head = Array.from({ length: HEAD_PARTS }, (_, index) => (index === place ? part : [ANY_IN_PART]));
  return [...head.flatMap((tokens) => [...tokens, COLON]), ANY];
}
