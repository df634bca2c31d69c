import { describe, expect, it } from "vitest";
import type { ResourcePair } from "../../../../functions/core/intent/pairs.ts";
import { decide, shadowsOf } from "../../../../functions/core/policy/decide.ts";
import { decideSet } from "../../../../functions/core/policy/decide-set.ts";
import type { Policies } from "../../../../functions/core/policy/query.ts";
import { answersOf, cedarOf } from "../cedar-of.ts";
import { ACCOUNT, anAsker, onAccount, onObjects } from "./pairs.ts";

const REPORTS = "arn:aws:s3:::acme/reports/*";
const on = (effect: string, when: string) =>
  `${effect} (principal, action, resource is AWS::Resource) when { ${when} };`;
const permit = (when: string) => on("permit", when);
const forbid = (when: string) => on("forbid", when);
const PERMIT_ALL = permit("true");

const verdict = (texts: readonly string[], pair: ResourcePair = onObjects(REPORTS)) =>
  decide(pair, anAsker(), cedarOf(texts));
/** What the session policy has to deny, or the reason for the denial. */
function deniesOf(texts: readonly string[], pair?: ResourcePair): unknown {
  const answer = verdict(texts, pair);
  return "permitted" in answer ? answer.permitted.denies : answer.denied.denial.reason;
}
const taken = (...resources: string[]) => [{ resources, conditions: {} }];

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
      "what holds for all of it says nothing about the part",
      'resource.arn like "arn:*" && resource.arn like "*pii*"',
      taken("arn:aws:s3:::acme/reports/*pii*"),
    ],
    [
      "what it spares beyond the set does not matter",
      'resource.arn like "*pii*" && resource.arn != "arn:aws:s3:::other/x"',
      taken("arn:aws:s3:::acme/reports/*pii*"),
    ],
    ["nothing is denied where it spares all of it", '!(resource.arn like "arn:aws:s3:::acme/*")', []],
    ["nothing is denied where it cannot reach it", 'resource.arn like "arn:aws:s3:::other/*"', []],
  ])("is kept as a Deny: %s", (_name, when, expected) => {
    expect(deniesOf([PERMIT_ALL, forbid(when)])).toEqual(expected);
  });

  it.each<[string, string, string]>([
    ["all of it is forbidden", 'resource.arn like "*"', "A policy forbids it."],
    [
      "two patterns overlap, which one Deny cannot say",
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
      "The policy asks something of these resources that cannot be decided for a set, so they cannot be granted together.",
    ],
    [
      "a tag decides by which IAM cannot limit the action",
      'resource.tags.team == "pii"',
      "The policy asks for tags that s3:GetObject cannot be limited by, so they cannot be granted together.",
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

describe("I2: a permit for a set", () => {
  const answer = (...texts: readonly string[]) => decideSet(onObjects(REPORTS), anAsker(), cedarOf(texts));
  const NOTHING = { options: [], denies: [], forbids: [], narrower: [] };

  it("is an option where it covers all of the set, and otherwise none", () => {
    expect(answer(PERMIT_ALL)).toEqual({ ...NOTHING, options: [{ policy: "p0", conditions: [{}] }] });
    expect(answer(permit('!(resource.arn like "arn:aws:s3:::other/*")'))).toMatchObject({
      options: [{ policy: "p0" }],
    });
    expect(answer()).toEqual(NOTHING);
    expect(answer(permit('!(resource.arn like "*/pii/*")'))).toEqual(NOTHING);
    expect(answer(permit('resource.tags.team == "data"'))).toEqual(NOTHING);
  });

  it("is none where it errs, whatever is left of it", () => {
    const cedar = cedarOf([PERMIT_ALL]);
    const evaluatePartially: Policies["evaluatePartially"] = (query) => ({
      ...cedar.evaluatePartially(query),
      errored: ["p0"],
    });
    expect(decideSet(onObjects(REPORTS), anAsker(), { ...answersOf(cedar), evaluatePartially })).toEqual(NOTHING);
  });
});

describe("I2: tags of resources", () => {
  const queue = onObjects(`arn:aws:sqs:us-east-1:${ACCOUNT}:jobs`, {
    service: "sqs",
    region: "us-east-1",
    arnNamesAccount: true,
    takesTagConditions: true,
  });
  const TEAM = "aws:ResourceTag/team";

  it("become conditions of the Allow, which AWS compares at the call", () => {
    expect(verdict([permit('resource.tags.team == "data"')], queue)).toMatchObject({
      permitted: { conditions: [{ StringEquals: { [TEAM]: ["data"] } }], denies: [] },
    });
  });

  it("of a permit that takes several are all taken, and none is asked for where one way asks for none", () => {
    const conditionsOf = (when: string) => {
      const answer = verdict([permit(when)], queue);
      return "permitted" in answer ? answer.permitted.conditions : answer;
    };
    expect(conditionsOf('["data", "ops"].contains(resource.tags.team)')).toEqual([
      { StringEquals: { [TEAM]: ["data", "ops"] } },
    ]);
    expect(conditionsOf('resource.tags.team == "data" || resource.tags.team like "ops-*"')).toEqual([
      { StringEquals: { [TEAM]: ["data"] } },
      { StringLike: { [TEAM]: ["ops-*"] }, Null: { [TEAM]: ["false"] } },
    ]);
    expect(
      conditionsOf('(resource.tags has team && resource.tags.team == "data") || resource.arn like "*jobs"'),
    ).toEqual([{}]);
  });

  it("of a permit are not mixed with those of another, which has obligations of its own", () => {
    const permits = [permit('resource.tags.team == "data"'), permit('resource.tags.team == "ops"')];
    expect(verdict(permits, queue)).toMatchObject({
      permitted: { policies: ["p0"], conditions: [{ StringEquals: { [TEAM]: ["data"] } }] },
    });
  });

  it("become conditions of the Allow where the policy says what they may not be: then too the tag must be there", () => {
    const spared = 'resource.tags.team != "pii" && !(resource.arn like "arn:aws:s3:::*")';
    for (const when of ['resource.tags.team != "pii"', spared])
      expect(verdict([permit(when)], { ...queue, target: `${queue.target}-*`, isPattern: true })).toMatchObject({
        permitted: { conditions: [{ StringNotEquals: { [TEAM]: ["pii"] }, Null: { [TEAM]: ["false"] } }], denies: [] },
      });
  });

  it("say nothing of the resource's own ARN, though they look like one", () => {
    const ours = { ...queue, target: `${queue.target}*`, isPattern: true };
    const [inside, around] = [`${queue.target}-a`, "arn:*"];
    expect(verdict([permit(`!(resource.tags.copyOf like "${around}")`)], ours)).toHaveProperty("permitted");
    expect(
      verdict([permit(`resource.tags.copyOf == "${inside}"`)], { ...ours, takesTagConditions: false }),
    ).toMatchObject({ denied: { narrower: [] } });
    expect(deniesOf([PERMIT_ALL, forbid(`!(resource.tags.copyOf like "${around}")`)], ours)).toEqual([
      { resources: [ours.target], conditions: { StringNotLike: { "aws:ResourceTag/copyOf": [around] } } },
    ]);
  });

  it("become conditions of a Deny, for one resource too", () => {
    expect(deniesOf([PERMIT_ALL, forbid('resource.tags.team == "pii"')], queue)).toEqual([
      { resources: [queue.target], conditions: { StringEqualsIfExists: { [TEAM]: ["pii"] } } },
    ]);
  });

  it("I2: are denied where a forbid reads a tag that is missing, whatever it says", () => {
    expect(deniesOf([PERMIT_ALL, forbid('resource.tags.team like "*"')], queue)).toBe("A policy forbids it.");
    expect(deniesOf([PERMIT_ALL, forbid('!(resource.tags.team like "*")')], queue)).toEqual([]);
    expect(deniesOf([PERMIT_ALL, forbid("resource.tags has team")], queue)).toEqual([
      { resources: [queue.target], conditions: { Null: { [TEAM]: ["false"] } } },
    ]);
    expect(deniesOf([PERMIT_ALL, forbid('resource.tags.team == "pii" && resource.tags has team')], queue)).toEqual([
      { resources: [queue.target], conditions: { StringEqualsIfExists: { [TEAM]: ["pii"] } } },
    ]);
  });

  it("grant nothing where IAM cannot limit the action by them", () => {
    expect(deniesOf([permit('resource.tags.team == "data"')])).toMatch(/^No policy permits/);
  });

  it("are not asked for where another permit does not ask", () => {
    expect(verdict([permit('resource.tags.team == "data"'), PERMIT_ALL], queue)).toMatchObject({
      permitted: { policies: ["p1"], conditions: [{}] },
    });
  });
});

describe("a set that is not permitted as a whole", () => {
  it("says which sets within it are, so that the agent can ask for less", () => {
    const answer = verdict([permit('resource.arn like "arn:aws:s3:::acme/reports/2026/*"')]);
    expect(answer).toMatchObject({
      denied: {
        denial: { hint: expect.stringContaining("Policy covers arn:aws:s3:::acme/reports/2026/*") },
        narrower: ["arn:aws:s3:::acme/reports/2026/*"],
      },
    });
  });

  it("names the first three of them", () => {
    const parts = [1, 2, 3, 4].map((n) => `arn:aws:s3:::acme/reports/${n}/*`);
    expect(verdict(parts.map((part) => permit(`resource.arn like "${part}"`)))).toMatchObject({
      denied: {
        denial: {
          reason: "No policy permits it.",
          hint: `Policy covers ${parts[0]}, ${parts[1]}, ${parts[2]}: ask for that, or with mode=narrow for what is permitted.`,
        },
        narrower: parts,
      },
    });
  });

  it("names each of them once", () => {
    const part = permit('resource.arn like "arn:aws:s3:::acme/reports/1/*"');
    expect(verdict([part, part])).toMatchObject({ denied: { narrower: ["arn:aws:s3:::acme/reports/1/*"] } });
  });

  it.each([
    ["reaches beyond the set", 'resource.arn like "arn:aws:s3:::acme/*csv"'],
    ["is two patterns at once", 'resource.arn like "arn:aws:s3:::acme/reports/a*" && resource.arn like "*b"'],
    ["holds a character that cannot be asked for", 'resource.arn like "arn:aws:s3:::acme/reports/a\\*b*"'],
    ["is about other things", 'resource.account == "444455556666"'],
  ])("names no part where a permit %s", (_name, when) => {
    expect(verdict([permit(when)])).toMatchObject({ denied: { narrower: [] } });
  });
});

describe("a permit that asks for something in return", () => {
  it("passes its obligations on", () => {
    expect(verdict([`@maxTtl("5m") @bindIp ${PERMIT_ALL}`])).toMatchObject({
      permitted: { obligations: { maxTtlSeconds: 300, bindIp: true } },
    });
  });

  it("is not used where another asks for less", () => {
    expect(verdict([`@maxTtl("5m") ${PERMIT_ALL}`, PERMIT_ALL])).toMatchObject({ permitted: { policies: ["p1"] } });
  });

  it("I9: grants nothing where a person must approve: nobody can be asked", () => {
    expect(verdict([`@approval("sre") ${PERMIT_ALL}`])).toMatchObject({
      denied: {
        denial: {
          policy: "p0",
          reason: "A person must approve this, and this version cannot ask one.",
          hint: "Ask for what is permitted without approval.",
        },
        narrower: [],
      },
    });
    expect(verdict([`@approval("sre") ${PERMIT_ALL}`, PERMIT_ALL])).toMatchObject({ permitted: { policies: ["p1"] } });
  });
});

describe("a policy under watch", () => {
  const shadow = (text: string) => `@mode("shadow") ${text}`;

  it("decides nothing", () => {
    expect(deniesOf([shadow(PERMIT_ALL)])).toMatch(/^No policy permits/);
    expect(deniesOf([PERMIT_ALL, shadow(forbid("true"))])).toEqual([]);
    expect(decide(onAccount(), anAsker(), cedarOf([shadow("permit (principal, action, resource);")]))).toHaveProperty(
      "denied",
    );
  });

  it("says what it would have done, for a set, one resource, and an account", () => {
    const cedar = cedarOf([
      shadow(forbid('resource.arn like "*pii*"')),
      shadow(permit('resource.arn like "arn:aws:s3:::other/*" && resource.account == "x"')),
      shadow("permit (principal, action, resource is AWS::Account);"),
      shadow(forbid("resource.arn == resource.arn")),
      PERMIT_ALL,
    ]);
    const would = (pair: Parameters<typeof shadowsOf>[0]) =>
      shadowsOf(pair, anAsker(), cedar)
        .map(({ policy, would }) => `${would}:${policy}`)
        .toSorted();
    expect(would(onObjects(REPORTS))).toEqual(["forbid:p0", "forbid:p3"]);
    expect(would(onObjects("arn:aws:s3:::acme/pii"))).toEqual(["forbid:p0", "forbid:p3"]);
    expect(would(onObjects("arn:aws:s3:::acme/x"))).toEqual(["forbid:p3"]);
    expect(would(onAccount())).toEqual(["permit:p2"]);
  });
});

describe("the time of day", () => {
  it.each([
    ["2026-11-22T09:30:00Z", 9, 7],
    ["2026-11-23T00:00:00Z", 0, 1],
    ["2026-11-28T23:59:59Z", 23, 6],
  ])("at %s is hour %s of weekday %s, Monday being 1", (at, hour, weekday) => {
    const texts = [permit(`context.time.hour == ${hour} && context.time.weekday == ${weekday}`)];
    const asker = anAsker({ atMs: Date.parse(at) });
    expect(decide(onObjects(REPORTS), asker, cedarOf(texts))).toHaveProperty("permitted");
    expect(decide(onObjects("arn:aws:s3:::acme/x"), asker, cedarOf(texts))).toHaveProperty("permitted");
  });
});
