import { describe, expect, it } from "vitest";
import { decide } from "../../../../functions/core/policy/decide.ts";
import { answersOf, cedarOf } from "../cedar-of.ts";
import { ACCOUNT, anAsker, onObjects } from "./pairs.ts";
import { deniesOf, forbid, PERMIT_ALL, permit, REPORTS, taken, verdict } from "./sets.ts";

describe("I2: a forbid that reaches into a set", () => {
  it.each<[string, string, unknown]>([
    [
      "a part of it is denied",
      'resource.arn like "arn:aws:s3:::acme/reports/pii/*"',
      taken("arn:aws:s3:::acme/reports/pii/*"),
    ],
    ["one of it is denied", 'resource.arn == "arn:aws:s3:::acme/reports/pii"', taken("arn:aws:s3:::acme/reports/pii")],
    [
      "a pattern across its head is written behind the head, where IAM reads it",
      'resource.arn like "arn:aws:*pii*"',
      taken("arn:aws:s3:::acme/reports/*pii*"),
    ],
    [
      "a pattern that ends in the head and behind it is denied in both ways",
      'resource.arn like "*reports/a*"',
      taken("arn:aws:s3:::acme/reports/*reports/a*", "arn:aws:s3:::acme/reports/a*"),
    ],
    [
      "a star that is a character is denied as one",
      'resource.arn like "*/\\*"',
      taken("arn:aws:s3:::acme/reports/*/${*}", "arn:aws:s3:::acme/reports/${*}"),
    ],
    [
      "each of two parts is denied",
      'resource.arn like "*x1*" || resource.arn like "*y1*"',
      [...taken("arn:aws:s3:::acme/reports/*x1*"), ...taken("arn:aws:s3:::acme/reports/*y1*")],
    ],
    [
      "the narrower of two patterns is denied",
      'resource.arn like "*pii*" && resource.arn like "*pii/x*"',
      taken("arn:aws:s3:::acme/reports/*pii/x*"),
    ],
    [
      "the same pattern twice is denied once",
      'resource.arn like "*pii*" && resource.arn like "*pii*"',
      taken("arn:aws:s3:::acme/reports/*pii*"),
    ],
    [
      "what holds for all of it means nothing for the part",
      'resource.arn like "arn:*" && resource.arn like "*pii*"',
      taken("arn:aws:s3:::acme/reports/*pii*"),
    ],
    [
      "what it spares beyond the set does not matter",
      'resource.arn like "*pii*" && resource.arn != "arn:aws:s3:::other/pii"',
      taken("arn:aws:s3:::acme/reports/*pii*"),
    ],
    [
      "what it spares beyond what it reaches does not matter",
      'resource.arn == "arn:aws:s3:::acme/reports/pii" && !(resource.arn like "*/pii*/x")',
      taken("arn:aws:s3:::acme/reports/pii"),
    ],
    [
      "nor does what it spares beyond one of two patterns, of which the other is around it",
      'resource.arn like "*/pii*" && resource.arn like "*/pii/*.csv" && !(resource.arn like "*.txt")',
      taken("arn:aws:s3:::acme/reports/*/pii/*.csv", "arn:aws:s3:::acme/reports/pii/*.csv"),
    ],
    ["nothing is denied where it spares all of it", '!(resource.arn like "arn:aws:s3:::acme/*")', []],
    ["nothing is denied where it cannot reach it", 'resource.arn like "arn:aws:s3:::other/*"', []],
  ])("becomes a Deny: %s", (_name, when, expected) => {
    expect(deniesOf([PERMIT_ALL, forbid(when)])).toEqual(expected);
  });

  it.each<[string, string, string]>([
    ["all of it is forbidden", 'resource.arn like "*"', "A policy forbids it."],
    [
      "two patterns overlap, which one Deny cannot express",
      'resource.arn like "*x1*" && resource.arn like "*y1*"',
      "The policy forbids 2 overlapping parts of these resources at once, so they cannot be granted together.",
    ],
    [
      "all but two parts of it are forbidden",
      '!(resource.arn like "*/public/*") && !(resource.arn like "*/open/*")',
      "The policy forbids all of these resources but */public/*, */open/*, so they cannot be granted together.",
    ],
    [
      "it is not clear what is forbidden",
      "resource.arn == resource.arn",
      "The policy has a condition that cannot be decided for a set of resources, so they cannot be granted together.",
    ],
    [
      "a tag decides by which IAM cannot limit the action",
      'resource.tags.team == "pii"',
      "The policy reads tags that s3:GetObject cannot be limited by, so they cannot be granted together.",
    ],
  ])("refuses it where %s", (_name, when, reason) => {
    expect(deniesOf([PERMIT_ALL, forbid(when)])).toBe(reason);
  });

  it("refuses it with the policy's name and what to do instead", () => {
    expect(verdict([PERMIT_ALL, `@id("all-at-once") ${forbid("resource.arn == resource.arn")}`])).toMatchObject({
      denied: {
        denial: {
          policy: "all-at-once",
          hint: "Ask for a set that it does not reach into, or name the resources one by one.",
        },
      },
    });
  });

  it("refuses it where a Deny would have a gap in the type of the resource, which IAM may not read", () => {
    const table = onObjects(`arn:aws:dynamodb:us-east-1:${ACCOUNT}:*`, { service: "dynamodb", arnNamesAccount: true });
    expect(deniesOf([PERMIT_ALL, forbid('resource.arn like "*pii/x*"')], table)).toMatch(
      /for which IAM has no pattern/,
    );
    for (const pattern of ["*table/pii*", "*:table/pii*", `${table.target.slice(0, -1)}ta*e/pii`])
      expect(deniesOf([PERMIT_ALL, forbid(`resource.arn like "${pattern}"`)], table)).toMatch(/for which IAM has no/);
    expect(
      deniesOf([PERMIT_ALL, forbid('resource.arn like "*:table/pii*"')], {
        ...table,
        target: `${table.target.slice(0, -1)}table/*`,
      }),
    ).toEqual([
      {
        resources: [
          `arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/*:table/pii*`,
          `arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/pii*`,
        ],
        conditions: {},
      },
    ]);
    expect(deniesOf([PERMIT_ALL, forbid('resource.arn like "*pii*"')], table)).toEqual(
      taken(`arn:aws:dynamodb:us-east-1:${ACCOUNT}:*pii*`),
    );
    const buckets = onObjects("arn:aws:s3:::acme*");
    expect(deniesOf([PERMIT_ALL, forbid('resource.arn like "*pii/*"')], buckets)).toEqual(
      taken("arn:aws:s3:::acme*pii/*"),
    );
    const objects = onObjects("arn:aws:s3:::acme/*");
    expect(deniesOf([PERMIT_ALL, forbid('resource.arn like "arn:aws:s3:::acme/arn:a:b:c:d:e*/x"')], objects)).toEqual(
      taken("arn:aws:s3:::acme/arn:a:b:c:d:e*/x"),
    );
  });

  it("is not skipped where nothing is known of it and it errs", () => {
    const cedar = cedarOf([PERMIT_ALL, permit("context.ttl * 9223372036854775807 > 1")]);
    expect(decide(onObjects(REPORTS), anAsker(), { ...answersOf(cedar), facts: () => undefined })).toMatchObject({
      denied: { denial: { reason: expect.stringContaining("could not be evaluated") } },
    });
  });

  it("is named with the permit that decided", () => {
    const answer = verdict([
      `@id("all") ${PERMIT_ALL}`,
      `@id("no-pii") ${forbid('resource.arn like "*pii*" || resource.arn like "*secret*"')}`,
    ]);
    expect(answer).toMatchObject({ permitted: { policies: ["all", "no-pii"] } });
  });

  it("that errs refuses the set, and a permit that errs covers none", () => {
    const ERRS = "context.ttl * 9223372036854775807 > 1";
    expect(verdict([PERMIT_ALL, `@id("broken") ${forbid(ERRS)}`])).toMatchObject({
      denied: { denial: { policy: "broken", reason: expect.stringContaining("could not be evaluated") } },
    });
    expect(deniesOf([permit(ERRS)])).toMatch(/^No policy permits/);
  });
});
