import type { Counted } from "./budget.ts";
import { ANY, ANY_IN_PART, COLON, characterAt, ONE, ONE_IN_PART, type Pattern } from "./language.ts";

/**
 * Returns true only where every string that matches the narrow pattern also matches the wide one. False may be a
 * miss, where a gap of the wide pattern matches no colon or one character alone. For a narrow pattern without gaps and
 * a wide one whose gaps match any character, the result is exact.
 */
export function covers(wide: Pattern, narrow: Pattern, budget: Counted): boolean {
  let at = 0;
  let place = 0;
  // Index of the last gap of any run so far, and the end of what it takes at present.
  let run = -1;
  let until = 0;
  let steps = 0;
  let isCovered = true;
  while (isCovered && place < narrow.length) {
    steps += 1;
    const [expected, piece] = [characterAt(wide, at), characterAt(narrow, place)];
    if (expected === ANY || expected === ANY_IN_PART) {
      run = at;
      until = place;
      at += 1;
    } else if (takes(expected, piece)) {
      at += expected.length;
      place += piece.length;
    } else if (run >= 0 && takes(characterAt(wide, run), characterAt(narrow, until))) {
      until += characterAt(narrow, until).length;
      at = run + 1;
      place = until;
    } else isCovered = false;
  }
  budget.characters(steps);
  return isCovered && ONLY_RUNS.test(wide.slice(at));
}

const ONLY_RUNS = /^[\uDC00\uDC02]*$/;

/** True where one piece of a pattern matches all that the other piece does. */
function takes(expected: Pattern, piece: Pattern): boolean {
  switch (expected) {
    case ANY:
      return true;
    case ANY_IN_PART:
      return piece !== COLON && piece !== ANY && piece !== ONE;
    case ONE:
      return piece !== ANY && piece !== ANY_IN_PART;
    case ONE_IN_PART:
      return piece !== COLON && piece !== ANY && piece !== ANY_IN_PART && piece !== ONE;
    default:
      return expected === piece;
  }
}

/**
 * Returns patterns of which a string matches one where the string, followed by the text, matches the given pattern:
 * the derivative from the end.
 */
export function patternsBefore(pattern: Pattern, text: string, budget: Counted): readonly Pattern[] {
  let left = closedBefore([pattern]);
  let steps = 0;
  for (let end = text.length; end > 0 && left.length > 0; steps += left.length) {
    const [longest = "", next] = left;
    const literalLength = left.length === 1 ? longest.length - endOfGaps(longest) : 0;
    if (literalLength > 0) {
      // The characters at the end are compared at once.
      const length = Math.min(literalLength, end);
      if (!longest.endsWith(text.slice(end - length, end))) return [];
      left = closedBefore([longest.slice(0, longest.length - length)]);
      end -= length;
      continue;
    }
    if (left.length === 2 && longest === next + ANY) {
      // Text behind the last such character changes nothing.
      const leavesAt = lastOf(next as Pattern, longest.length - 1);
      if (!isGap(leavesAt)) {
        const last = leavesAt === "" ? -1 : text.lastIndexOf(leavesAt, end - 1);
        if (last < 0) break;
        end = last + leavesAt.length;
      }
    }
    const character = lastOf(text, end);
    left = closedBefore(left.flatMap((prefix) => shortened(prefix, character)));
    end -= character.length;
  }
  budget.characters(steps);
  return left.filter((prefix) => !left.includes(prefix + ANY) && !left.includes(prefix + ANY_IN_PART));
}

/**
 * Adds the prefixes before gaps at the end, since a gap may be empty. Then drops the prefixes that are longer than the
 * last one that ends with a gap of any run, which matches all of their strings. All are prefixes of one pattern.
 */
function closedBefore(prefixes: readonly Pattern[]): readonly Pattern[] {
  const reached = new Set(prefixes);
  for (const prefix of reached) if (isRun(lastOf(prefix, prefix.length))) reached.add(prefix.slice(0, -1));
  const all = [...reached].sort((a, b) => b.length - a.length);
  const last = all.findLastIndex((prefix) => lastOf(prefix, prefix.length) === ANY);
  return last < 0 ? all : all.slice(last);
}

const isRun = (piece: string): boolean => piece === ANY || piece === ANY_IN_PART;

/** Returns the pattern without the piece at its end that matches the character; the whole one for a gap of any run. */
function shortened(prefix: Pattern, character: string): readonly Pattern[] {
  if (prefix === "") return [];
  const last = lastOf(prefix, prefix.length);
  if (!takes(last, character)) return [];
  return [isRun(last) ? prefix : prefix.slice(0, -last.length)];
}

/** Returns the character, or gap, that ends there. */
const lastOf = (text: string, end: number): string => text.slice(isPair(text, end) ? end - 2 : end - 1, end);

/** True where the two UTF-16 units before the end are one character. */
const isPair = (text: string, end: number): boolean => end > 1 && (text.codePointAt(end - 2) ?? 0) > 0xffff;

/** True for a gap. No other character is a lone surrogate. */
const isGap = (character: string): boolean => character >= ANY && character <= ONE_IN_PART && character.length === 1;

/** Returns where the last gap of the pattern ends; 0 where it has none. */
export function endOfGaps(pattern: Pattern): number {
  let end = pattern.length;
  while (end > 0) {
    const unit = pattern.charAt(end - 1);
    if (isGap(unit) && !isPair(pattern, end)) return end;
    end -= 1;
  }
  return 0;
}
