import { describe, expect, it } from "vitest";
import type { ConditionBlock } from "../../../../functions/core/intent/detail.ts";
import type { Pair } from "../../../../functions/core/intent/pairs.ts";
import {
  compileSessionPolicy,
  isoSeconds,
  SESSION_POLICY_CHARACTERS,
} from "../../../../functions/core/policy/compile.ts";
import { ACCOUNT, asPermitted, onAccount, onObjects } from "./pairs.ts";

const FENCE = Date.parse("2026-11-24T12:15:00Z") / 1_000;
const REPORTS = "arn:aws:s3:::acme/reports/*";
const LOGS = "arn:aws:s3:::acme/logs/*";
const QUEUE = `arn:aws:sqs:us-east-1:${ACCOUNT}:jobs`;
const OUR_ACCOUNT = { StringEquals: { "aws:ResourceAccount": ACCOUNT } };

const compile = (pairs: readonly Pair[], conditions?: ConditionBlock) =>
  JSON.parse(compileSessionPolicy(pairs.map(asPermitted), { conditions, fenceAt: FENCE }).text);
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
          Condition: { DateGreaterThan: { "aws:CurrentTime": "2026-11-24T12:15:00Z" } },
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
      { Effect: "Allow", Action: "s3:GetObject", Resource: [LOGS, REPORTS], Condition: OUR_ACCOUNT },
      { Effect: "Allow", Action: "s3:PutObject", Resource: LOGS, Condition: OUR_ACCOUNT },
    ]);
  });

  it("I2: joins resources only where they have the very same conditions", () => {
    const named = onObjects("arn:aws:s3:us-east-1:111122223333:accesspoint/a/object/*", { arnNamesAccount: true });
    expect(allows([onObjects(REPORTS), named])).toEqual([
      { Effect: "Allow", Action: "s3:GetObject", Resource: REPORTS, Condition: OUR_ACCOUNT },
      { Effect: "Allow", Action: "s3:GetObject", Resource: named.target },
    ]);
  });

  it("says a pair that is asked for twice once", () => {
    expect(allows([onObjects(REPORTS), onObjects(REPORTS)])).toHaveLength(1);
    expect(allows([onObjects(REPORTS), onObjects(REPORTS)])).toMatchObject([{ Resource: REPORTS }]);
  });

  it("is written without a character too many, and counts them", () => {
    const { text, characters } = compileSessionPolicy(
      [onObjects(REPORTS), onQueue("sqs:SendMessage")].map(asPermitted),
      { fenceAt: FENCE },
    );
    expect(text).toBe(JSON.stringify(JSON.parse(text)));
    expect(characters).toBe(text.length);
    expect(text).toContain('"NotAction":["s3:*","sqs:*"]');
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

  it("is never empty: STS would read that as no policy, and the role's own rights would apply", () => {
    expect(() => compileSessionPolicy([], { fenceAt: FENCE })).toThrow(RangeError);
  });
});

describe("an instant in a policy", () => {
  it("is written to the second", () => {
    expect(isoSeconds(FENCE)).toBe("2026-11-24T12:15:00Z");
    expect(isoSeconds(0)).toBe("1970-01-01T00:00:00Z");
  });
});
