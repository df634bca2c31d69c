import { describe, expect, it } from "vitest";
import { boundOfDetails } from "../../../../functions/core/delegation/bounds.ts";
import { type BoundPair, contain } from "../../../../functions/core/delegation/contain.ts";
import { accountId } from "../../../../functions/core/deployment/account-id.ts";
import type { ConditionBlock } from "../../../../functions/core/intent/detail.ts";
import { weakestWays } from "../../../../functions/core/policy/weakest-ways.ts";
import { spelled } from "../../../fakes/samples/spelled.ts";
import { catalogue } from "../catalogue/load-catalogue.ts";

const tag = (key: string, value = "x"): ConditionBlock => ({ StringEquals: { [`aws:ResourceTag/${key}`]: [value] } });
const like = (key: string): ConditionBlock => ({ StringLike: { [`aws:ResourceTag/${key}`]: ["x*"] } });
const unlike = (key: string): ConditionBlock => ({ StringNotLike: { [`aws:ResourceTag/${key}`]: ["x*"] } });
const both: ConditionBlock = { StringEquals: { "aws:ResourceTag/a": ["x"], "aws:ResourceTag/b": ["x"] } };
const bothTheOtherWayRound: ConditionBlock = {
  StringEquals: { "aws:ResourceTag/B": ["x"], "aws:ResourceTag/A": ["x"] },
};

describe("of ways of which one has to hold", () => {
  it.each<readonly [string, readonly ConditionBlock[], readonly ConditionBlock[]]>([
    ["one that requires more than another is left out", [both, tag("a")], [tag("a")]],
    ["it is left out behind it too", [tag("b"), both], [tag("b")]],
    ["two that require the same are one", [both, bothTheOtherWayRound, both], [both]],
    ["one that requires nothing is enough", [tag("a"), {}, both], [{}]],
    ["another value is another way", [tag("a", "x"), tag("a", "y")], [tag("a", "x"), tag("a", "y")]],
    ["another key is another way", [tag("a"), tag("b")], [tag("a"), tag("b")]],
    ["one whose values are within those of another is left out", [tag("a"), like("a")], [like("a")]],
    ["one that excludes what another requires is another way", [tag("a"), unlike("a")], [tag("a"), unlike("a")]],
    ["none is none", [], []],
  ])("%s", (_, ways, left) => {
    expect(weakestWays(ways)).toEqual(left);
  });

  it("a child has as many as its parent, however deep it is", () => {
    const [pair] = boundOfDetails(
      [
        {
          type: "aws",
          account: accountId("111122223333"),
          actions: spelled("s3:GetObject"),
          resources: ["arn:aws:s3:::acme-data/x"],
        },
      ],
      catalogue,
    );
    if (!pair) throw new Error("no pair");
    const own: BoundPair = { ...pair, conditions: ["a", "b", "c", "d", "e"].map((key) => tag(key)) };
    let above = own;
    for (let depth = 1; depth <= 4; depth += 1) {
      const answer = contain(own, [above]);
      if ("denial" in answer) throw new Error("it is within itself");
      above = answer.contained;
    }
    expect(above.conditions).toEqual(own.conditions);
  });
});
