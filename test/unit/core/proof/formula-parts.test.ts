import { describe, expect, it } from "vitest";
import { ANYWHERE, Behind, type Place } from "../../../../functions/core/proof/behind.ts";
import { OverBudget, UNCOUNTED } from "../../../../functions/core/proof/budget.ts";
import { ByCase, only } from "../../../../functions/core/proof/by-case.ts";
import { likePattern, partPattern } from "../../../../functions/core/proof/cedar-patterns.ts";
import { counts, permits } from "../../../../functions/core/proof/cedar-policy.ts";
import { bool, FAILS, UNCLEAR } from "../../../../functions/core/proof/cedar-value.ts";
import { FALSE, TRUE } from "../../../../functions/core/proof/diagram.ts";
import { FormulaLists } from "../../../../functions/core/proof/formulas.ts";
import { Unreadable } from "../../../../functions/core/proof/iam-text.ts";
import { ANY, ANY_IN_PART, isText } from "../../../../functions/core/proof/language.ts";
import { ACCOUNT, against, allow, answerTo, deny, PERMIT, PROVEN, textOf, when } from "./ask.ts";
import { world } from "./small-world.ts";

describe("values by case", () => {
  it("have the cases that some call has, each value once", () => {
    const { unknowns, diagram } = world();
    const byCase = new ByCase(unknowns);
    const open = unknowns.open("o");
    expect(byCase.either(TRUE, bool(true), bool(false))).toEqual([{ when: TRUE, value: bool(true) }]);
    expect(byCase.truth(FALSE)).toEqual([{ when: TRUE, value: bool(false) }]);
    expect(byCase.either(open, FAILS, FAILS)).toEqual([{ when: TRUE, value: FAILS }]);
    expect(byCase.truth(open)).toEqual([
      { when: open, value: bool(true) },
      { when: diagram.not(open), value: bool(false) },
    ]);
    const missing = { is: "missing", tag: "t" } as const;
    for (const settled of [FAILS, UNCLEAR, missing])
      expect(byCase.each(byCase.either(open, settled, bool(true)), () => bool(false))).toEqual([
        { when: open, value: settled },
        { when: diagram.not(open), value: bool(false) },
      ]);
    expect(byCase.eachCases(byCase.truth(open), () => only(bool(true)))).toEqual([{ when: TRUE, value: bool(true) }]);
  });
});

const behindOf = (place: Place, { unknowns, diagram }: ReturnType<typeof world>) =>
  new Behind(place, unknowns, new FormulaLists(diagram), UNCOUNTED);

describe("formulas behind a head", () => {
  const [OPEN, WHOLE] = [false, true].map((isWhole) => ({ head: "arn:aws:s3:::k/", tail: "", isWhole })) as [
    Place,
    Place,
  ];

  it("are decided by it, or about the rest alone", () => {
    const small = world();
    const { unknowns } = small;
    const [of, rest] = [(text: string) => unknowns.arn(unknowns.languages.of(text)), behindOf(OPEN, small)];
    expect(rest.of(of("arn:aws:s3:::other"))).toBe(FALSE);
    expect(rest.of(of(`arn:aws:s3:::k${ANY}`))).toBe(TRUE);
    expect(rest.of(of("arn:aws:s3:::k/a"))).toBe(of("a"));
    expect(rest.of(unknowns.open("o"))).toBe(unknowns.open("o"));
    const whole = behindOf(WHOLE, small);
    expect(whole.of(of("arn:aws:s3:::k/a"))).toBe(FALSE);
    expect(whole.of(of("arn:aws:s3:::k/"))).toBe(TRUE);
    expect([rest.within, whole.within]).toEqual([TRUE, TRUE]);
    const between = behindOf({ ...OPEN, tail: ".csv" }, small);
    expect([rest.arnOf("a"), between.arnOf("a")]).toEqual(["arn:aws:s3:::k/a", "arn:aws:s3:::k/a.csv"]);
    expect(between.of(of("arn:aws:s3:::k/a.csv"))).toBe(of("a"));
    expect(between.of(of(`arn:aws:s3:::k/${ANY}.csv`))).toBe(TRUE);
    expect(between.of(of(`arn:aws:s3:::k/${ANY}.json`))).toBe(FALSE);
  });

  it("of a pattern are what its own formula is behind it, and take no state of a text", () => {
    const head = "arn:aws:s3:::k/a";
    for (const place of [OPEN, WHOLE, ANYWHERE, { head, tail: "", isWhole: true }, { head, tail: "a", isWhole: false }])
      for (const pattern of [
        // The head and the tail may not share a character.
        ...["arn:aws:s3:::k/aa", "arn:aws:s3:::k/aba", `arn:aws:s3:::k/${ANY}b`, `${ANY}a${ANY}a`],
        ...["arn:aws:s3:::k/", "arn:aws:s3:::k/a", "arn:aws:s3:::k", "arn:aws:s3:::other/a", ""],
        ...[ANY, `arn:aws:s3:::k${ANY}`, `arn:aws:s3:::k/${ANY}a`, `${ANY}a`, `arn:aws:s3:::other${ANY}`],
      ]) {
        const small = world();
        const behind = behindOf(place, small);
        const { languages } = small.unknowns;
        const before = languages.bytes;
        const named = behind.arns(pattern);
        if (place.isWhole && isText(pattern)) expect(languages.bytes - before).toBeLessThan(700);
        expect(named, `${pattern} behind ${place.head}`).toBe(behind.of(small.unknowns.arn(languages.of(pattern))));
      }
  });

  it("are each once in a list, without those that no ARN meets, and by the variables that they read", () => {
    const small = world();
    const { unknowns, diagram } = small;
    const lists = new FormulaLists(diagram);
    const behind = new Behind(OPEN, unknowns, lists, UNCOUNTED);
    const [a, b] = ["a", "b"].map((name) => unknowns.arn(unknowns.languages.of(`arn:aws:s3:::k/${name}`))) as [
      number,
      number,
    ];
    const [onA, onB] = [behind.of(a), behind.of(b)];
    const either = diagram.or(onA, onB);
    const all = lists.of([a, b, FALSE, diagram.or(a, b)]);
    const list = behind.ofAll(all);
    expect(list).toMatchObject({ isCertain: false, all: new Set([onA, onB, either]) });
    expect(list.by().get(diagram.variableOf(onA))).toEqual([onA, either]);
    expect(list.by().get(diagram.variableOf(onB))).toEqual([onB, either]);
    expect(list.by()).toBe(list.by());
    expect([behind.ofAll(all), lists.of([onA, onB, onA, FALSE, either])]).toEqual([list, list]);
    expect(behind.ofAll(lists.of([TRUE, a])).isCertain).toBe(true);
    expect(new Set([[], [a], [b], [a, b], [TRUE]].map((each) => lists.of(each).id)).size).toBe(5);
  });

  it("are about ARNs, whose account is a number, a word or left out, as far as the head leaves the account open", () => {
    const { unknowns, diagram, search } = world();
    const isWithin = (head: string, rest: string) => {
      const { within } = new Behind({ head, tail: "", isWhole: false }, unknowns, new FormulaLists(diagram), UNCOUNTED);
      return search.find(diagram.and(within, unknowns.arn(unknowns.languages.of(rest)))) === rest;
    };
    for (const rest of ["arn:aws:s3:::k", "arn:aws:sqs::111122223333:q", "arn:aws:iam::aws:policy/ReadOnlyAccess"])
      expect(isWithin("", rest)).toBe(true);
    for (const rest of ["arn:aws:s3:::", "arn:aws:s3::", "aws:arn:s3:::k", "arn::s3:::k", "k"])
      expect([rest, isWithin("", rest)]).toEqual([rest, false]);
    expect(["111122223333:q", "q"].map((rest) => isWithin("arn:aws:sqs:a:", rest))).toEqual([true, false]);
    // A whole ARN of a text is checked, whatever it is.
    expect([isWithin("arn:aws:sqs:a:1:", "q"), isWithin("arn:aws:sqs:a:1:", "")]).toEqual([true, true]);
  });

  it("leave nothing to search for where ARNs are exact", () => {
    const limits = { work: 0, milliseconds: 50 };
    const text = textOf(allow("ec2:StartInstances", `arn:aws:ec2:us-east-1:${ACCOUNT}:instance/i-0`));
    const permit = when("permit", 'resource.arn like "*:instance/i-*"');
    const forbid = when("forbid", 'resource.arn like "*:instance/i-1*"');
    expect(answerTo(text, [permit, forbid], { limits })).toEqual(PROVEN);
  });
});

describe("patterns of Cedar", () => {
  it.each([undefined, null, "a", 1, {}, [null], ["a"], [{ Literal: 1 }], [{}], ["Wildcard", undefined]])(
    "are none where the JSON has none: %j",
    (given) => {
      expect(likePattern(given)).toBeUndefined();
    },
  );

  it("are texts and gaps", () => {
    expect(likePattern([])).toBe("");
    expect(likePattern(["Wildcard", { Literal: "a" }, { Literal: `b${ANY}` }])).toBe(`${ANY}ab\uFFFD`);
  });

  it("of a part of an ARN are about this part alone", () => {
    const gap = ANY_IN_PART;
    expect(partPattern(2, `s${ANY}3${ANY}`)).toBe(`${gap}:${gap}:s${gap}3${gap}:${gap}:${gap}:${ANY}`);
    expect(partPattern(0, "arn")).toBe(`arn:${gap}:${gap}:${gap}:${gap}:${ANY}`);
    expect(partPattern(4, "")).toBe(`${gap}:${gap}:${gap}:${gap}::${ANY}`);
    expect(partPattern(2, "s3:")).toBeUndefined();
    expect(partPattern(0, "\u{1F400}\u{1F401}")).toBe(`\u{1F400}\u{1F401}:${gap}:${gap}:${gap}:${gap}:${ANY}`);
  });

  it("of a part that holds a colon match no part, though the ARN may go on like that", () => {
    const text = textOf(allow("s3:GetObject", "arn:aws:s3:::acme/x:y"));
    expect(answerTo(text, [when("permit", 'resource.service like "s3:*"')])).toMatchObject(
      against({ objection: "no permit" }),
    );
    expect(answerTo(text, [PERMIT, when("forbid", 'resource.service like "s3:*"')])).toEqual(PROVEN);
    expect(answerTo(textOf(allow("s3:GetObject", "*"), deny("*", "*")), [])).toEqual(PROVEN);
  });
});

describe("the formula of a policy", () => {
  it("holds nothing unclear where nothing is", () => {
    const { unknowns, diagram, cases } = world();
    const clear = { holds: TRUE, missing: [], fails: FALSE, unclear: FALSE };
    const { bytes } = diagram;
    expect([permits(clear, "p", unknowns), counts(clear, "p", unknowns, cases)]).toEqual([TRUE, TRUE]);
    expect(diagram.bytes).toBe(bytes);
  });

  it.each([
    [["a"], 'resource.tags.a == "x"'],
    [["a", "b"], 'resource.tags.a == "x" && resource.tags.b == "x"'],
    [["a", "b", "c"], 'resource.tags.a == "x" && resource.tags.b == "x" && resource.tags.c == "x"'],
  ])("counts a forbid where all of its tags are missing: %j", (tags, condition) => {
    const lines = (but = "") =>
      Object.fromEntries(tags.filter((tag) => tag !== but).map((tag) => [`aws:ResourceTag/${tag}`, "x"]));
    const instances = `arn:aws:ec2:us-east-1:${ACCOUNT}:instance/*`;
    const start = allow("ec2:StartInstances", instances);
    const whole = deny("*", "*", { StringEqualsIfExists: lines() });
    expect(answerTo(textOf(start, whole), [PERMIT, when("forbid", condition)])).toEqual(PROVEN);
    // Each Deny wants one of the tags to be there.
    const parts = tags.map((tag) =>
      deny("*", "*", {
        StringEquals: { [`aws:ResourceTag/${tag}`]: "x" },
        StringEqualsIfExists: lines(tag),
      }),
    );
    expect(answerTo(textOf(start, ...parts), [PERMIT, when("forbid", condition)])).toMatchObject(
      against({ objection: { forbid: "p1" }, tags: {} }),
    );
  });
});

describe("two texts of the resource", () => {
  const instances = `arn:aws:ec2:us-east-1:${ACCOUNT}:instance/*`;
  const start = (Condition: object) => textOf(allow("ec2:StartInstances", instances, Condition));

  it.each([
    ["resource.region == resource.tags.r", "us-east-1"],
    ["resource.tags.r == resource.region", "us-east-1"],
    ["resource.account == resource.tags.r", ACCOUNT],
    ["resource.tags.r == resource.account", ACCOUNT],
  ])("are the same where one is a part that the text names, and the other has its value: %s", (condition, value) => {
    const same = start({ StringEquals: { "aws:ResourceTag/r": value } });
    expect(answerTo(same, [when("permit", condition)])).toEqual(PROVEN);
    expect(answerTo(start({ StringEquals: { "aws:ResourceTag/r": "x" } }), [when("permit", condition)])).toMatchObject(
      against({ objection: "no permit" }),
    );
    expect(answerTo(same, [PERMIT, when("forbid", condition)])).toMatchObject(against({ objection: { forbid: "p1" } }));
  });

  it("are as like whichever is named first", () => {
    const there = { Null: { "aws:ResourceTag/a": "false", "aws:ResourceTag/b": "false" } };
    const either = "resource.tags.a == resource.tags.b || !(resource.tags.b == resource.tags.a)";
    expect(answerTo(start(there), [when("permit", either)])).toEqual(PROVEN);
  });
});

describe("errors of a proof", () => {
  it("have names of their own", () => {
    expect([new OverBudget().name, new Unreadable("x").name]).toEqual(["OverBudget", "Unreadable"]);
  });
});
