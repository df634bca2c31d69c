/**
 * Globs: sets of strings, written as literals with gaps, as Cedar's `like` and IAM's `*` mean them.
 *
 * A glob is a list of tokens, so that a literal `*` (Cedar's `\*`) and a wildcard can never be confused. IAM's `?` does not exist here: `parseArn`
 * refuses it, and Cedar's `?` is a literal. All answers are exact over Unicode, and cost at most the product of the two lengths.
 */

/** Token of a glob: a literal, or a gap that matches any run of characters, the empty one included. */
export type Token = { readonly literal: string } | "any";
export type Glob = readonly Token[];

/** Pattern in Cedar's JSON policy format. */
export type CedarPattern = readonly ({ readonly Literal: string } | "Wildcard")[];

/**
 * Glob split at its gaps: `prefix`, then each of `middles` in order, then `suffix`. Without a gap there is no suffix, and the prefix is all.
 * `a*b*c` is prefix `a`, middles `b`, suffix `c`.
 */
interface Shape {
  readonly prefix: string;
  readonly middles: readonly string[];
  readonly suffix: string | undefined;
  /** The whole glob, each gap written as `GAP`. */
  readonly filled: string;
  /** True where a literal holds `GAP`, which no text of a policy or ARN does. */
  readonly holdsGap: boolean;
}

/** Parses an IAM pattern, in which only `*` is special. `?` and `${...}` are literals here; `parseArn` refuses both. */
export function globFromIam(text: string): Glob {
  return text.split("*").flatMap((literal, index): Token[] => (index === 0 ? [{ literal }] : ["any", { literal }]));
}

/** Parses the `pattern` of a Cedar `like`. */
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
 * it takes whatever is in the symbol's place. That is sound for every alphabet. It is complete too, since the symbol is itself a string that
 * `inner` could hold there: `false` means that some string of `inner` is missing from `outer`.
 */
export function contains(outer: Glob, inner: Glob): boolean {
  const shape = shapeOf(outer);
  return !shape.holdsGap && fits(shape, shapeOf(inner).filled);
}

/** Symbol of a gap: a lone surrogate, which is no character, so no Cedar string or ARN holds it. `contains` returns false where a literal does. */
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

/** Lists the sets that no other one contains; of equal sets the first. */
export const widest = (globs: readonly Glob[]): readonly Glob[] => kept(globs, contains);

/** Lists the sets that contain no other one; of equal sets the first. */
export const narrowest = (globs: readonly Glob[]): readonly Glob[] => kept(globs, (one, other) => contains(other, one));

const kept = (globs: readonly Glob[], replaces: (one: Glob, other: Glob) => boolean): readonly Glob[] =>
  globs.reduce<readonly Glob[]>(
    (all, one) =>
      all.some((other) => replaces(other, one)) ? all : [...all.filter((other) => !replaces(one, other)), one],
    [],
  );

/** Shapes by their glob, for the life of the glob: a compilation compares each with many others. */
const SHAPES = new WeakMap<Glob, Shape>();

function shapeOf(glob: Glob): Shape {
  const known = SHAPES.get(glob);
  if (known) return known;
  const made = shaped(glob);
  SHAPES.set(glob, made);
  return made;
}

function shaped(glob: Glob): Shape {
  const before: string[] = [];
  let literal = "";
  for (const token of glob) {
    if (token === "any") {
      before.push(literal);
      literal = "";
    } else literal += token.literal;
  }
  const [prefix, ...middles] = before;
  const filled = [...before, literal].join(GAP);
  const holdsGap = [...before, literal].some((each) => each.includes(GAP));
  return prefix === undefined
    ? { prefix: literal, middles, suffix: undefined, filled, holdsGap }
    : { prefix, middles, suffix: literal, filled, holdsGap };
}

/** True where the text has the shape. Takes each middle at its first place behind the last one, since a later place leaves less room for the rest. */
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
