import { describe, expect, it } from "vitest";
import { FENCE_SECONDS, LEAST_FENCE_SECONDS } from "../../../../contract/limits.ts";
import { CONSENT, votesIn } from "../../../../functions/core/policy/needed-votes.ts";
import {
  EVERY_OBLIGATION,
  needingPerson,
  obligationsOf,
  parseDuration,
  parseFence,
  parseLongDuration,
  stricterThan,
  strictest,
  unkeptBy,
  votesFor,
} from "../../../../functions/core/policy/obligations.ts";
import { leastDemanding } from "../../../../functions/core/policy/option.ts";

it("a fence is each duration between its bounds, and no other", () => {
  const seconds = Array.from({ length: 2_000 }, (_, count) => count);
  const isWithin = (count: number) => count >= LEAST_FENCE_SECONDS && count <= FENCE_SECONDS;
  const of = (unit: string) => seconds.flatMap((count) => parseFence(`${count}${unit}`) ?? []);
  expect(of("s")).toEqual(seconds.filter(isWithin));
  expect(of("m")).toEqual(seconds.map((count) => count * 60).filter(isWithin));
  expect([
    ...of("h"),
    ...["", "2", "m", "02m", "1.5m", "2m ", "-2m"].flatMap((text) => parseFence(text) ?? []),
  ]).toEqual([]);
});

describe("a duration", () => {
  it.each([
    ["15m", 900],
    ["1s", 1],
    ["12h", 43_200],
    ["999999s", 999_999],
  ])("%s is %s seconds", (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });

  it.each(["", "15", "m", "0m", "1.5h", "-1m", "15 m", "15M", "1d", "1h30m", "1000000s", "15m\n"])(
    "is not %j",
    (text) => {
      expect(parseDuration(text)).toBeUndefined();
    },
  );
});

describe("a long duration", () => {
  it.each([
    ["3d", 259_200],
    ["12h", 43_200],
    ["15m", 900],
  ])("%s is %s seconds", (text, seconds) => {
    expect(parseLongDuration(text)).toBe(seconds);
  });

  it.each(["", "d", "0d", "1.5d", "1D", "1d12h", "1000000d", "3d\n", "1w"])("is not %j", (text) => {
    expect(parseLongDuration(text)).toBeUndefined();
  });
});

const NONE = { bindIp: false, rotateAfterUse: false };

describe("obligations", () => {
  it("are what the annotations of a permit require", () => {
    expect(obligationsOf({})).toStrictEqual(NONE);
    expect(obligationsOf({ maxTtl: "soon" })).toStrictEqual(NONE);
    expect(obligationsOf({ id: "x", outlives: "" })).toStrictEqual(NONE);
    expect(obligationsOf({ approval: "sre", maxTtl: "15m", bindIp: "", rotateAfterUse: "" })).toStrictEqual({
      approval: [{ group: "sre", count: 1 }],
      maxTtlSeconds: 900,
      bindIp: true,
      rotateAfterUse: true,
    });
  });

  it("of a task are the strictest of its pairs'", () => {
    expect(strictest([])).toStrictEqual(NONE);
    expect(strictest([{ ...NONE, bindIp: true }, NONE])).toStrictEqual({ ...NONE, bindIp: true });
    expect(strictest([{ ...NONE, rotateAfterUse: true }, NONE])).toStrictEqual({ ...NONE, rotateAfterUse: true });
    expect(
      strictest([NONE, { ...NONE, maxTtlSeconds: 900 }, { ...NONE, maxTtlSeconds: 60, bindIp: true }]),
    ).toStrictEqual({
      ...NONE,
      maxTtlSeconds: 60,
      bindIp: true,
    });
    expect(
      strictest([
        { ...NONE, rotateAfterUse: true },
        { ...NONE, approval: [{ group: "sre", count: 1 }] },
      ]),
    ).toStrictEqual({
      ...NONE,
      rotateAfterUse: true,
      approval: [{ group: "sre", count: 1 }],
    });
  });
});

describe("approvals of several permits", () => {
  it("I9a: are all required, and none of them is left out", () => {
    const sre = obligationsOf({ approval: "sre=2" });
    const security = obligationsOf({ approval: "security,sre" });
    const both = [
      { group: "security", count: 1 },
      { group: "sre", count: 2 },
    ];
    expect(strictest([sre, security]).approval).toEqual(both);
    expect(strictest([security, NONE, sre]).approval).toEqual(both);
  });
});

describe("the person's consent", () => {
  const consent = obligationsOf({ consent: "" });
  const [sre] = [[{ group: "sre", count: 1 }]];

  it("is one more vote, beside those of groups", () => {
    expect(votesFor(consent)).toEqual([{ group: "@person", count: 1 }]);
    expect(votesFor(strictest([consent, obligationsOf({ approval: "sre" })]))).toEqual([CONSENT, ...sre]);
    expect(votesFor(NONE)).toEqual([]);
  });

  it("is no vote of a group: an owner's stays the only one beside it", () => {
    expect(votesIn([CONSENT])).toBe(0);
    expect(votesIn([CONSENT, ...sre])).toBe(1);
  });

  it("is for one task, and given by nobody else: nothing that eases an approval eases one beside it", () => {
    const eased = obligationsOf({ approval: "sre=2", standing: "5/7d", breakGlass: "", maxTtl: "15m" });
    expect(strictest([eased])).toMatchObject({ breakGlass: true, standing: { uses: 5 } });
    expect(strictest([eased, consent])).not.toHaveProperty("breakGlass");
    expect(strictest([eased, consent])).not.toHaveProperty("standing");
  });

  it("demands more than nothing, and less than an approval by others", () => {
    const option = (policy: string, obligations: typeof consent) => ({ policy, conditions: [{}], obligations });
    const approval = obligationsOf({ approval: "sre" });
    expect(leastDemanding([option("a", consent), option("b", NONE)])?.policy).toBe("b");
    expect(leastDemanding([option("a", approval), option("b", consent)])?.policy).toBe("b");
  });

  it("is what an agent that acts for nobody cannot meet", () => {
    expect(needingPerson(consent).map(({ annotation }) => annotation)).toEqual(["consent"]);
    expect(needingPerson(obligationsOf({ approval: "sre", bindIp: "" }))).toEqual([]);
  });
});

describe("uses of one approval", () => {
  const sre = obligationsOf({ approval: "sre" });
  const standing = obligationsOf({ approval: "sre", standing: "5/7d" });

  it("are the least that all permits with people of a request allow, and none where one allows none", () => {
    expect(standing.standing).toEqual({ uses: 5, window: 604_800 });
    const shorter = obligationsOf({ approval: "security", standing: "9/2h" });
    expect(strictest([standing, shorter, NONE]).standing).toEqual({ uses: 5, window: 7_200 });
    expect(strictest([standing, sre])).not.toHaveProperty("standing");
    expect(strictest([NONE])).not.toHaveProperty("standing");
  });

  it("make a permit demand less than one without, and more than one that needs no people", () => {
    expect(stricterThan(sre, standing).map(({ annotation }) => annotation)).toEqual(["standing"]);
    expect(stricterThan(standing, sre)).toEqual([]);
    const option = (policy: string, obligations: typeof sre) => ({ policy, conditions: [{}], obligations });
    expect(leastDemanding([option("a", sre), option("b", standing)])?.policy).toBe("b");
    expect(leastDemanding([option("a", standing), option("b", NONE)])?.policy).toBe("b");
  });

  it("are in an explanation with the approval", () => {
    const said = EVERY_OBLIGATION.flatMap(({ words }) => words(standing) ?? []);
    expect(said).toEqual(["approval by sre", "which may be for 5 uses within 168 h"]);
  });
});

describe("a glass to break", () => {
  const sre = obligationsOf({ approval: "sre=2", maxTtl: "15m" });
  const glass = obligationsOf({ approval: "sre=2", maxTtl: "15m", breakGlass: "" });

  it("is there where all permits of a request that need people have one", () => {
    expect(strictest([glass, NONE]).breakGlass).toBe(true);
    expect(strictest([glass, sre])).not.toHaveProperty("breakGlass");
    expect(strictest([NONE])).not.toHaveProperty("breakGlass");
  });

  it("makes a permit demand less than one without", () => {
    expect(stricterThan(sre, glass).map(({ annotation }) => annotation)).toEqual(["breakGlass"]);
    expect(stricterThan(glass, sre)).toEqual([]);
  });
});

describe("each obligation", () => {
  // An obligation that eases another demand is no demand by itself.
  const rows = EVERY_OBLIGATION.filter(({ eases }) => !eases).map((row) => [row.example, row] as const);
  const annotated = ({ annotation, example }: (typeof EVERY_OBLIGATION)[number]) => {
    const [, value = ""] = example.match(/"(.*)"/) ?? [];
    return obligationsOf({ [annotation]: value });
  };

  it.each(rows)("%s is stricter than nothing, and is the strictest beside nothing", (_, row) => {
    const own = annotated(row);
    expect(stricterThan(own, NONE)).toEqual([row]);
    expect(stricterThan(NONE, own)).toEqual([]);
    expect(strictest([NONE, own])).toStrictEqual(own);
    expect(strictest([own, NONE])).toStrictEqual(own);
    expect(strictest([])).toStrictEqual(NONE);
  });

  it.each(rows)("%s has words for an explanation, and none where a permit does not have it", (_, row) => {
    expect(row.words(annotated(row))).toMatch(/\w/);
    expect(row.words(NONE)).toBeUndefined();
  });

  it.each([
    ["approval", "", /groups and their votes/],
    ["approval", "sre", undefined],
    ["consent", "", undefined],
    ["consent", "pat", /takes no text/],
    ["maxTtl", "soon", /a duration such as/],
    ["maxTtl", "15m", undefined],
  ])("@%s(%j) is found at fault as it should be", (annotation, text, fault) => {
    const sentence = EVERY_OBLIGATION.find((row) => row.annotation === annotation)?.fault?.(text);
    if (fault) expect(sentence).toMatch(fault);
    else expect(sentence).toBeUndefined();
  });

  it.each([
    ["aws", ["rotateAfterUse"]],
    ["tool", ["bindIp", "rotateAfterUse"]],
    ["secret", ["bindIp"]],
    ["postgres", ["bindIp", "rotateAfterUse"]],
    ["something new", ["bindIp", "rotateAfterUse"]],
  ])("I9: of all of them, %s cannot enforce %j", (keeper, expected) => {
    const all = { approval: [{ group: "sre", count: 1 }], bindIp: true, rotateAfterUse: true, maxTtlSeconds: 60 };
    expect(unkeptBy(keeper, all).map(({ annotation }) => annotation)).toEqual(expected);
    expect(unkeptBy(keeper, NONE)).toEqual([]);
  });
});

describe("of several permits, the one that decides", () => {
  const annotations: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    free: {},
    also: {},
    approved: { approval: "sre" },
    short: { maxTtl: "1m" },
    long: { maxTtl: "1h" },
    bound: { bindIp: "" },
    rotated: { rotateAfterUse: "" },
  };
  const option = (policy: string, conditions: Readonly<Record<string, Record<string, string[]>>> = {}) => ({
    policy,
    conditions: [conditions],
    obligations: obligationsOf(annotations[policy] ?? {}),
  });
  const chosen = (...policies: string[]) => leastDemanding(policies.map((policy) => option(policy)))?.policy;

  it.each([
    [["approved", "short", "free"], "free"],
    [["approved", "short"], "short"],
    [["short", "long"], "long"],
    [["bound", "short"], "short"],
    [["bound", "rotated"], "rotated"],
    [["approved", "bound"], "bound"],
    [["free", "also"], "also"],
    [["also", "free"], "also"],
    [["free"], "free"],
  ])("of %j is %s: the least demanding, whatever their order", (policies, expected) => {
    expect(chosen(...policies)).toBe(expected);
    expect(chosen(...policies.toReversed())).toBe(expected);
  });

  it("requires no tags where another one does not either", () => {
    const tagged = option("free", { StringEquals: { "aws:ResourceTag/team": ["data"] } });
    expect(leastDemanding([tagged, option("short")])?.policy).toBe("short");
  });

  it("requires few tags in each of its ways, not in one of them alone", () => {
    const [team, env] = [{ "aws:ResourceTag/team": ["data"] }, { "aws:ResourceTag/env": ["dev"] }];
    const heavy = { ...option("also"), conditions: [{ StringEquals: team }, { StringEquals: team, StringLike: env }] };
    const light = { ...option("free"), conditions: [{ StringEquals: team }, { StringLike: env }] };
    expect(leastDemanding([heavy, light])?.policy).toBe("free");
  });

  it("is none of none", () => {
    expect(chosen()).toBeUndefined();
  });

  it("is the first of two that are alike in everything", () => {
    expect(chosen("free", "free")).toBe("free");
  });
});
