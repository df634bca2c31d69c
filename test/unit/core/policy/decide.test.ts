import { describe, expect, it } from "vitest";
import type { Pair } from "../../../../functions/core/intent/pairs.ts";
import { decide } from "../../../../functions/core/policy/decide.ts";
import type { Requester } from "../../../../functions/core/policy/entities.ts";
import type { Policies } from "../../../../functions/core/policy/query.ts";
import { answersOf, cedarOf } from "../cedar-of.ts";
import { ACCOUNT, anAsker, onAccount, onObjects, onTool } from "./pairs.ts";

const OBJECT = "arn:aws:s3:::acme/reports/may.csv";
const REPORTS = "arn:aws:s3:::acme/reports/*";

const permit = (when: string) => `permit (principal, action, resource is AWS::Resource) when { ${when} };`;
const forbid = (when: string) => `forbid (principal, action, resource is AWS::Resource) when { ${when} };`;
const PERMIT_ALL = permit("true");
const ERRS = "context.ttl * 9223372036854775807 > 1";

/** `permitted`, or the reason for the denial. */
function verdict(pair: Pair, texts: readonly string[], changes: Partial<Requester> = {}): string {
  const answer = decide(pair, anAsker(changes), cedarOf(texts));
  return "permitted" in answer ? "permitted" : answer.denied.denial.reason;
}

const rule = (when: string) => [permit(when)];

describe("policy, evaluated for one resource", () => {
  it.each<[string, readonly string[]]>([
    ["its ARN", rule(`resource.arn == "${OBJECT}"`)],
    ["a pattern that it matches", rule('resource.arn like "arn:aws:s3:::acme/*"')],
    [
      "its service, Region and account",
      rule(`resource.service == "s3" && resource.region == "" && resource.account == "${ACCOUNT}"`),
    ],
    ["the agent", ['permit (principal == Agent::"reporter", action, resource);']],
    ["the agent's team", ['permit (principal in Team::"data", action, resource);']],
    [
      "what is known of the agent",
      rule('principal.id == "reporter" && principal.owner == "ada@example.com" && principal.team == "data"'),
    ],
    ["a claim of its token", rule('principal.hasTag("ref") && principal.getTag("ref") == "refs/heads/main"')],
    ["the action", ['permit (principal, action == Action::"s3:GetObject", resource);']],
    ["a group of the service's actions", ['permit (principal, action in Action::"s3:Read", resource);']],
    ["a group of all actions of a level", ['permit (principal, action in Action::"aws:Read", resource);']],
    ["the purpose", rule('context.purpose like "monthly*"')],
    ["how long the task may live", rule("context.ttl <= 900")],
  ])("permits it by %s", (_name, texts) => {
    expect(verdict(onObjects(OBJECT), texts)).toBe("permitted");
  });

  it.each<[string, readonly string[], RegExp]>([
    ["no policy permits it: deny by default", [], /^No policy permits it/],
    ["a permit is for another resource", rule('resource.arn == "arn:aws:s3:::acme/reports"'), /^No policy permits/],
    ["a permit is for another account", rule('resource.account == "444455556666"'), /^No policy permits/],
    ["a permit is for another team", ['permit (principal in Team::"ops", action, resource);'], /^No policy permits/],
    ["a permit is for another action", ['permit (principal, action in Action::"s3:Write", resource);'], /^No policy/],
    ["a permit is for another claim", rule('principal.hasTag("env")'), /^No policy permits/],
    ["a permit errs", rule(ERRS), /^No policy permits/],
    ["a forbid holds beside a permit", [PERMIT_ALL, forbid('resource.arn like "*reports*"')], /^A policy forbids it/],
    ["a forbid errs, which Cedar would skip", [PERMIT_ALL, forbid(ERRS)], /could not be evaluated/],
    ["people alone are permitted", ["permit (principal is User, action, resource);"], /^No policy permits/],
  ])("I1: denies it where %s", (_name, texts, reason) => {
    expect(verdict(onObjects(OBJECT), texts)).toMatch(reason);
  });

  it("reads the requester's address, where it is known", () => {
    const office = rule('context has sourceIp && context.sourceIp.isInRange(ip("192.0.2.0/24"))');
    expect(verdict(onObjects(OBJECT), office, { sourceIp: "192.0.2.7" })).toBe("permitted");
    expect(verdict(onObjects(OBJECT), office, { sourceIp: "198.51.100.7" })).toMatch(/^No policy/);
    expect(verdict(onObjects(OBJECT), office)).toMatch(/^No policy/);
  });

  it("names the request, the policy that decided, and the remedy", () => {
    const policies = cedarOf([PERMIT_ALL, `@id("no-reports") ${forbid('resource.arn like "*reports*"')}`]);
    expect(decide(onObjects(OBJECT), anAsker(), policies)).toEqual({
      denied: {
        denial: { action: "s3:GetObject", target: OBJECT, reason: "A policy forbids it.", policy: "no-reports" },
        narrower: [],
      },
    });
    expect(decide(onObjects(OBJECT), anAsker(), cedarOf([]))).toEqual({
      denied: {
        denial: {
          action: "s3:GetObject",
          target: OBJECT,
          reason: "No policy permits it.",
          hint: "Ask only for what the task needs; if it needs this, ask the platform team for a policy.",
        },
        narrower: [],
      },
    });
  });

  it("names the forbid that errs", () => {
    const policies = cedarOf([PERMIT_ALL, `@id("errs") ${forbid(ERRS)}`]);
    expect(decide(onObjects(OBJECT), anAsker(), policies)).toEqual({
      denied: {
        denial: {
          action: "s3:GetObject",
          target: OBJECT,
          reason: "A policy that forbids could not be evaluated, so nothing that it may concern is granted.",
          policy: "errs",
        },
        narrower: [],
      },
    });
  });

  it("is permitted on no terms but the permit's, and records who decided", () => {
    const pair = onObjects(OBJECT);
    expect(decide(pair, anAsker(), cedarOf([PERMIT_ALL, forbid("false")]))).toEqual({
      permitted: {
        pair,
        policies: ["p0"],
        conditions: [{}],
        denies: [],
        obligations: { bindIp: false, rotateAfterUse: false },
      },
    });
  });

  it("is decided by one permit of those that apply", () => {
    const pair = onObjects(OBJECT);
    const policies = cedarOf([PERMIT_ALL, permit("context.ttl < 10"), permit(`resource.arn == "${OBJECT}"`)]);
    const answer = decide(pair, anAsker(), policies);
    expect(answer).toMatchObject({ permitted: { pair } });
    expect("permitted" in answer && answer.permitted.policies).toEqual(["p0"]);
  });

  it("is left open where policies read tags, and for a set; not for an account or a tool, which have none", () => {
    const evaluations: string[] = [];
    const cedar = cedarOf(["permit (principal, action, resource);"]);
    const listening = (readsTags: boolean): Policies => ({
      ...answersOf(cedar),
      readsTags: () => readsTags,
      evaluatePartially: (query) => {
        evaluations.push("partially");
        return cedar.evaluatePartially(query);
      },
      evaluate: (query) => {
        evaluations.push("as a whole");
        return cedar.evaluate(query);
      },
    });
    const pairs = [onObjects(OBJECT), onObjects(REPORTS), onAccount(), onTool("tickets", "search")];
    for (const pair of pairs) decide(pair, anAsker(), listening(false));
    expect(evaluations.splice(0)).toEqual(["as a whole", "partially", "as a whole", "as a whole"]);
    for (const pair of pairs) decide(pair, anAsker(), listening(true));
    expect(evaluations).toEqual(["partially", "partially", "as a whole", "as a whole"]);
  });

  it("takes a policy that nothing is known of for one that forbids", () => {
    const policies = cedarOf([PERMIT_ALL, permit(ERRS)]);
    const forgetful: Policies = { ...answersOf(policies), facts: () => undefined };
    expect(decide(onObjects(OBJECT), anAsker(), forgetful)).toMatchObject({
      denied: { denial: { reason: expect.stringContaining("could not be evaluated") } },
    });
  });

  it("takes a permit of unknown terms for none: it could require anything in return", () => {
    const policies = cedarOf([PERMIT_ALL]);
    const forgetful: Policies = { ...answersOf(policies), facts: () => undefined };
    expect(decide(onObjects(OBJECT), anAsker(), forgetful)).toMatchObject({
      denied: { denial: { reason: "No policy permits it." } },
    });
  });
});

describe("policy, evaluated for an account or a tool", () => {
  it("decides an action without resources on the account", () => {
    const texts = [`permit (principal, action, resource is AWS::Account) when { resource.account == "${ACCOUNT}" };`];
    expect(verdict(onAccount(), texts)).toBe("permitted");
    expect(verdict(onAccount(), [PERMIT_ALL])).toMatch(/^No policy/);
    expect(verdict(onObjects(OBJECT), texts)).toMatch(/^No policy/);
  });

  it("decides a tool by its server and its name", () => {
    const texts = [
      'permit (principal, action == Action::"tool:Call", resource is Tool) when { resource.server == "tickets" && resource.name == "search" };',
    ];
    expect(verdict(onTool("tickets", "search"), texts)).toBe("permitted");
    expect(verdict(onTool("tickets", "close"), texts)).toMatch(/^No policy/);
    expect(verdict(onTool("wiki", "search"), texts)).toMatch(/^No policy/);
  });
});

describe("policy, evaluated for a set of resources", () => {
  it.each<[string, readonly string[]]>([
    ["a permit has no condition on ARNs", [PERMIT_ALL]],
    ["a permit's pattern contains it", rule('resource.arn like "arn:aws:s3:::acme/*"')],
    [
      "two patterns of a permit contain it",
      rule('resource.arn like "arn:aws:s3:::acme/*" && resource.arn like "*/reports/*"'),
    ],
    ["a permit's other conditions hold too", rule('resource.account == "111122223333" && resource.arn like "*"')],
    ["a forbid cannot touch it", [PERMIT_ALL, forbid('resource.arn like "arn:aws:s3:::acme/pii/*"')]],
    ["a forbid is about another account", [PERMIT_ALL, forbid('resource.account == "444455556666"')]],
    ["a permit beside it errs", [PERMIT_ALL, permit(ERRS)]],
  ])("I2: permits it where %s", (_name, texts) => {
    expect(verdict(onObjects(REPORTS), texts)).toBe("permitted");
  });

  it.each<[string, readonly string[]]>([
    ["no policy permits it", []],
    ["a permit is for a part of it", rule('resource.arn like "arn:aws:s3:::acme/reports/2026/*"')],
    ["a permit is for one of it", rule(`resource.arn == "${OBJECT}"`)],
    ["a permit is for the pattern as if it were a name", rule(`resource.arn == "${REPORTS}"`)],
    [
      "a permit's pattern ends in a star that is a character",
      rule('resource.arn like "arn:aws:s3:::acme/reports/\\*"'),
    ],
    ["one pattern of a permit does not contain it", rule('resource.arn like "arn:*" && resource.arn like "*.csv"')],
    ["a permit excludes a part of it", rule('!(resource.arn like "arn:aws:s3:::acme/reports/pii*")')],
    ["a permit errs for some of it", rule(`resource.arn like "*" && ${ERRS}`)],
    ["a forbid holds for all of it", [PERMIT_ALL, forbid("true")]],
    ["a forbid has no condition", [PERMIT_ALL, "forbid (principal, action, resource);"]],
    ["a forbid errs, which Cedar would skip", [PERMIT_ALL, forbid(ERRS)]],
    ["a forbid errs for some of it", [PERMIT_ALL, forbid(`resource.arn like "*pii*" && ${ERRS}`)]],
    ["a forbid holds for all but one of it", [PERMIT_ALL, forbid(`resource.arn != "${OBJECT}"`)]],
  ])("I2: denies it where %s", (_name, texts) => {
    expect(verdict(onObjects(REPORTS), texts)).not.toBe("permitted");
  });
});

describe("an action that mints", () => {
  const assume = onObjects(`arn:aws:iam::${ACCOUNT}:role/deploy`, {
    action: "sts:AssumeRole",
    groups: [],
    mints: true,
  });
  const named = 'permit (principal, action == Action::"sts:AssumeRole", resource);';

  it("is granted by a permit that allows it to outlive the task", () => {
    expect(verdict(assume, [`@outlives("reviewed by security") ${named}`])).toBe("permitted");
    expect(verdict(assume, [named, `@outlives ${named}`])).toBe("permitted");
  });

  it.each<[string, readonly string[]]>([
    ["names it without saying so", [named]],
    ["is for every action", [PERMIT_ALL]],
    [
      "allows that of another action",
      [named, '@outlives("x") permit (principal, action == Action::"kms:CreateGrant", resource);'],
    ],
    ["allows that and does not apply", [named, `@outlives("x") ${permit('principal.team == "ops"')}`]],
  ])("is granted by no permit that %s", (_name, texts) => {
    expect(verdict(assume, texts)).toMatch(/outlives the task/);
  });

  it("is denied with what it takes", () => {
    expect(decide(assume, anAsker(), cedarOf([named]))).toMatchObject({
      denied: {
        denial: {
          reason: "The action hands out something that outlives the task, and no policy permits that.",
          hint: "Only a permit that names this action and carries @outlives grants it.",
        },
        narrower: [],
      },
    });
    expect(verdict(assume, [])).toBe("No policy permits it.");
  });

  it("is granted for a set of resources in the same way", () => {
    const roles = { ...assume, target: `arn:aws:iam::${ACCOUNT}:role/ci-*`, isPattern: true };
    expect(verdict(roles, [`@outlives("x") ${named}`])).toBe("permitted");
    expect(verdict(roles, [named])).toMatch(/outlives the task/);
  });
});
