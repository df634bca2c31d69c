import { describe, expect, it } from "vitest";
import { Budget } from "../../../../functions/core/proof/budget.ts";
import { Languages } from "../../../../functions/core/proof/language.ts";
import { PartsCache } from "../../../../functions/core/proof/parts-cache.ts";
import { CachingProofs } from "../../../../functions/core/proof/proofs.ts";
import { prove } from "../../../../functions/core/proof/prove.ts";
import type { Question, StatedPolicy } from "../../../../functions/core/proof/question.ts";
import { Search } from "../../../../functions/core/proof/search.ts";
import { Unknowns } from "../../../../functions/core/proof/unknowns.ts";
import {
  ACCOUNT,
  AT,
  against,
  allow,
  answerTo,
  deny,
  FENCE,
  PERMIT,
  PROVEN,
  QUESTION,
  statedOf,
  textOf,
  when,
} from "./ask.ts";

const OBJECTS = "arn:aws:s3:::acme/*";
const INSTANCES = `arn:aws:ec2:us-east-1:${ACCOUNT}:instance/*`;
const TEAM = "aws:ResourceTag/team";
const READ = textOf(allow("s3:GetObject", OBJECTS));
const question = (text: string, policies: readonly StatedPolicy[]): Question => ({ ...QUESTION, text, policies });
const head = { op: "All" } as const;
const withBody = (body: unknown, principal: unknown = head): StatedPolicy => ({
  id: "p0",
  effect: "permit",
  annotations: {},
  json: { principal, action: head, resource: head, conditions: [{ kind: "when", body }] },
});

describe("I2: a policy's JSON that is not as Cedar prints it", () => {
  it.each<unknown>([
    {},
    "true",
    { like: { left: { Value: "a" }, pattern: "a" } },
    { like: { left: { Value: "a" }, pattern: [{ Literal: 1 }] } },
    { Var: "nobody" },
    { Value: { __entity: { type: "Agent" } } },
    { Value: { __entity: { type: 1, id: "reporter" } } },
    { Value: null },
  ])("permits nothing for certain: %j", (body) => {
    expect(prove(question(READ, [withBody(body)]), () => 0)).toEqual({ verdict: "unknown", why: "policy" });
  });

  it.each([{ ip: [] }, { isIpv4: [] }, { isInRange: [{ ip: [{ Value: "::1" }] }] }])(
    "fails where an operator has too few operands: %j",
    (body) => {
      expect(prove(question(READ, [withBody(body)]), () => 0)).toMatchObject(against({ objection: "no permit" }));
    },
  );

  it.each([{ Value: 1 }, { Set: 1 }])("fails where its condition is no boolean: %j", (body) => {
    expect(prove(question(READ, [withBody(body)]), () => 0)).toMatchObject(against({ objection: "no permit" }));
  });

  it.each([
    ["whom it is about", withBody({ Value: true }, { op: "!=" })],
    ["what it is about", { ...withBody(true), json: { action: head, resource: head } }],
    ["its conditions", { ...withBody(true), json: { principal: head, action: head, resource: head, conditions: {} } }],
  ])("leaves a session unknown where nobody can read %s", (_what, policy) => {
    const unknown = { verdict: "unknown", why: "policy" };
    expect(prove(question(READ, [policy]), () => 0)).toEqual(unknown);
    expect(new CachingProofs(() => 0).answer(question(READ, [policy]))).toEqual(unknown);
  });
});

describe("I2: a proof's reading of policies", () => {
  it("counts `unless` where it is false", () => {
    const unless = 'permit (principal, action, resource) unless { resource.arn like "*pii*" };';
    expect(answerTo(READ, [unless])).toMatchObject(against({ resource: expect.stringContaining("pii") }));
    expect(answerTo(textOf(allow("s3:GetObject", OBJECTS), deny("*", `${OBJECTS}pii*`)), [unless])).toEqual(PROVEN);
  });

  it("has seven for Sunday", () => {
    const sunday = {
      asker: { atMs: Date.parse("2026-11-22T12:45:00Z"), openedAt: AT - 172_800 },
      fenceAt: FENCE - 172_800,
    };
    const text = READ.replace("2026-11-24", "2026-11-22");
    expect(answerTo(text, [when("permit", "context.time.weekday == 7")], sunday)).toEqual(PROVEN);
    expect(answerTo(text, [when("permit", "context.time.weekday == 0")], sunday)).toMatchObject(against({}));
  });

  it("knows nothing above an entity that is not of the call", () => {
    expect(answerTo(READ, [when("permit", 'Team::"data" in Team::"all"')])).toMatchObject(against({}));
    expect(answerTo(READ, [when("permit", 'Team::"data" in Team::"data"')])).toEqual(PROVEN);
  });

  it("compares values of two types, and records with sets, as different", () => {
    expect(answerTo(READ, [when("permit", '{"a": 1} == [1]')])).toMatchObject(against({}));
    expect(answerTo(READ, [when("permit", '{"a": 1} != [1]')])).toEqual(PROVEN);
  });
});

describe("I2: a policy's use of tags", () => {
  it.each([
    ["x is there", { Null: { "aws:ResourceTag/x": "true" } }, "a", { x: expect.any(String) }],
    ["x is missing", { Null: { "aws:ResourceTag/x": "false" } }, "b", {}],
  ])("counts a forbid for want of a tag in each case in which it reads the tag: %s", (_case, denied, team, tags) => {
    const forbid = when(
      "forbid",
      'if resource.tags has x then resource.tags.team == "a" else resource.tags.team == "b"',
    );
    const text = textOf(
      allow("ec2:StartInstances", INSTANCES),
      deny("*", "*", denied),
      deny("*", "*", { StringEquals: { [TEAM]: team } }),
    );
    expect(answerTo(text, [PERMIT, forbid])).toMatchObject(against({ tags, objection: { forbid: "p1" } }));
  });

  it("has one case for one outcome, however many tags lead to it", () => {
    const each = Array.from({ length: 16 }, (_, index) => `(if resource.tags has t${index} then true else 1 == 1)`);
    const answer = answerTo(textOf(allow("ec2:StartInstances", INSTANCES)), [when("permit", each.join(" && "))], {
      limits: { work: 200, milliseconds: 1_000 },
    });
    expect(answer).toEqual(PROVEN);
  });

  it("counts no forbid that no value of the missing tag would make hold", () => {
    const never = when("forbid", 'resource.tags.stage == "prod" && context.ttl == 1');
    expect(answerTo(READ, [PERMIT, never])).toEqual(PROVEN);
  });

  it("cannot distinguish a value that is unclear in each case", () => {
    const either = '(if resource.tags has a then decimal("1.0") else decimal("2.0")) == decimal("1.0")';
    expect(answerTo(READ, [when("permit", either)])).toEqual({ verdict: "unknown", why: "policy" });
  });

  it("cannot distinguish two comparisons of all tags", () => {
    const permits = ['resource.tags == {"a": "1"}', 'resource.tags != {"b": "1"}'].map((each) => when("permit", each));
    expect(answerTo(READ, permits)).toEqual({ verdict: "unknown", why: "policy" });
    const opposite = when("permit", 'resource.tags != {"a": "1"}');
    expect(answerTo(READ, [permits[0] as string, opposite])).toEqual(PROVEN);
  });

  it("takes the branch that the condition names, and fails for an attribute of what has none", () => {
    expect(answerTo(READ, [when("permit", "if context.ttl == 1 then false else true")])).toEqual(PROVEN);
    expect(answerTo(READ, [when("permit", "if context.ttl == 1 then true else false")])).toMatchObject(against({}));
    expect(answerTo(READ, [when("permit", "context.ttl.x == 1")])).toMatchObject(against({}));
  });
});

describe("I2: a proof's reading of texts", () => {
  it("has nothing against a forbid that a Deny repeats word for word, and much against one that it does not", () => {
    const text = textOf(allow("s3:GetObject", OBJECTS), deny("*", "arn:aws:s3:::acme/pii*"));
    const forbid = (name: string) => when("forbid", `resource.arn like "arn:aws:s3:::acme/${name}*"`);
    expect(answerTo(text, [PERMIT, forbid("pii")])).toEqual(PROVEN);
    expect(answerTo(text, [PERMIT, forbid("pi")])).toMatchObject(against({ objection: { forbid: "p1" } }));
  });

  it("takes two gaps in a row for one, and ? for one character, in the head and behind it", () => {
    const named = textOf(allow("ec2:StartInstances", `arn:aws:ec2:us-east-?:${ACCOUNT}:instance/i-?`));
    const permit = when("permit", `resource.arn like "arn:aws:ec2:us-east-*:${ACCOUNT}:instance/i-**"`);
    expect(answerTo(named, [permit])).toEqual(PROVEN);
    const forbid = (arn: string) => when("forbid", `resource.arn == "arn:aws:ec2:us-east-${arn}"`);
    expect(answerTo(named, [permit, forbid(`1:${ACCOUNT}:instance/i-0`)])).toMatchObject(against({}));
    expect(answerTo(named, [permit, forbid(`11:${ACCOUNT}:instance/i-0`)])).toEqual(PROVEN);
    expect(answerTo(named, [permit, forbid(`1:${ACCOUNT}:instance/i-00`)])).toEqual(PROVEN);
  });

  it("does not compute aws:ViaAWSService as a text", () => {
    const text = textOf(
      allow("s3:GetObject", OBJECTS),
      deny("*", "*", { StringEquals: { "aws:ViaAWSService": "false" } }),
    );
    expect(answerTo(text, [])).toMatchObject(against({}));
  });

  it("gives no tags of an action without resources", () => {
    const text = textOf(allow("s3:ListAllMyBuckets", "*", { StringEquals: { [TEAM]: "a" } }));
    expect(answerTo(text, [])).toEqual(PROVEN);
    const missing = textOf(allow("s3:ListAllMyBuckets", "*", { StringNotEquals: { [TEAM]: "a" } }));
    expect(answerTo(missing, [])).toMatchObject(against({ told: "none", resource: "*" }));
  });

  it("sorts Denies that require one tag together, and gives up those that leave nothing", () => {
    const denies = ["a", "b", "c"].map((name) => deny("*", `${INSTANCES}${name}`, { StringEquals: { [TEAM]: "x" } }));
    const text = textOf(allow("ec2:StartInstances", INSTANCES), ...denies);
    const forbid = when("forbid", 'resource.arn like "*c" && resource.tags has team && resource.tags.team == "x"');
    expect(answerTo(text, [PERMIT, forbid])).toEqual(PROVEN);
    const wide = when("forbid", 'resource.tags has team && resource.tags.team == "x"');
    expect(answerTo(text, [PERMIT, wide])).toMatchObject(against({ resource: expect.not.stringMatching(/[abc]$/) }));
  });

  it("allows nothing where a Deny without a condition names everything", () => {
    expect(answerTo(textOf(allow("s3:GetObject", OBJECTS), deny("s3:*", "*")), [])).toEqual(PROVEN);
  });

  it("tries each way of giving tags with the resources that it is about", () => {
    const own = { StringEquals: { [TEAM]: "a" } };
    const subnets = `arn:aws:ec2:us-east-1:${ACCOUNT}:subnet/*`;
    const permit = `@outlives("x") ${when("permit", 'resource.tags.team == "a"')}`;
    expect(answerTo(textOf(allow("ec2:RunInstances", [INSTANCES, subnets], own)), [permit])).toEqual(PROVEN);
    const absent = { StringNotEquals: { [TEAM]: "b" } };
    const found = answerTo(textOf(allow("ec2:RunInstances", [INSTANCES, subnets], absent)), [permit]);
    expect(found).toMatchObject(against({ objection: "no permit" }));
  });
});

describe("a catalogue that knows a service by its prefix alone", () => {
  it("has no actions of it, so that nobody knows what a pattern allows", () => {
    const empty = { prefixes: ["zz"], service: () => undefined };
    const unknown = { verdict: "unknown", why: "action" };
    expect(answerTo(textOf(allow("zz*:Do", "*")), [], { catalogue: empty })).toEqual(unknown);
  });
});

describe("a search", () => {
  it("is for an ARN alone", () => {
    const budget = new Budget(() => 0);
    const unknowns = new Unknowns(new Languages(), budget);
    expect(() => new Search(unknowns, budget).find(unknowns.open("x"))).toThrow(RangeError);
  });
});

describe("proofs with little memory", () => {
  it("forget, and answer the same", () => {
    const proofs = new CachingProofs(() => 0, 1);
    const cache = new PartsCache(0);
    const policies = [statedOf(PERMIT)];
    const untimed = READ.replace(/,\{"Effect":"Deny".*\}\}\}/, "");
    for (let time = 0; time < 2; time += 1) {
      expect(proofs.answer(question(READ, policies))).toEqual(PROVEN);
      expect(prove(question(READ, policies), () => 0, cache)).toEqual(PROVEN);
      expect(proofs.answer(question(untimed, policies))).toMatchObject(against({ objection: "after the fence" }));
    }
  });
});
