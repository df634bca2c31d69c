import type { Glob, Token } from "../text/glob.ts";

/**
 * Parses a text of an IAM policy of version 2012-10-17 as a glob; undefined for a text with a variable or IAM's `?`.
 * Literal wildcards are `${*}`, `${?}` and `${$}`, as `iamText` writes them.
 * @param wildcards false for StringEquals, in which `*` and `?` are ordinary characters.
 */
export function readIamText(text: string, wildcards = true): Glob | undefined {
  if (!wildcards) return parsed(text, wildcards);
  if (KNOWN.has(text)) return KNOWN.get(text);
  if (KNOWN.size >= MOST_KNOWN) KNOWN.clear();
  const glob = parsed(text, wildcards);
  KNOWN.set(text, glob);
  return glob;
}

/** Cache of globs by text. Packing a policy compares each of its resources with all others. */
const KNOWN = new Map<string, Glob | undefined>();
const MOST_KNOWN = 2_000;

function parsed(text: string, wildcards: boolean): Glob | undefined {
  const glob: Token[] = [];
  for (const [part, escaped] of text.matchAll(PARTS)) {
    if (escaped !== undefined) glob.push({ literal: escaped });
    else if (part === "$" || (wildcards && part === "?")) return undefined;
    else glob.push(wildcards && part === "*" ? "any" : { literal: part });
  }
  return glob;
}

const PARTS = /\$\{([*?$])\}|[*?$]|[^*?$]+/g;
