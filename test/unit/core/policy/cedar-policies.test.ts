import { describe, expect, it } from "vitest";
import { agentId } from "../../../../contract/agent-id.ts";
import { CedarPolicies } from "../../../../functions/adapters/cedar/cedar-policies.ts";
import type { Pair } from "../../../../functions/core/intent/pairs.ts";
import { queryFor, type Requester } from "../../../../functions/core/policy/entities.ts";
import type { PreparedPolicy } from "../../../../functions/core/policy/prepared-policy.ts";
import { parsePolicies } from "../../../../functions/policy/read/parse-policies.ts";
import { twoHundredPolicies } from "../../../bench/policy/two-hundred-policies.ts";
import { cedarOf } from "../cedar-of.ts";
import { anAsker, onAccount, onObjects } from "./pairs.ts";

const file = (name: string, texts: readonly string[]) => ({ name, path: name, text: texts.join("\n") });
const POLICIES = parsePolicies(file("all.cedar", twoHundredPolicies())).map(({ policy }) => policy);
const whole = (policies: readonly PreparedPolicy[]) => policies.map(({ scope: _, ...policy }) => policy);
const serve = (policies: readonly PreparedPolicy[], hash: string) => new CedarPolicies({ policies, claims: [], hash });

const SLICED = serve(POLICIES, "sliced");
const WHOLE = serve(whole(POLICIES), "whole");

const askers = ["team-0", "team-20", "platform", "nobody"].map((team) =>
  anAsker({ agent: { id: agentId("reporter"), owner: "ada", team } }),
);
const pairs: readonly Pair[] = [
  onObjects("arn:aws:s3:::acme-data/team-0/*"),
  onObjects("arn:aws:s3:::acme-data/team-0/a"),
  onObjects("arn:aws:s3:::acme-data/team-20/out/*", { action: "s3:PutObject", groups: ["s3:Write", "aws:Write"] }),
  onObjects("arn:aws:ec2:us-east-1:111122223333:instance/i-3*", { action: "ec2:StartInstances", groups: [] }),
  onAccount(),
];
const questions = askers.flatMap((asker) => pairs.map((pair) => ({ asker, pair })));

describe("policies that are sliced by their heads", () => {
  it("give the answers that they would give all together", () => {
    for (const { asker, pair } of questions) {
      const query = queryFor(pair, asker, "nothing");
      expect(SLICED.evaluate(query)).toEqual(WHOLE.evaluate(query));
    }
  });

  it("leave of themselves what they would leave all together, where the ARN is open", () => {
    const applying = (policies: CedarPolicies, query: ReturnType<typeof queryFor>) =>
      policies
        .evaluatePartially(query)
        .residuals.filter(({ body }) => !JSON.stringify(body).includes('"Value":false'))
        .toSorted((a, b) => (a.policy < b.policy ? -1 : 1));
    const counts = questions.map(({ asker, pair }) => {
      const query = queryFor(pair, asker, "arn and tags");
      expect(applying(SLICED, query)).toEqual(applying(WHOLE, query));
      return applying(SLICED, query).length;
    });
    expect(Math.max(...counts)).toBeGreaterThan(2);
  });

  it("distinguish an action that a head names from one in a group of that name, whichever is evaluated first", () => {
    const heads = ['permit (principal, action == Action::"s3:List", resource is AWS::Account);'];
    const policies = serve(
      parsePolicies(file("a.cedar", heads)).map(({ policy }) => policy),
      "named or in a group",
    );
    const isAllowed = (pair: Pair) => policies.evaluate(queryFor(pair, anAsker(), "nothing")).allowed;
    expect([isAllowed(onAccount("s3:ListAllMyBuckets")), isAllowed({ ...onAccount("s3:List"), groups: [] })]).toEqual([
      false,
      true,
    ]);
  });

  it("query Cedar once for all actions that they do not distinguish", () => {
    const heads = ['permit (principal, action in Action::"s3:List", resource is AWS::Account);'];
    const policies = serve(
      parsePolicies(file("a.cedar", heads)).map(({ policy }) => policy),
      "alike",
    );
    const evaluated = (action: string) => policies.evaluate(queryFor(onAccount(action), anAsker(), "nothing"));
    expect(evaluated("s3:ListJobs")).toBe(evaluated("s3:ListAllMyBuckets"));
    const distinct = [...heads, 'forbid (principal, action, resource) when { action == Action::"s3:ListJobs" };'];
    const other = serve(
      parsePolicies(file("a.cedar", distinct)).map(({ policy }) => policy),
      "told apart",
    );
    const allowed = (action: string) => other.evaluate(queryFor(onAccount(action), anAsker(), "nothing")).allowed;
    expect(["s3:ListAllMyBuckets", "s3:ListJobs"].map(allowed)).toEqual([true, false]);
  });

  it("count by the principal itself, its groups and its type", () => {
    const heads = [
      'permit (principal == Agent::"reporter", action, resource);',
      'permit (principal == Agent::"other", action, resource);',
      'permit (principal in Team::"data", action, resource);',
      'permit (principal is Agent in Team::"data", action, resource);',
      'permit (principal is Agent in Team::"ops", action, resource);',
      "permit (principal is User, action, resource);",
      'permit (principal, action in Action::"s3:Read", resource);',
      'permit (principal, action == Action::"s3:PutObject", resource);',
    ];
    const policies = serve(
      parsePolicies(file("heads.cedar", heads)).map(({ policy }) => policy),
      "heads",
    );
    const { deciding } = policies.evaluate(queryFor(onObjects("arn:aws:s3:::acme/a"), anAsker(), "nothing"));
    expect([...deciding].sort()).toEqual([1, 3, 4, 7].map((number) => `heads.cedar#${number}`));
  });
});

describe("partial evaluation, which puts the policies before Cedar as one text", () => {
  const texts = Array.from({ length: 30 }, (_, n) => {
    const effect = n % 3 === 0 ? "forbid" : "permit";
    // Comments and several lines: what counts is the order alone.
    return `@id("number-${n}")\n${effect} (principal, action, resource is AWS::Resource) // ${n}\nwhen { resource.arn == "${n}" };`;
  });
  const query = queryFor(onObjects("arn:aws:s3:::acme/*"), anAsker(), "arn and tags");

  it("gives each policy back under its own name, however many they are", () => {
    const { residuals } = cedarOf(texts).evaluatePartially(query);
    expect(residuals).toHaveLength(30);
    for (const { policy, effect, body } of residuals) {
      const number = Number(policy.slice("number-".length));
      expect(effect).toBe(number % 3 === 0 ? "forbid" : "permit");
      expect(JSON.stringify(body)).toContain(`"${number}"`);
    }
  });

  it("names the policies that erred", () => {
    const errs = '@id("errs") permit (principal, action, resource) when { context.ttl * 9223372036854775807 > 1 };';
    expect(cedarOf([...texts, errs]).evaluatePartially(query).errored).toEqual(["errs"]);
  });

  it("is evaluated once for what the policies can distinguish, and again for another", () => {
    const policies = cedarOf(texts);
    const first = policies.evaluatePartially(query);
    const again = queryFor(onObjects("arn:aws:s3:::acme/other/*"), anAsker(), "arn and tags");
    expect(policies.evaluatePartially(again)).toBe(first);
    const answerFor = (asker: Requester) =>
      policies.evaluatePartially(queryFor(onObjects("arn:aws:s3:::acme/*"), asker, "arn and tags"));
    expect(answerFor(anAsker({ purpose: "other" }))).toBe(first);
    expect(answerFor(anAsker({ claims: {} }))).not.toBe(first);
  });

  it("forgets answers before it holds too many", () => {
    const policies = cedarOf(texts);
    const first = policies.evaluatePartially(query);
    for (let n = 0; n < 500; n += 1) {
      policies.evaluatePartially(
        queryFor(onObjects("arn:aws:s3:::acme/*"), anAsker({ claims: { ref: `${n}` } }), "arn and tags"),
      );
    }
    expect(policies.evaluatePartially(query)).not.toBe(first);
    expect(policies.evaluatePartially(query)).toEqual(first);
  });
});

describe("policies that read tags", () => {
  const reads = 'permit (principal, action, resource is AWS::Resource) when { resource.tags.team == "data" };';
  const readsTags = (texts: readonly string[], pair: Pair = onObjects("arn:aws:s3:::acme/a")) =>
    serve(
      parsePolicies(file("tags.cedar", texts)).map(({ policy }) => policy),
      JSON.stringify(texts),
    ).readsTags(queryFor(pair, anAsker(), "nothing"));

  it("leave them open where they may matter, and nowhere else", () => {
    expect(readsTags([reads])).toBe(true);
    expect(readsTags(["permit (principal, action, resource);"])).toBe(false);
    expect(readsTags([reads.replace("action,", 'action == Action::"s3:PutObject",')])).toBe(false);
    expect(readsTags([reads.replace("principal,", 'principal in Team::"ops",')])).toBe(false);
  });

  it("leave nothing open where they are only watched", () => {
    expect(readsTags([`@mode("shadow") ${reads}`])).toBe(false);
  });
});

describe("policies that Cedar cannot use", () => {
  it("are refused before any query", () => {
    expect(() =>
      serve([{ id: "x", effect: "permit", annotations: {}, reads: [], text: "permit (", json: {} }], "broken"),
    ).toThrow("the policies do not parse");
  });

  it("are an error of the question where they cannot be put to it", () => {
    const query = queryFor(onObjects("arn:aws:s3:::acme/*"), anAsker(), "arn and tags");
    const bad = { ...query, context: { purpose: { __extn: { fn: "ip", arg: "no address" } } } };
    // Policies of no other test: this policy does not read the purpose, so a cached answer would be found.
    const policies = cedarOf(['@id("asked-badly") permit (principal, action, resource);']);
    expect(() => policies.evaluatePartially(bad)).toThrow("Cedar refused the question");
    expect(() => policies.evaluate(bad)).toThrow("Cedar refused the question");
  });
});
