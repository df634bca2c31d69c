import { describe, expect, it } from "vitest";
import { BOX, cut, reachLayout, shortTarget } from "../../../console/agents/reach-layout.ts";

const permit = (policy: string, count: number, group?: string) => ({
  policy,
  reach: Array.from({ length: count }, (_, index) => `s3:GetObject on X where resource.arn in arn:aws:s3:::b/${index}`),
  needs: "",
  waits_for: group === undefined ? [] : [{ group, count: 2 }],
});
const BINDINGS = [{ issuer: "github", claims: { repository_id: "42" } }];

describe("the picture of a reach", () => {
  const { boxes, lines, height } = reachLayout("me", BINDINGS, {
    permits: [permit("a", 2), permit("b", 9, "sre"), permit("c", 1)],
  });

  it("lets no two boxes touch, and none leave the picture", () => {
    for (const [index, one] of boxes.entries()) {
      expect(one.y).toBeGreaterThanOrEqual(0);
      expect(one.y + BOX.height).toBeLessThanOrEqual(height);
      for (const other of boxes.slice(index + 1))
        expect(one.x !== other.x || Math.abs(one.y - other.y) >= BOX.height, `${one.text} ${other.text}`).toBe(true);
    }
  });

  it("goes from who can be the agent, by the agent and its policies, to what these reach", () => {
    const ways = lines.map(([from, to]) => `${boxes[from]?.kind}>${boxes[to]?.kind}`);
    expect([...new Set(ways)]).toEqual([
      "issuer>agent",
      "agent>policy",
      "policy>target",
      "agent>people",
      "people>target",
    ]);
    expect(boxes.find(({ kind }) => kind === "people")?.text).toBe("b: 2 of sre");
  });

  it("counts what is too much to draw", () => {
    expect(boxes.map(({ text }) => text).filter((text) => text.startsWith("and"))).toEqual(["and 6 more"]);
  });

  it("is of the agent alone where nothing is permitted and nobody can be it", () => {
    expect(reachLayout("me", [], { permits: [] })).toMatchObject({ boxes: [{ text: "me", y: 0 }], lines: [] });
  });
});

describe("the words of a box", () => {
  it.each([
    [
      "s3:GetObject on AWS::Resource where resource.account in 1 and resource.arn in arn:aws:s3:::a/*",
      "s3:GetObject: a/*",
    ],
    ['postgres:Select on resource in Database::"orders" where resource.schema in public', "postgres:Select: orders"],
    ["secret:Read on Secret where resource.name in demo/key", "secret:Read: demo/key"],
    ["every action on anything", "every action"],
  ])("%s", (words, short) => {
    expect(shortTarget(words)).toBe(short);
  });

  it("are cut between characters, and show the cut", () => {
    expect([cut("ab", 2), cut("😀😀😀", 2)]).toEqual(["ab", "😀…"]);
  });
});
