/**
 * Sets of strings, written as literals with gaps: what `like` means in Cedar and `*` in IAM.
 *
 * A glob is a list of tokens, so that a literal `*` (Cedar's `\*`) and a wildcard can never be confused. IAM's `?` does not exist here: `parseArn`
 * refuses it, and Cedar's `?` is a literal. All answers are exact over Unicode, and cost at most the product of the two lengths.
 */

/** Either these characters exactly, or any run of characters, the empty one included. */
export type Token = { readonly literal: string } | "any";
export type Glob = readonly Token[];

/** How Cedar's JSON policy format writes a pattern. */
export type CedarPattern = readonly ({ readonly Literal: string } | "Wildcard")[];

/**
 * A glob split at its gaps: `prefix`, then each of `middles` in order, then `suffix`. Without a gap there is no suffix, and the prefix is all.
 * `a*b*c` is prefix `a`, middles `b`, suffix `c`.
 */
interface Shape {
  readonly prefix: string;
  readonly middles: readonly string[];
  readonly suffix: string | undefined;
}

/** The glob that an IAM pattern means, in which `*` alone is special. `?` and `${...}` are literals here; `parseArn` refuses both. */
export function globFromIam(text: string): Glob {
  return text.split("*").flatMap((literal, index): Token[] => (index === 0 ? [{ literal }] : ["any", { literal }]));
}

/** The glob that the `pattern` of a Cedar `like` means. */
export function globFromCedar(pattern: CedarPattern): Glob {
  return pattern.map((element) => (element === "Wildcard" ? "any" : { literal: element.Literal }));
}

/** True exactly if `text` is in the set. */
export function matches(glob: Glob, text: string): boolean {
  return fits(shapeOf(glob), text);
}

/**
 * True only if every string of `inner` is in `outer`.
 *
 * Each gap of `inner` is written as one symbol that no literal of `outer` holds, so only a gap of `outer` can take it; what a gap of `outer` takes,
 * it takes whatever stands in the symbol's place. That is sound for every alphabet. It is complete too, since the symbol is itself a string that
 * `inner` could hold there: `false` means that some string of `inner` is missing from `outer`.
 */
export function contains(outer: Glob, inner: Glob): boolean {
  const shape = shapeOf(outer);
  if ([shape.prefix, ...shape.middles, shape.suffix].some((literal) => literal?.includes(GAP))) return false;
  return fits(shape, inner.map((token) => (token === "any" ? GAP : token.literal)).join(""));
}

/** A lone surrogate: not a character, so no Cedar string and no ARN holds it. `contains` gives up where one does all the same. */
const GAP = "\uD800";

/**
 * True exactly if no string is in both sets.
 *
 * Two globs with gaps share a string as soon as one prefix begins with the other and one suffix ends with the other: the longer prefix, the
 * middles of the one, the middles of the other and the longer suffix, put together, are in both. Without a gap a set has one member to look for.
 */
export function disjoint(a: Glob, b: Glob): boolean {
  const left = shapeOf(a);
  const right = shapeOf(b);
  if (left.suffix === undefined) return !fits(right, left.prefix);
  if (right.suffix === undefined) return !fits(left, right.prefix);
  const begins = left.prefix.startsWith(right.prefix) || right.prefix.startsWith(left.prefix);
  const ends = left.suffix.endsWith(right.suffix) || right.suffix.endsWith(left.suffix);
  return !(begins && ends);
}

/** Those sets that no other one contains; of equal ones the first. */
export const widest = (globs: readonly Glob[]): readonly Glob[] => kept(globs, contains);

/** Those sets that contain no other one; of equal ones the first. */
export const narrowest = (globs: readonly Glob[]): readonly Glob[] => kept(globs, (one, other) => contains(other, one));

const kept = (globs: readonly Glob[], replaces: (one: Glob, other: Glob) => boolean): readonly Glob[] =>
  globs.reduce<readonly Glob[]>(
    (all, one) =>
      all.some((other) => replaces(other, one)) ? all : [...all.filter((other) => !replaces(one, other)), one],
    [],
  );

function shapeOf(glob: Glob): Shape {
  const before: string[] = [];
  let literal = "";
  for (const token of glob) {
    if (token === "any") {
      before.push(literal);
      literal = "";
    } else literal += token.literal;
  }
  const [prefix, ...middles] = before;
  return prefix === undefined ? { prefix: literal, middles, suffix: undefined } : { prefix, middles, suffix: literal };
}

/** Each middle is taken at its first place after the one before: a later place could only leave less room for the rest. */
function fits({ prefix, middles, suffix }: Shape, text: string): boolean {
  if (suffix === undefined) return text === prefix;
  const end = text.length - suffix.length;
  if (!text.startsWith(prefix) || !text.endsWith(suffix) || prefix.length > end) return false;
  let at = prefix.length;
  for (const middle of middles) {
    const found = text.indexOf(middle, at);
    if (found < 0 || found + middle.length > end) return false;
    at = found + middle.length;
  }
  return true;
}
