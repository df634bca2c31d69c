import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  contains,
  disjoint,
  type Glob,
  globFromCedar,
  globFromIam,
  matches,
  type Token,
} from "../../functions/core/text/glob.ts";

/** Two letters, and the characters that are wildcards elsewhere: in a literal each must match only itself. */
const LETTERS = ["a", "b"];
const AWKWARD = ["a", "b", "*", "?", ".", "\\"];

const literal = (letters: readonly string[], maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...letters), maxLength });

const tokens = (letters: readonly string[], maxLength: number): fc.Arbitrary<Glob> =>
  fc.array(
    fc.oneof(
      fc.constant("any" as const),
      literal(letters, maxLength).map((text): Token => ({ literal: text })),
    ),
    { maxLength: 5 },
  );

/** At most four literal characters, so that two globs which share a string share one of at most eight. */
const smallGlob = tokens(LETTERS, 2).filter(
  (glob) => glob.reduce((sum, token) => sum + (token === "any" ? 0 : token.literal.length), 0) <= 4,
);

/** The oracle: the same set of strings as a regular expression. */
function regexOf(glob: Glob): RegExp {
  const body = glob.map((token) => (token === "any" ? "[^]*" : token.literal.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&")));
  return new RegExp(`^${body.join("")}$`);
}

const fill = (glob: Glob, fillings: readonly string[]): string =>
  glob.map((token, index) => (token === "any" ? (fillings[index % fillings.length] ?? "") : token.literal)).join("");

/** A glob and one made from it by replacing gaps with globs: mostly contained, as random pairs hardly ever are. */
const nested = fc
  .tuple(tokens(LETTERS, 2), fc.array(tokens(LETTERS, 1), { minLength: 1, maxLength: 3 }))
  .map(([outer, parts]) => {
    const inner = outer.flatMap(
      (token, index): Glob => (token === "any" ? (parts[index % parts.length] ?? []) : [token]),
    );
    return [outer, inner] as const;
  });
const pair = fc.oneof(nested, fc.tuple(tokens(LETTERS, 2), tokens(LETTERS, 2)));

const EVERY_STRING = Array.from({ length: 9 }, (_, length) =>
  Array.from({ length: 2 ** length }, (_, bits) =>
    Array.from({ length }, (_, at) => LETTERS[(bits >> at) & 1]).join(""),
  ),
).flat();

describe("globs", () => {
  it("match exactly the strings that the same regular expression matches", () => {
    const filled = (letters: readonly string[]) =>
      fc
        .tuple(tokens(letters, 2), fc.array(literal(letters, 2), { minLength: 1 }), fc.nat(20))
        .map(([glob, fillings, at]) => [glob, fill(glob, fillings), at] as const);
    fc.assert(
      fc.property(fc.oneof(filled(LETTERS), filled(AWKWARD)), literal(AWKWARD, 12), ([glob, text, at], stray) => {
        expect(matches(glob, text)).toBe(true);
        for (const other of [stray, text.slice(0, at) + text.slice(at + 1), text.slice(at) + text.slice(0, at)]) {
          expect([other, matches(glob, other)]).toEqual([other, regexOf(glob).test(other)]);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it("I2: contain another glob only if they match every string of it", () => {
    fc.assert(
      fc.property(
        pair,
        fc.array(literal(["a", "b", "c"], 3), { minLength: 1, maxLength: 5 }),
        ([outer, inner], fillings) => {
          fc.pre(contains(outer, inner));
          expect(regexOf(outer).test(fill(inner, fillings))).toBe(true);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it("fail to contain another glob only if they miss some string of it", () => {
    fc.assert(
      fc.property(pair, ([outer, inner]) => {
        fc.pre(!contains(outer, inner));
        expect(regexOf(outer).test(fill(inner, ["z"]))).toBe(false);
      }),
      { numRuns: 2_000 },
    );
  });

  it("I2: are disjoint exactly if they share no string", () => {
    fc.assert(
      fc.property(smallGlob, smallGlob, (a, b) => {
        const [left, right] = [regexOf(a), regexOf(b)];
        const shared = EVERY_STRING.find((text) => left.test(text) && right.test(text));
        expect([disjoint(a, b), shared]).toEqual([shared === undefined, shared]);
        expect(disjoint(b, a)).toBe(disjoint(a, b));
      }),
      { numRuns: 2_000 },
    );
  });

  it("match the same strings in Cedar and in IAM, where no literal is a wildcard", () => {
    fc.assert(
      fc.property(literal(["a", "b", "*"], 8), literal(LETTERS, 8), (pattern, text) => {
        const cedar = [...pattern].map((character) =>
          character === "*" ? ("Wildcard" as const) : { Literal: character },
        );
        expect(matches(globFromCedar(cedar), text)).toBe(matches(globFromIam(pattern), text));
        expect(contains(globFromCedar(cedar), globFromIam(pattern))).toBe(true);
        expect(contains(globFromIam(pattern), globFromCedar(cedar))).toBe(true);
      }),
    );
  });
});
