import { describe, expect, it } from "vitest";
import type { Formula } from "../../../../functions/core/proof/diagram.ts";
import { Violation } from "../../../../functions/core/proof/violation.ts";
import { against, allow, answerTo, textOf, when } from "./ask.ts";
import { world } from "./small-world.ts";

const HEAD = "arn:aws:s3:::k/";
const PLACE = { head: HEAD, tail: "", isWhole: false };

/** A search for a call behind the head, and the formulas that were searched. */
function searching() {
  const small = world();
  const { unknowns, cases, search, diagram, budget } = small;
  const searched: Formula[] = [];
  const recording = {
    find: (formula: Formula) => {
      searched.push(formula);
      return search.find(formula);
    },
  } as typeof search;
  const violation = new Violation({ unknowns, cases, search: recording, budget });
  const behind = (glob: string) => small.arn(`${HEAD}${glob}`);
  const place = violation.behind(PLACE);
  const find = (where: readonly Formula[], ...unless: readonly (readonly Formula[])[]) =>
    violation.find({
      behind: place,
      where: diagram.and(place.within, ...where.map((each) => place.of(each))),
      unless: unless.map((all) => place.ofAll(violation.lists.of(all))),
    });
  return { ...small, searched, find, behind, diagram };
}

describe("the search for a call", () => {
  it("uses what shares variables with the objection first, and is at an end where that leaves nothing", () => {
    const { find, behind, searched, diagram } = searching();
    const far = Array.from({ length: 8 }, (_, index) => behind(`far${index}*`));
    const [one, two] = [diagram.and(behind("a*"), behind("*b")), diagram.and(behind("c*"), behind("*d"))];
    expect(find([one], [...far, one])).toBeUndefined();
    expect(searched).toHaveLength(1);
    expect(find([diagram.or(one, two)], [one], [...far, two])).toBeUndefined();
    expect(searched).toHaveLength(2);
  });

  it("is not made where sets that suffice for an objection cover the calls together", () => {
    const { find, behind, searched, diagram, unknowns } = searching();
    const far = Array.from({ length: 8 }, (_, index) => behind(`far${index}*`));
    expect(find([behind("*/x/*")], [...far, diagram.or(behind("y"), behind("*x*"))])).toBeUndefined();
    expect(find([diagram.or(behind("a*"), behind("b*"))], [...far, behind("a*")], [behind("b*")])).toBeUndefined();
    expect(searched).toEqual([]);
    // What does not suffice alone counts for nothing.
    const open = diagram.and(behind("*x*"), unknowns.open("o"));
    expect(find([behind("*/x/*")], [open])).toMatchObject({ isCertain: true });
    expect(find([behind("*x*")], [behind("*/x/*")])).toMatchObject({ isCertain: true });
  });

  it("uses twice as many of the others each time, until all are used", () => {
    const { find, behind, searched } = searching();
    const others = (count: number) => Array.from({ length: count }, (_, index) => behind(`${index}*`));
    const rounds = (count: number) => {
      const before = searched.length;
      expect(find([behind("*")], others(count))).toMatchObject({ isCertain: true });
      // Each search leaves out more.
      expect(new Set(searched.slice(before)).size).toBe(searched.length - before);
      return searched.length - before;
    };
    // None, then 1, 2 and 4 more.
    expect([0, 1, 2, 3, 4, 7, 8].map(rounds)).toEqual([1, 2, 3, 3, 4, 4, 5]);
  });

  it("counts what was used first into how many are used next, and uses nothing twice", () => {
    const { find, behind, searched, diagram } = searching();
    const [a, b] = [behind("a*"), behind("b*")];
    const others = Array.from({ length: 6 }, (_, index) => behind(`${index}*`));
    const where = diagram.not(diagram.and(a, b));
    expect(find([where], [diagram.and(a, behind("*aa")), diagram.and(b, behind("*bb")), ...others])).toMatchObject({
      isCertain: true,
    });
    // The two that share a variable, then two others, then the other four.
    expect(searched).toHaveLength(1 + 2);
  });

  it("makes nothing more of the formulas that are left where nothing is left to search", () => {
    const { find, behind, diagram } = searching();
    const a = diagram.and(behind("a*"), behind("*z"));
    const all = [a, ...Array.from({ length: 8 }, (_, index) => diagram.and(a, behind(`*${index}*`)))];
    for (const each of all) find([each]);
    const before = diagram.bytes;
    expect(find([a], all)).toBeUndefined();
    const once = diagram.bytes - before;
    expect(find([a], all.toReversed())).toBeUndefined();
    expect(once).toBeLessThan(diagram.bytes - before - once);
  });

  it("is made once where nothing is unclear", () => {
    const { find, behind, searched, unknowns, diagram } = searching();
    expect(find([behind("a*")])).toEqual({ isCertain: true, arn: `${HEAD}a`, rest: 1 });
    expect(searched).toHaveLength(1);
    const open = unknowns.unclear("u");
    expect(find([diagram.and(behind("a*"), open)])).toEqual({ isCertain: false });
    const either = diagram.and(behind("a*"), diagram.or(open, behind("ab*")));
    expect(find([either])).toEqual({ isCertain: true, arn: `${HEAD}ab`, rest: 1 });
  });

  it("shows the call that depends on nothing unclear, though a shorter one depends on it", () => {
    const text = textOf(allow("s3:GetObject", "arn:aws:s3:::acme/*"));
    const unclear = 'decimal("1.0") == decimal("2.0")';
    const permit = when("permit", `resource.arn == "arn:aws:s3:::acme/" && ${unclear}`);
    expect(answerTo(text, [permit])).toMatchObject(
      against({ resource: "arn:aws:s3:::acme/x", objection: "no permit" }),
    );
  });
});
