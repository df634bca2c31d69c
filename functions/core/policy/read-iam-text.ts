import type { Glob, Token } from "./glob.ts";

/**
 * Parses a text of an IAM policy of version 2012-10-17 as a glob; undefined for a text with a variable or IAM's `?`. Literal wildcards are `${*}`,
 * `${?}` and `${$}`, as `iamText` writes them.
 * @param wildcards false for StringEquals, in which `*` and `?` are ordinary characters.
 */
export function readIamText(text: string, wildcards = true): Glob | undefined {
  const glob: Token[] = [];
  for (const [part, escaped] of text.matchAll(PARTS)) {
    if (escaped !== undefined) glob.push({ literal: escaped });
    else if (part === "$" || (wildcards && part === "?")) return undefined;
    else glob.push(wildcards && part === "*" ? "any" : { literal: part });
  }
  return glob;
}

const PARTS = /\$\{([*?$])\}|[*?$]|[^*?$]+/g;
