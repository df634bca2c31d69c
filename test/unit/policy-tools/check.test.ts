import { describe, expect, it } from "vitest";
import { POLICIES, policyFolder, REPORTS, rule, runPolicy } from "./run-policy.ts";

const check = async (text: string, ...flags: readonly string[]) => {
  const { code, out } = await runPolicy("check", policyFolder({ "a.cedar": text }), "--json", ...flags);
  return { code, ...JSON.parse(out) };
};
const findings = async (
  text: string,
): Promise<readonly { level: string; code: string; policy?: string; message: string }[]> =>
  (await check(text)).folders[0].findings;
const found = async (text: string) => (await findings(text)).map(({ level, code, policy }) => [level, code, policy]);

describe("valetkey policy check", () => {
  it("finds nothing in a sound permit, and reports that", async () => {
    const folder = policyFolder({ "a.cedar": rule({}) });
    expect(await runPolicy("check", folder, "--strict")).toEqual({
      code: 0,
      out: `${folder}: 1 policy, 0 errors, 0 warnings\n`,
      err: "",
    });
  });

  it("finds nothing in the policies of this repository, guards and examples included, and proves their cases", async () => {
    const examples = [
      "budgets",
      "change-freeze",
      "ci-coding-agent",
      "ci-deployer",
      "data-analysis-agent",
      "incident",
      "incident-response-agent",
      "infrastructure-agent",
      "kept-apart",
      "watched",
      "support-agent",
    ];
    const folders = [POLICIES, ...examples.map((name) => `${POLICIES}/examples/${name}`)];
    const { code, out } = await runPolicy("check", ...folders, "--strict", "--with", `${POLICIES}/guards.cedar`);
    expect([code, out]).toEqual([0, expect.not.stringContaining("  warning  ")]);
    // The support agent has tools, and no session of AWS.
    expect(out.match(/^\S+(?=: .* of its cases proven$)/gm)).toEqual(folders.slice(0, -1));
  });

  it.each<[string, string, string]>([
    ["does not parse", "permit (", "parse"],
    ["has a misspelt obligation", rule({ notes: '@aproval("x")' }), "unknown_annotation"],
    ["has another's id", rule({}) + rule({ when: 'resource.account == "111122223333"' }), "duplicate_id"],
    ["names an unknown action", rule({ action: 'action == Action::"s3:GetObjects"' }), "unknown_action"],
    ["requires what is not there", rule({ when: 'resource.name == "x"' }), "schema_violation"],
  ])("is an error where a policy %s", async (_, text, code) => {
    const result = await check(text);
    expect(result.code).toBe(1);
    expect(result.errors).toBeGreaterThan(0);
    expect(result.folders[0].findings[0]).toMatchObject({
      level: "error",
      code,
      file: expect.stringMatching(/a\.cedar$/),
    });
  });

  it("names the action that was meant, and the policy that misspelt it", async () => {
    const text = rule({ id: "good" }) + rule({ id: "bad", action: 'action == Action::"s3:GetObjects"' });
    expect(await findings(text)).toEqual([
      expect.objectContaining({ policy: "bad", message: expect.stringContaining("did you mean `s3:GetObject`") }),
    ]);
  });

  it("reads every file, though one does not parse", async () => {
    const folder = policyFolder({ "a.cedar": "permit (", "b.cedar": rule({ notes: '@odd("x")' }) });
    const { code, out } = await runPolicy("check", folder);
    expect(code).toBe(1);
    expect(out).toContain(`${folder}/a.cedar:1:9  error  parse  it does not parse`);
    expect(out).toContain(`${folder}/b.cedar:1:13  error  unknown_annotation  @odd is not an annotation`);
  });

  it.each<[string, string]>([
    ["two values of one attribute", `${REPORTS} && resource.account == "444455556666"`],
    ["two prefixes that have nothing in common", `${REPORTS} && resource.arn like "arn:aws:s3:::other/*"`],
    ["a value and its contrary", `${REPORTS} && !(resource.arn like "arn:aws:s3:::acme/*")`],
    ["what is no ARN", 'resource.account == "111122223333" && resource.arn like "s3://acme/*"'],
    ["what is no account", 'resource.account == "acme" && resource.arn like "arn:aws:s3:::acme/*"'],
    ["a condition and its contrary", `${REPORTS} && context.ttl < 900 && !(context.ttl < 900)`],
    ["none of a list", `${REPORTS} && ["arn:aws:s3:::a/b", "arn:aws:s3:::c/d"].contains(resource.arn)`],
  ])("is an error where the conditions require %s", async (_, when) => {
    expect(await found(rule({ when }))).toEqual([["error", "never_holds", "rule"]]);
    expect(await found(rule({ when, effect: "forbid" }))).toEqual([["error", "never_holds", "rule"]]);
  });

  it("warns of one alternative that can never hold", async () => {
    const when = `${REPORTS} || (resource.account == "111122223333" && resource.account == "444455556666")`;
    expect(await found(rule({ when }))).toEqual([["warning", "never_holds_in_part", "rule"]]);
  });

  it("is an error where the actions fit none of the ARNs, and a warning where one of them does not", async () => {
    const when = 'resource.account == "111122223333" && resource.arn == "arn:aws:s3:::acme"';
    expect(await found(rule({ when }))).toEqual([["error", "never_fits", "rule"]]);
    const action = 'action in [Action::"s3:GetObject", Action::"s3:ListBucket"]';
    expect(await found(rule({ when, action }))).toEqual([["warning", "never_fits_in_part", "rule"]]);
  });

  it("warns of an action without a resource among those that have one", async () => {
    const action = 'action in [Action::"s3:GetObject", Action::"s3:ListAllMyBuckets"]';
    expect(await findings(rule({ action }))).toEqual([
      expect.objectContaining({
        code: "never_fits_in_part",
        message: expect.stringContaining("resource is AWS::Account"),
      }),
    ]);
  });

  it.each<[string, Parameters<typeof rule>[0]]>([
    ["on everything", { when: "true", action: "action", principal: "principal is Agent" }],
    ["on the same", {}],
    ["on a group of actions", { action: 'action in Action::"aws:Read"' }],
    ["on more of the same", { when: 'resource.arn like "arn:aws:s3:::acme*"' }],
  ])("warns of a permit that a forbid %s takes away", async (_, forbid) => {
    const text = rule({ id: "yes" }) + rule({ id: "no", effect: "forbid", ...forbid });
    expect(await found(text)).toEqual([["warning", "shadowed", "yes"]]);
  });

  it.each<[string, Parameters<typeof rule>[0]]>([
    ["of another team", { principal: 'principal in Team::"web"' }],
    ["of other actions", { action: 'action in Action::"aws:Write"' }],
    ["of a part", { when: 'resource.arn like "*/pii/*"' }],
    ["on a condition", { when: `${REPORTS} && context.ttl > 900` }],
    ["that is only watched", { notes: '@mode("shadow")' }],
  ])("has nothing against a permit beside a forbid %s", async (_, forbid) => {
    expect(await found(rule({ id: "yes" }) + rule({ id: "no", effect: "forbid", ...forbid }))).toEqual([]);
  });

  it("warns of a permit that a wider one implies", async () => {
    const text = rule({ id: "narrow" }) + rule({ id: "wide", when: 'resource.account == "111122223333"' });
    expect(await found(text)).toEqual([["warning", "redundant", "narrow"]]);
  });

  it("warns of one of two equal permits", async () => {
    expect(await found(rule({ id: "one" }) + rule({ id: "two" }))).toEqual([["warning", "redundant", "two"]]);
    const forbids = rule({ id: "one", effect: "forbid" }) + rule({ id: "two", effect: "forbid" });
    expect(await found(forbids)).toEqual([["warning", "redundant", "two"]]);
  });

  it.each(['@maxTtl("15m")', "@bindIp"])("warns of %s that a wider permit lets everybody evade", async (notes) => {
    const text = rule({ id: "narrow", notes }) + rule({ id: "wide", when: 'resource.account == "111122223333"' });
    expect(await found(text)).toEqual([["warning", "obligation_evaded", "narrow"]]);
  });

  it("warns of an approval that a wider permit lets everybody evade", async () => {
    const narrow = rule({ id: "narrow", notes: '@approval("leads")' });
    expect(await found(narrow + rule({ id: "wide", when: 'resource.account == "111122223333"' }))).toEqual([
      ["warning", "obligation_evaded", "narrow"],
      ["note", "groups_unchecked", "narrow"],
    ]);
  });

  it("has nothing against a permit on better terms than a wider one", async () => {
    const wide = rule({ id: "wide", notes: "@bindIp", when: 'resource.account == "111122223333"' });
    expect(await found(rule({ id: "narrow" }) + wide)).toEqual([]);
  });

  const tagging = (notes: string) =>
    rule({ notes, action: 'action == Action::"s3:PutObjectTagging"', when: 'resource.arn == "arn:aws:s3:::acme/x"' });

  it("warns of what mints: without @outlives it is never granted, without a reason nobody knows why", async () => {
    expect(await found(tagging(""))).toEqual([["warning", "outlives_missing", "rule"]]);
    expect(await found(tagging("@outlives"))).toEqual([["warning", "outlives_unexplained", "rule"]]);
  });

  it("notes what mints for a reason, and passes", async () => {
    const result = await check(tagging('@outlives("reviewed in May")'), "--strict");
    expect([result.code, result.notes]).toEqual([0, 1]);
  });

  it("warns of a permit on every action or every resource", async () => {
    expect(await found(rule({ action: "action" }))).toEqual([["warning", "every_action", "rule"]]);
    expect(await found(rule({ when: "context.ttl <= 900" }))).toEqual([["warning", "every_resource", "rule"]]);
  });

  it.each([
    ["the account", 'resource.account == "111122223333"', []],
    ["one of several accounts", '["111122223333", "444455556666"].contains(resource.account)', []],
    ["an ARN with an account", 'resource.arn like "arn:aws:dynamodb:eu-west-1:111122223333:table/*"', []],
    ["an ARN without one", 'resource.arn like "arn:aws:s3:::acme-*"', ["any_account"]],
    ["an ARN of any account", 'resource.arn like "arn:aws:dynamodb:eu-west-1:*:table/x"', ["any_account"]],
    ["any account at all", 'resource.account like "*"', ["any_account"]],
    ["an account in one of two ways only", 'resource.account == "111122223333" || context.ttl <= 900', ["any_account"]],
  ])("with units, judges a permit that names %s", async (_, when, codes) => {
    const text = rule({ when, action: 'action == Action::"dynamodb:GetItem"' });
    const codesWith = async (config: object) => {
      const { out } = await runPolicy("check", policyFolder({ "a.cedar": text, "valetkey.json": config }), "--json");
      return [...out.matchAll(/"code": "(any_account)"/g)].map(([, code]) => code);
    };
    expect(await codesWith({ organization: { units: ["o-a1b2c3d4e5/r-ab12"] } })).toEqual(codes);
    expect(await codesWith({})).toEqual([]);
  });

  it("warns of obligations that nobody meets or enforces, and of a policy without an id", async () => {
    expect(await found(rule({ notes: '@maxTtl("12h")' }))).toEqual([["warning", "obligation_unkept", "rule"]]);
    const tool = {
      action: 'action == Action::"tool:Call"',
      resource: "resource is Tool",
      when: 'resource.server == "crm"',
    };
    expect(await found(rule({ notes: "@bindIp", ...tool }))).toEqual([["warning", "obligation_unkept", "rule"]]);
    expect(await found(rule({}).replace('@id("rule")', ""))).toEqual([["warning", "no_id", "a.cedar#1"]]);
  });

  it("passes with warnings, and fails with them where it is strict", async () => {
    const folder = policyFolder({ "a.cedar": rule({ action: "action" }) });
    expect((await runPolicy("check", folder)).code).toBe(0);
    const strict = await runPolicy("check", folder, "--strict");
    expect([strict.code, strict.out]).toEqual([
      1,
      expect.stringContaining(`${folder}/a.cedar:1:1  warning  every_action  it permits every action`),
    ]);
  });
});
