import { describe, expect, it } from "vitest";
import type { ConditionBlock } from "../../../../functions/core/intent/detail.ts";
import type { Pair } from "../../../../functions/core/intent/pairs.ts";
import { compileSessionPolicy, SESSION_POLICY_CHARACTERS } from "../../../../functions/core/policy/compile.ts";
import type { Permitted } from "../../../../functions/core/policy/decide.ts";
import { isoSeconds } from "../../../../functions/core/text/iso-seconds.ts";
import { sessionPolicyAllows } from "../../../property/iam-oracle.ts";
import { ACCOUNT, asPermitted, onAccount, onObjects } from "./pairs.ts";

interface Statement {
  readonly Effect: string;
  readonly Action?: unknown;
}

const FENCE = Date.parse("2026-11-24T12:15:00Z") / 1_000;
const REPORTS = "arn:aws:s3:::acme/reports/*";
const LOGS = "arn:aws:s3:::acme/logs/*";
const QUEUE = `arn:aws:sqs:us-east-1:${ACCOUNT}:jobs`;
const OUR_ACCOUNT = { StringEquals: { "aws:ResourceAccount": ACCOUNT } };

const compile = (pairs: readonly Pair[], conditions?: ConditionBlock) =>
  JSON.parse(
    compileSessionPolicy(
      pairs.map((pair) => asPermitted(stating(pair, conditions))),
      { fenceAt: FENCE },
    ).text,
  );
const stating = (pair: Pair, stated?: ConditionBlock): Pair => (stated ? { ...pair, stated } : pair);
const allows = (pairs: readonly Pair[], conditions?: ConditionBlock): unknown[] =>
  compile(pairs, conditions).Statement.filter(({ Effect }: { Effect: string }) => Effect === "Allow");

const onQueue = (action: string) =>
  onObjects(QUEUE, { action, service: "sqs", region: "us-east-1", arnNamesAccount: true });

describe("a session policy", () => {
  it("allows the pairs, ends at the fence, and denies every other service", () => {
    expect(compile([onObjects(REPORTS)])).toEqual({
      Version: "2012-10-17",
      Statement: [
        { Effect: "Allow", Action: "s3:GetObject", Resource: REPORTS, Condition: OUR_ACCOUNT },
        {
          Effect: "Deny",
          Action: "*",
          Resource: "*",
          Condition: { DateGreaterThanEquals: { "aws:CurrentTime": "2026-11-24T12:15:00Z" } },
        },
        { Effect: "Deny", NotAction: "s3:*", Resource: "*" },
      ],
    });
  });

  it("names the account of a resource whose ARN does not, and of no other", () => {
    expect(allows([onQueue("sqs:SendMessage"), onAccount()])).toEqual([
      { Effect: "Allow", Action: "sqs:SendMessage", Resource: QUEUE },
      { Effect: "Allow", Action: "s3:ListAllMyBuckets", Resource: "*" },
    ]);
  });

  it("holds the conditions of the intent beside its own, so that they can only narrow", () => {
    const conditions = { StringEquals: { "s3:prefix": ["a/"] }, Bool: { "aws:SecureTransport": ["true", "false"] } };
    expect(allows([onObjects(REPORTS)], conditions)).toEqual([
      {
        Effect: "Allow",
        Action: "s3:GetObject",
        Resource: REPORTS,
        Condition: {
          StringEquals: { "s3:prefix": "a/", "aws:ResourceAccount": ACCOUNT },
          Bool: { "aws:SecureTransport": ["true", "false"] },
        },
      },
    ]);
  });

  it("I2: joins actions only where they have the very same resources", () => {
    const get = (target: string) => onObjects(target);
    const put = (target: string) => onObjects(target, { action: "s3:PutObject" });
    expect(allows([get(REPORTS), get(LOGS), put(LOGS), put(REPORTS)])).toEqual([
      { Effect: "Allow", Action: ["s3:GetObject", "s3:PutObject"], Resource: [LOGS, REPORTS], Condition: OUR_ACCOUNT },
    ]);
    expect(allows([get(REPORTS), get(LOGS), put(LOGS)])).toEqual([
      { Effect: "Allow", Action: "s3:GetObject", Resource: REPORTS, Condition: OUR_ACCOUNT },
      { Effect: "Allow", Action: ["s3:GetObject", "s3:PutObject"], Resource: LOGS, Condition: OUR_ACCOUNT },
    ]);
  });

  it("names each resource once where that is shorter than naming each action once, and the other way round", () => {
    const [long, short] = [`arn:aws:s3:::${"x".repeat(50)}/*`, "arn:aws:s3:::a/*"];
    const grid = (actions: Readonly<Record<string, readonly string[]>>) =>
      allows(
        Object.entries(actions).flatMap(([action, targets]) => targets.map((target) => onObjects(target, { action }))),
      );
    expect(grid({ "s3:GetObject": [long, short], "s3:PutObject": [long] })).toMatchObject([
      { Action: ["s3:GetObject", "s3:PutObject"], Resource: long },
      { Action: "s3:GetObject", Resource: short },
    ]);
    const many = ["s3:GetObject", "s3:GetObjectAcl", "s3:GetObjectTagging", "s3:GetObjectVersion"];
    const each = Object.fromEntries(many.map((action) => [action, [short, "arn:aws:s3:::b/*"]]));
    expect(grid({ ...each, "s3:PutObject": [short] })).toMatchObject([
      { Action: many, Resource: [short, "arn:aws:s3:::b/*"] },
      { Action: "s3:PutObject", Resource: short },
    ]);
  });

  it("is the same for the same pairs, in whatever order they were requested", () => {
    const pairs = [REPORTS, LOGS].flatMap((target) =>
      ["s3:PutObject", "s3:GetObject"].map((action) => onObjects(target, { action })),
    );
    expect(compile(pairs.toReversed())).toEqual(compile(pairs));
  });

  it("I2: joins resources only where they have the very same conditions", () => {
    const named = onObjects("arn:aws:s3:us-east-1:111122223333:accesspoint/a/object/*", { arnNamesAccount: true });
    expect(allows([onObjects(REPORTS), named])).toEqual([
      { Effect: "Allow", Action: "s3:GetObject", Resource: REPORTS, Condition: OUR_ACCOUNT },
      { Effect: "Allow", Action: "s3:GetObject", Resource: named.target },
    ]);
  });

  it("has a pair once that is requested twice", () => {
    expect(allows([onObjects(REPORTS), onObjects(REPORTS)])).toHaveLength(1);
    expect(allows([onObjects(REPORTS), onObjects(REPORTS)])).toMatchObject([{ Resource: REPORTS }]);
  });

  it("is written without a character too many, and counts them", () => {
    const { text, characters } = compileSessionPolicy(
      [onQueue("sqs:SendMessage"), onObjects(REPORTS)].map(asPermitted),
      { fenceAt: FENCE },
    );
    expect(text).toBe(JSON.stringify(JSON.parse(text)));
    expect(characters).toBe(text.length);
    expect(text).toContain('"NotAction":["s3:*","sqs:*"]');
  });

  const without = (pair: Pair, ...resources: string[]) => ({
    ...asPermitted(pair),
    denies: resources.map((resource) => ({ resources: [resource], conditions: {} })),
  });
  const denies = (...permitted: readonly Permitted[]): unknown[] =>
    JSON.parse(compileSessionPolicy(permitted, { fenceAt: FENCE }).text).Statement.filter(
      ({ Effect, Action }: Statement) => Effect === "Deny" && Action !== "*" && Action !== undefined,
    );

  it("I2: denies what a forbid takes out of a set, for that action alone", () => {
    expect(denies(without(onObjects(REPORTS), `${REPORTS}pii`), asPermitted(onObjects(LOGS)))).toEqual([
      { Effect: "Deny", Action: "s3:GetObject", Resource: `${REPORTS}pii` },
    ]);
  });

  it("I2: joins Denies where that denies all of what each did", () => {
    const put = (target: string) => onObjects(target, { action: "s3:PutObject" });
    expect(denies(without(onObjects(REPORTS), "arn:b", "arn:a"), without(put(REPORTS), "arn:a", "arn:b"))).toEqual([
      { Effect: "Deny", Action: ["s3:GetObject", "s3:PutObject"], Resource: ["arn:a", "arn:b"] },
    ]);
    const tagged = (value: string) => ({ StringEqualsIfExists: { "aws:ResourceTag/team": [value] } });
    const both = {
      ...without(onObjects(REPORTS)),
      denies: ["x", "y"].map((value) => ({ resources: ["arn:a"], conditions: tagged(value) })),
    };
    expect(denies(both)).toEqual([
      {
        Effect: "Deny",
        Action: "s3:GetObject",
        Resource: "arn:a",
        Condition: { StringEqualsIfExists: { "aws:ResourceTag/team": "x" } },
      },
      {
        Effect: "Deny",
        Action: "s3:GetObject",
        Resource: "arn:a",
        Condition: { StringEqualsIfExists: { "aws:ResourceTag/team": "y" } },
      },
    ]);
  });

  it("allows only where the tags are as policy requires, beside the conditions of the intent", () => {
    const tagged = {
      ...asPermitted(stating(onObjects(REPORTS), { StringEquals: { "s3:prefix": ["a/"] } })),
      conditions: [{ StringEquals: { "aws:ResourceTag/team": ["data"] } }],
    };
    expect(JSON.parse(compileSessionPolicy([tagged], { fenceAt: FENCE }).text).Statement[0].Condition).toEqual({
      StringEquals: { "s3:prefix": "a/", "aws:ResourceTag/team": "data", "aws:ResourceAccount": ACCOUNT },
    });
  });

  it("has an Allow for each way in which the tags may be so", () => {
    const ways = ["team", "env"].map((key) => ({ StringEquals: { [`aws:ResourceTag/${key}`]: ["data"] } }));
    const tagged = { ...asPermitted(onObjects(REPORTS, { arnNamesAccount: true })), conditions: ways };
    const { text } = compileSessionPolicy([tagged], { fenceAt: FENCE });
    expect(JSON.parse(text).Statement.slice(0, 2)).toMatchObject([
      { Effect: "Allow", Condition: { StringEquals: { "aws:ResourceTag/team": "data" } } },
      { Effect: "Allow", Condition: { StringEquals: { "aws:ResourceTag/env": "data" } } },
    ]);
  });

  it("works from one address alone where policy requires that, and through AWS services on its behalf", async () => {
    const { text } = compileSessionPolicy([asPermitted(onObjects(REPORTS))], { fenceAt: FENCE, sourceIp: "192.0.2.7" });
    const request = { action: "s3:GetObject", resource: "arn:aws:s3:::acme/reports/a", resourceAccount: ACCOUNT };
    const allowed = (sourceIp: string, viaService: string) =>
      sessionPolicyAllows(text, {
        ...request,
        context: {
          "aws:CurrentTime": "2026-11-24T12:00:00Z",
          "aws:SourceIp": sourceIp,
          "aws:ViaAWSService": viaService,
        },
      });
    expect(await allowed("192.0.2.7", "false")).toBe(true);
    expect(await allowed("192.0.2.8", "false")).toBe(false);
    expect(await allowed("192.0.2.8", "true")).toBe(true);
  });

  const many = (count: number) =>
    Array.from({ length: count }, (_, n) => onObjects(`arn:aws:s3:::acme/${"x".repeat(40)}/${n}/*`));

  it("leaves the Deny of other services out where it would not fit with it, and never the fence", () => {
    const counts = Array.from({ length: 40 }, (_, n) => n + 1);
    const denies = counts.map((count) => {
      const { text, characters } = compileSessionPolicy(many(count).map(asPermitted), { fenceAt: FENCE });
      expect(text).toContain('"aws:CurrentTime":"2026-11-24T12:15:00Z"');
      if (text.includes("NotAction")) expect(characters).toBeLessThanOrEqual(SESSION_POLICY_CHARACTERS);
      return text.includes("NotAction");
    });
    expect(denies.at(0)).toBe(true);
    expect(denies.at(-1)).toBe(false);
    expect(compileSessionPolicy(many(40).map(asPermitted), { fenceAt: FENCE }).characters).toBeGreaterThan(
      SESSION_POLICY_CHARACTERS,
    );
  });

  it("retains that Deny where it fits to the last character", () => {
    const ofLength = (more: number) =>
      compileSessionPolicy([asPermitted(onObjects(`${REPORTS}${"x".repeat(more)}`))], { fenceAt: FENCE });
    const room = SESSION_POLICY_CHARACTERS - ofLength(0).characters;
    expect(ofLength(room)).toMatchObject({ characters: 2_048, text: expect.stringContaining("NotAction") });
    expect(ofLength(room + 1).text).not.toContain("NotAction");
  });

  it("is never empty: STS would read that as no policy, and the role's own rights would apply", () => {
    expect(() => compileSessionPolicy([], { fenceAt: FENCE })).toThrow(
      new RangeError("a session policy needs at least one pair"),
    );
  });
});

describe("an instant in a policy", () => {
  it("is written to the second", () => {
    expect(isoSeconds(FENCE)).toBe("2026-11-24T12:15:00Z");
    expect(isoSeconds(0)).toBe("1970-01-01T00:00:00Z");
  });
});
