import { type Glob, widest } from "./glob.ts";

/**
 * Computes the texts that may follow a head: `head + x` is in `glob` exactly where `x` is in one of the remainders. Behind
 * `arn:aws:s3:::acme-data/`, the glob `*pii*` leaves `*pii*`, and `arn:aws:s3:::acme-*` leaves `*`.
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
      // The gap takes the whole head and continues behind it, or it ends within the head.
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

/** Returns the literal head of a glob, up to its first gap: every member of the set begins with it. */
export function literalHead(glob: Glob): string {
  let head = "";
  for (const token of glob) {
    if (token === "any") break;
    head += token.literal;
  }
  return head;
}

/**
 * Writes a glob as text of an IAM policy of version 2012-10-17, with special characters escaped (`${*}`).
 * @param special characters that IAM would not read literally.
 */
export const iamText = (glob: Glob, special = /[*?$]/g): string =>
  glob
    .map((token) => (token === "any" ? "*" : token.literal.replace(special, (character) => `\${${character}}`)))
    .join("");
