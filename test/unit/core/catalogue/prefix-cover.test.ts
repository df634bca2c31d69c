import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { prefixCover } from "../../../../functions/core/catalogue/prefix-cover.ts";

describe("names and prefixes of actions", () => {
  it("are one prefix where nothing else begins alike", () => {
    expect(prefixCover(["ec2:DescribeVpcs", "ec2:DescribeVolumes"], ["ec2:RunInstances"])).toEqual(["ec2:DescribeV*"]);
  });

  it("leave out names in between, in any case", () => {
    expect(
      prefixCover(["ec2:DescribeTags", "ec2:DescribeVolumes", "ec2:DescribeVpcs"], ["EC2:describevolumestatus"]),
    ).toEqual(["ec2:DescribeTags", "ec2:DescribeVolumes", "ec2:DescribeVpcs"]);
  });

  it("never span two services", () => {
    expect(prefixCover(["ec2:A", "ecs:A"], [])).toEqual(["ec2:A", "ecs:A"]);
  });

  it("match every wanted name and no spare one", () => {
    const name = fc
      .tuple(fc.constantFrom("a", "ab"), fc.array(fc.constantFrom("x", "X", "y"), { minLength: 1, maxLength: 5 }))
      .map(([service, letters]) => `${service}:${letters.join("")}`);
    const names = fc.uniqueArray(name, { minLength: 1, maxLength: 20, selector: (each) => each.toLowerCase() });
    fc.assert(
      fc.property(names, fc.nat({ max: 20 }), (all, count) => {
        const [wanted, spare] = [all.slice(0, count), all.slice(count)];
        const cover = prefixCover(wanted, spare).map((each) => each.toLowerCase());
        const isMatched = (each: string) =>
          cover.some((one) =>
            one.endsWith("*") ? each.toLowerCase().startsWith(one.slice(0, -1)) : one === each.toLowerCase(),
          );
        expect(wanted.filter((each) => !isMatched(each))).toEqual([]);
        expect(spare.filter(isMatched)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});
