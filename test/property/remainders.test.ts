import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { literalHead, remainders } from "../../functions/core/policy/remainders.ts";
import { contains, type Glob, matches, type Token } from "../../functions/core/text/glob.ts";

/**
 * Few characters, so that heads and globs meet. Characters that IAM would read as more than themselves are among them.
 */
const text = fc.string({ unit: fc.constantFrom("a", "b", ":", "*", "?", "$"), maxLength: 5 });
const glob: fc.Arbitrary<Glob> = fc.array(
  fc.oneof<fc.Arbitrary<Token>[]>(
    fc.constant("any"),
    text.map((literal) => ({ literal })),
  ),
  { maxLength: 5 },
);

/** Mostly a text that could be in the set: the glob's literals, with little in the gaps. */
const meeting = glob.chain((pieces) =>
  fc
    .tuple(fc.array(text, { minLength: pieces.length, maxLength: pieces.length }), fc.nat(), text)
    .map(([fillings, cut, other]) => {
      const whole = pieces.map((token, index) => (token === "any" ? fillings[index] : token.literal)).join("");
      const at = cut % (whole.length + 1);
      return { pieces, head: whole.slice(0, at), rest: [whole.slice(at), other, ""] };
    }),
);

const isIn = (globs: readonly Glob[], rest: string): boolean => globs.some((one) => matches(one, rest));

describe("the remainders of a set behind a head", () => {
  it("contain exactly the texts that may follow the head", () => {
    fc.assert(
      fc.property(meeting, ({ pieces, head, rest }) => {
        const left = remainders(pieces, head);
        for (const each of rest) expect(isIn(left, each)).toBe(matches(pieces, head + each));
      }),
      { numRuns: 2_000 },
    );
  });

  it("do not contain one another", () => {
    fc.assert(
      fc.property(meeting, ({ pieces, head }) => {
        const left = remainders(pieces, head);
        left.forEach((one, index) => {
          expect(left.filter((other, place) => place !== index && contains(other, one))).toEqual([]);
        });
      }),
    );
  });

  it("are not empty where the head is the set's own literal head", () => {
    fc.assert(
      fc.property(glob, (pieces) => {
        expect(remainders(pieces, literalHead(pieces))).not.toEqual([]);
      }),
    );
  });

  it("are incomplete, and the property fails, where one is dropped", () => {
    const drops = fc.property(meeting, ({ pieces, head, rest }) =>
      rest.every((each) => isIn(remainders(pieces, head).slice(1), each) === matches(pieces, head + each)),
    );
    expect(fc.check(drops, { numRuns: 200, seed: 1 }).failed).toBe(true);
  });
});
