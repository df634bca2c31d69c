import { describe, expect, it } from "vitest";
import { readText, Unreadable } from "../../../../functions/core/proof/iam-text.ts";
import { ordinaryQuestion } from "../../../../functions/core/proof/ordinary-question.ts";
import { prove } from "../../../../functions/core/proof/prove.ts";
import { readQuestion } from "../../../../functions/core/proof/read-question.ts";
import { catalogue } from "../catalogue/load-catalogue.ts";
import { allow, PERMIT, PROVEN, statedOf, textOf } from "./ask.ts";

const S = { Effect: "Allow", Action: "s3:GetObject", Resource: "*" };
const policy = (...statements: readonly unknown[]) => JSON.stringify({ Version: "2012-10-17", Statement: statements });

describe("a session policy as statements", () => {
  it("has each statement whole, one by itself or in a list", () => {
    const meant = {
      effect: "Deny",
      appliesTo: expect.any(Function),
      actions: { isNot: true, patterns: ["s3:*"] },
      resources: { isNot: true, patterns: ["arn:aws:s3:::a", "*"] },
      conditions: [
        { operator: "StringEquals", key: "k", values: ["1", "2"] },
        { operator: "StringEquals", key: "l", values: ["3"] },
        { operator: "Null", key: "m", values: ["true"] },
      ],
    };
    const Condition = { StringEquals: { k: ["1", "2"], l: "3" }, Null: { m: "true" } };
    const statement = { Sid: "x", Effect: "Deny", NotAction: "s3:*", NotResource: ["arn:aws:s3:::a", "*"], Condition };
    expect(readText(policy(statement))).toEqual([meant]);
    expect(readText(JSON.stringify({ Version: "2012-10-17", Id: "x", Statement: statement }))).toEqual([meant]);
    expect(readText(policy(S, statement)).map(({ conditions }) => conditions.length)).toEqual([0, 3]);
    const [of, other] = readText(policy(S, statement));
    expect([of?.appliesTo("s3:GetObject"), of?.appliesTo("s3:PutObject")]).toEqual([true, false]);
    expect([other?.appliesTo("s3:GetObject"), other?.appliesTo("ec2:RunInstances")]).toEqual([false, true]);
  });

  it("is the same where letters are given by their numbers", () => {
    const tagged = policy({ ...S, Condition: { StringEquals: { "aws:ResourceTag/team": "\u00ff\u2603\u007f" } } });
    const escaped = tagged.replace("\u00ff", "\\u00ff").replace("\u2603", "\\u2603").replace("\u007f", "\\u007f");
    expect(escaped).toContain("\\u00ff\\u2603");
    expect(readText(escaped)[0]?.conditions).toEqual(readText(tagged)[0]?.conditions);
  });

  it.each([
    ["{", "JSON"],
    ["null", "no object"],
    ["1", "no object"],
    ["[]", "no object"],
    [JSON.stringify({ Version: "2008-10-17", Statement: [] }), "version"],
    [JSON.stringify({ Statement: [] }), "version"],
    [JSON.stringify({ Version: "2012-10-17", Statement: [], Other: 1 }), "an unknown element"],
    [policy(1), "no object"],
    [policy({ ...S, Principal: "*" }), "an unknown element"],
    [policy({ ...S, Effect: "allow" }), "Effect"],
    [policy({ ...S, NotAction: "s3:*" }), "an element and its opposite"],
    [policy({ ...S, NotResource: "*" }), "an element and its opposite"],
    [policy({ Effect: "Allow", Resource: "*" }), "an element and its opposite"],
    [policy({ Effect: "Allow", Action: "*" }), "an element and its opposite"],
    [policy({ ...S, Action: 1 }), "no text"],
    [policy({ ...S, Action: ["s3:GetObject", 1] }), "no text"],
    [policy({ ...S, Action: [] }), "no text"],
    [policy({ ...S, Resource: [] }), "no text"],
    [policy({ ...S, Condition: { StringNotEquals: { k: [] } } }), "no text"],
    [policy({ ...S, Action: "\u212Ams:Decrypt" }), "an action beyond ASCII"],
    [policy({ ...S, Action: ["s3:GetObject", "\u212Ams:Decrypt"] }), "an action beyond ASCII"],
    [policy({ ...S, Condition: null }), "no object"],
    [policy({ ...S, Condition: { Null: [] } }), "no object"],
    [policy({ ...S, Condition: { Null: { k: true } } }), "no text"],
    // AWS may take values of one key for alternatives. Of two members of one name it may read the other one.
    [
      policy({ ...S, Condition: { StringEquals: { "aws:RequestTag/a": "1", "AWS:requesttag/A": "2" } } }),
      "a key twice",
    ],
    [policy(S).replace('"Effect":"Allow"', '"Effect":"Allow","Effect":"Deny"'), "JSON"],
  ])("is none where it is not read whole: %s", (text, why) => {
    expect(() => readText(text)).toThrow(new Unreadable(why));
  });
});

describe("a question that was read", () => {
  const question = { ...ordinaryQuestion("x", { policies: [], catalogue, never: [] }) };

  it("counts the policies that are not only watched, and the terms of permits", () => {
    const policies = [
      statedOf(`@mode("shadow") @maxTtl("1m") ${PERMIT}`),
      statedOf(`@maxTtl("2m") ${PERMIT}`),
      statedOf(`@maxTtl("3m") ${PERMIT.replace("permit", "forbid")}`),
    ];
    const { policies: counted, situations } = readQuestion({ ...question, policies });
    expect(counted.map(({ policy }) => policy)).toEqual(policies.slice(1));
    expect(counted.map(({ place }) => place)).toEqual([1, 2]);
    const turns = situations.map(({ atSeconds }) => atSeconds - question.asker.openedAt);
    expect(turns).toContain(120);
    expect(turns).not.toContain(60);
    expect(turns).not.toContain(180);
  });

  it("knows the times that the intent's own conditions name", () => {
    const conditions = { DateLessThan: { "aws:CurrentTime": ["2027-01-15T08:05:00Z"] } };
    const details = [{ account: "*", actions: ["*"], resources: ["*"], conditions }];
    const { situations } = readQuestion({ ...question, asked: details });
    expect(situations.map(({ atSeconds }) => atSeconds - question.asker.openedAt)).toContain(300);
  });

  it("knows the times of the texts above", () => {
    const above = [[textOf(allow("s3:GetObject", "*")).replace(/2026[^"]*Z/, "2027-01-15T08:05:00Z")]];
    const turns = ({ situations }: ReturnType<typeof readQuestion>) =>
      situations.map(({ atSeconds }) => atSeconds - question.asker.openedAt);
    expect(turns(readQuestion({ ...question, above }))).toContain(300);
    expect(turns(readQuestion(question))).not.toContain(300);
  });
});

describe("the session that prepares the proofs", () => {
  const given = { policies: [statedOf(PERMIT)], catalogue, never: [] };

  it("is of the usual shape, with paths, names, tags, Denies and a fence", () => {
    const { text, ...others } = ordinaryQuestion("n", given);
    const Condition = { StringEquals: { "aws:ResourceAccount": "000000000000" } };
    const tables = "arn:aws:dynamodb:us-east-1:000000000000:table/n-*";
    const objects = ["arn:aws:s3:::n/*", "arn:aws:s3:::n/a.csv"];
    const queries = ["dynamodb:GetItem", "dynamodb:Query"];
    expect(JSON.parse(text)).toEqual({
      Version: "2012-10-17",
      Statement: [
        { Effect: "Allow", Action: ["s3:GetObject"], Resource: objects, Condition },
        { Effect: "Allow", Action: queries, Resource: [tables], Condition },
        { Effect: "Deny", Action: "s3:*", Resource: "arn:aws:s3:::n/*closed*" },
        {
          Effect: "Deny",
          Action: "dynamodb:*",
          Resource: "*",
          Condition: { StringNotEqualsIfExists: { "aws:ResourceTag/team": "n" } },
        },
        {
          Effect: "Deny",
          Action: "*",
          Resource: "*",
          Condition: { DateGreaterThanEquals: { "aws:CurrentTime": "2027-01-15T08:15:00.000Z" } },
        },
      ],
    });
    expect(others).toEqual({
      ...given,
      bounds: [],
      asked: [
        { account: "000000000000", actions: ["s3:GetObject"], resources: objects },
        { account: "000000000000", actions: queries, resources: [tables] },
      ],
      above: [],
      fenceAt: 1_800_000_900,
      account: "000000000000",
      reads: [],
      exceptions: [],
      asker: {
        agent: { id: "n", owner: "", team: "" },
        claims: {},
        purpose: "",
        ttlSeconds: 900,
        openedAt: 1_800_000_000,
        atMs: 1_800_000_000_000,
        chain: [],
        conditions: [],
      },
    });
  });

  it("is proven where policy permits it, so that preparing for it goes to the end", () => {
    expect(prove(ordinaryQuestion("n", given), () => 0)).toEqual(PROVEN);
  });
});
