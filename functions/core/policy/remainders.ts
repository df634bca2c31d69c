import { type Glob, widest } from "./glob.ts";

/**
 * What may follow the head for the whole to be in the set: `head + x` is in `glob` exactly if `x` is in one of the remainders.
 * `*pii*` behind `arn:aws:s3:::acme-data/` leaves `*pii*`; `arn:aws:s3:::acme-*` leaves `*`.
 */
export function remainders(glob: Glob, head: string): readonly Glob[] {
  const seen = new Set<string>();
  const found: Glob[] = [];
  const walk = (tokens: Glob, left: string): void => {
    const place = `${tokens.length}/${left.length}`;
    if (seen.has(place)) return;
    seen.add(place);
    const [first, ...rest] = tokens;
    if (left === "") found.push(tokens);
    else if (first === "any") {
      // The gap takes all of the head and goes on behind it, or it ends somewhere in the head.
      found.push(tokens);
      for (let taken = 0; taken < left.length; taken += 1) walk(rest, left.slice(taken));
    } else if (first !== undefined) {
      if (left.startsWith(first.literal)) walk(rest, left.slice(first.literal.length));
      else if (first.literal.startsWith(left)) found.push([{ literal: first.literal.slice(left.length) }, ...rest]);
    }
  };
  walk(glob, head);
  return widest(found);
}

/** The head up to the first gap: literal in every member of the set. */
export function literalHead(glob: Glob): string {
  let head = "";
  for (const token of glob) {
    if (token === "any") break;
    head += token.literal;
  }
  return head;
}

/**
 * As IAM reads it in a policy of version 2012-10-17: what would be a wildcard or a variable is written so that it is itself.
 * @param special characters that IAM would not take as they are.
 */
export const iamText = (glob: Glob, special = /[*?$]/g): string =>
  glob
    .map((token) => (token === "any" ? "*" : token.literal.replace(special, (character) => `\${${character}}`)))
    .join("");
