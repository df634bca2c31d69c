/**
 * Globs: sets of strings, written as literals with gaps, with the meaning of Cedar's `like` and IAM's `*`.
 *
 * A glob is a list of tokens, which distinguish a literal `*` (Cedar's `\*`) from a wildcard. IAM's `?` does not exist
 * here: `parseArn` refuses it, and Cedar's `?` is a literal. All answers are exact over Unicode, and cost at most the
 * product of the two lengths.
 */

/** Token of a glob: a literal, or a gap that matches any run of characters, also an empty one. */
export type Token = { readonly literal: string } | "any";
export type Glob = readonly Token[];

/** Pattern in Cedar's JSON policy format. */
export type CedarPattern = readonly ({ readonly Literal: string } | "Wildcard")[];

/**
 * Glob split at its gaps: `prefix`, then each of `middles` in order, then `suffix`. A glob without a gap is a prefix
 * alone. `a*b*c` is prefix `a`, middles `b`, suffix `c`.
 */
interface Shape {
  readonly prefix: string;
  readonly middles: readonly string[];
  readonly suffix: string | undefined;
  /** The whole glob, with `GAP` for each gap. */
  readonly filled: string;
  /** True where a literal holds `GAP`. No text of a policy or ARN does. */
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

/** Returns whether `text` is in the set. */
export function matches(glob: Glob, text: string): boolean {
  return fits(shapeOf(glob), text);
}

/**
 * Returns whether every string of `inner` is in `outer`.
 *
 * Each gap of `inner` is written as one symbol. No literal of `outer` holds the symbol, so only a gap of `outer` can
 * match it. The gap matches whatever is in the symbol's place, so `true` is right for every alphabet. The symbol itself
 * is a string that `inner` could hold there, so `false` is right too.
 */
export function contains(outer: Glob, inner: Glob): boolean {
  const shape = shapeOf(outer);
  return !shape.holdsGap && fits(shape, shapeOf(inner).filled);
}

/**
 * Symbol of a gap: a lone surrogate, which is no character, so no Cedar string or ARN holds it. `contains` returns
 * false where a literal holds it.
 */
const GAP = "\uD800";

/**
 * Returns whether no string is in both sets.
 *
 * Two globs with gaps share a string where one prefix begins with the other and one suffix ends with the other. The
 * longer prefix, the middles of both, one after the other, and the longer suffix are such a string. A glob without a
 * gap has a single member to look for.
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

/** Returns the sets that no other one contains; of equal sets the first. */
export const widest = (globs: readonly Glob[]): readonly Glob[] => reduced(globs, contains);

/** Returns the sets that contain no other one; of equal sets the first. */
export const narrowest = (globs: readonly Glob[]): readonly Glob[] =>
  reduced(globs, (one, other) => contains(other, one));

const reduced = (globs: readonly Glob[], replaces: (one: Glob, other: Glob) => boolean): readonly Glob[] =>
  globs.reduce<readonly Glob[]>(
    (all, one) =>
      all.some((other) => replaces(other, one)) ? all : [...all.filter((other) => !replaces(one, other)), one],
    [],
  );

/** Cache of shapes by glob: a compilation compares each glob with many others. */
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

/**
 * Returns whether the text has the shape. Each middle takes its first place behind the last one: a later place would
 * leave less room.
 */
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
