import type { Glob, Token } from "./glob.ts";

/**
 * The glob that a text means in a policy of version 2012-10-17, or nothing where it holds what is not read here: a variable, or IAM's `?`.
 * Literal wildcards are `${*}`, `${?}` and `${$}`, as `iamText` writes them.
 * @param wildcards false for StringEquals, in which `*` and `?` are characters like any other.
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
