import { type Glob, widest } from "../text/glob.ts";

/**
 * Returns the texts that may follow a head: `head + x` is in `glob` exactly where one of the remainders contains `x`.
 * Behind `arn:aws:s3:::acme-data/`, the glob `*pii*` leaves `*pii*`, and `arn:aws:s3:::acme-*` leaves `*`.
 */
export function remainders(glob: Glob, head: string): readonly Glob[] {
  const seen = new Set<number>();
  const found: Glob[] = [];
  const walk = (token: number, at: number): void => {
    const place = token * (head.length + 1) + at;
    if (seen.has(place)) return;
    seen.add(place);
    const first = glob[token];
    const left = head.length - at;
    if (left === 0) found.push(glob.slice(token));
    else if (first === "any") {
      // The gap takes the whole head and continues behind it, or it ends within the head.
      found.push(glob.slice(token));
      for (let to = at; to < head.length; to += 1) walk(token + 1, to);
    } else if (first !== undefined) {
      const { literal } = first;
      if (head.startsWith(literal, at)) walk(token + 1, at + literal.length);
      else if (literal.length > left && head.endsWith(literal.slice(0, left)))
        found.push([{ literal: literal.slice(left) }, ...glob.slice(token + 1)]);
    }
  };
  walk(0, 0);
  return widest(found);
}

/** Returns the literal head of a glob, up to its first gap. Every member of the set begins with the head. */
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
