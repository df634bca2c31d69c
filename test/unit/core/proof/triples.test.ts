import { describe, expect, it } from "vitest";
import { Triples } from "../../../../functions/core/proof/triples.ts";

describe("numbers of triples", () => {
  it("are given from 0 on, and stay as they are however many triples there are", () => {
    const triples = new Triples();
    const all = Array.from({ length: 5_000 }, (_, index) => [index % 7, index, (index * 31) % 1_009] as const);
    expect(all.map(([one, two, three]) => triples.add(one, two, three))).toEqual(all.map((_, index) => index));
    expect(triples.size).toBe(5_000);
    for (const [index, [one, two, three]] of all.entries()) {
      expect(triples.numberOf(one, two, three)).toBe(index);
      expect([triples.oneOf(index), triples.twoOf(index), triples.threeOf(index)]).toEqual([one, two, three]);
    }
  });

  it.each([
    [2, 1, 3],
    [1, 2, 4],
    [0, 2, 3],
    [1, 1, 3],
  ])("are not those of %i, %i, %i, which was never added", (one, two, three) => {
    const triples = new Triples();
    expect(triples.numberOf(one, two, three)).toBeUndefined();
    triples.add(1, 2, 3);
    expect(triples.numberOf(one, two, three)).toBeUndefined();
    expect(triples.numberOf(1, 2, 3)).toBe(0);
  });
});
