import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { preparePolicies } from "../../../functions/policy/prepare-policies.ts";
import { DEPLOYMENT } from "../../fakes/world/world.ts";
import { catalogue } from "../core/catalogue/load-catalogue.ts";
import { jsonOf } from "../core/cedar-of.ts";
import { folderWith } from "./folder.ts";

const POLICIES = fileURLToPath(new URL("../../../policies/", import.meta.url));
const SCHEMA = readFileSync(`${POLICIES}schema.cedarschema`, "utf8");

const prepare = (files: Readonly<Record<string, string>>) =>
  preparePolicies(folderWith({ "schema.cedarschema": SCHEMA, ...files }), catalogue);
const one = (text: string) => prepare({ "a.cedar": text });

const on = (action: string, when = "true", resource = "resource is AWS::Resource") =>
  `permit (principal is Agent, action == Action::"${action}", ${resource}) when { ${when} };`;

describe("the policies of a folder", () => {
  it("that is shipped can be used", () => {
    const { policies, claims } = preparePolicies(POLICIES, catalogue);
    expect(policies.map(({ id }) => id)).toEqual(expect.arrayContaining(["demo-reads-reports", "operators"]));
    expect(claims).toEqual([]);
  });

  it("is shipped with Cedar's own JSON of each text, by which proofs hold what Cedar decides by the text", () => {
    const { policies } = preparePolicies(POLICIES, catalogue);
    expect(policies.length).toBeGreaterThan(5);
    for (const { text, json } of policies) expect(json).toEqual(jsonOf(text));
  });

  it("name groups of issuers that valetkey.json has, or they cannot be used, with what to write after an upgrade or a renaming", () => {
    const rule = (principal: string, when = "true") =>
      `@id("x") permit (${principal}, action == Action::"valetkey:EndTask", resource) when { ${when} };`;
    const issuers = DEPLOYMENT.issuers.map((issuer) => ({ ...issuer, name: issuer.name.replace("staff", "login") }));
    const files = (text: string) => folderWith({ "schema.cedarschema": SCHEMA, "a.cedar": text });
    const staff = files(rule('principal is User in Group::"staff|sre"'));
    expect(preparePolicies(staff, catalogue, [], DEPLOYMENT).policies).toHaveLength(1);
    expect(() => preparePolicies(staff, catalogue, [], { issuers })).toThrow(
      /"staff" with a groupsClaim.*those with one: login/,
    );
    expect(() => prepare({ "a.cedar": rule("principal is User", 'principal.groups.contains("sre")') })).toThrow(
      /unasked_name {2}people have no attribute groups; write principal in Group::"<issuer>\|<group>"/,
    );
  });

  it("are read with their effects, ids and annotations, file by file", () => {
    const { policies } = prepare({
      "b.cedar": `@id("writes") @description("why") ${on("s3:PutObject")}`,
      "a.cedar": `${on("s3:GetObject")} forbid (principal is Agent, action, resource is AWS::Resource);`,
      "notes.md": "not a policy",
    });
    expect(policies).toMatchObject([
      { id: "a.cedar#1", effect: "permit", annotations: {} },
      { id: "a.cedar#2", effect: "forbid", annotations: {} },
      { id: "writes", effect: "permit", annotations: { id: "writes", description: "why" } },
    ]);
  });

  it("are numbered by their place in their file, however many there are", () => {
    const actions = ["GetObject", "PutObject", "DeleteObject", "GetObjectAcl", "GetObjectTagging", "GetObjectVersion"];
    const named = [...actions, ...actions.map((name) => `${name}`)].map((name) => on(`s3:${name}`));
    const { policies } = one(named.join("\n"));
    expect(policies.map(({ id }) => id)).toEqual(named.map((_, index) => `a.cedar#${index + 1}`));
    expect(policies.map(({ text }) => /s3:\w+/.exec(text)?.[0])).toEqual(named.map((text) => /s3:\w+/.exec(text)?.[0]));
  });

  it("name the claims that they read, each once", () => {
    const reads = (name: string) => `principal.hasTag("${name}") && principal.getTag("${name}") == "x"`;
    expect(
      one(`${on("s3:GetObject", reads("ref"))} ${on("s3:PutObject", reads("env"))} ${on("s3:PutObject", reads("ref"))}`)
        .claims,
    ).toEqual(["env", "ref"]);
  });

  it.each<[string, string]>([
    ["an action", on("s3:GetObject")],
    ["tags of a resource", on("sqs:SendMessage", 'resource.tags.team == "data" && resource.tags has env')],
    ["the time of day", on("s3:GetObject", "context.time.hour >= 8 && context.time.weekday <= 5")],
    ["the terms of a permit", `@maxTtl("15m") @bindIp @approval("sre") ${on("s3:GetObject")}`],
    ["what is only watched", `@mode("shadow") ${on("s3:GetObject")}`],
    [
      "a list of actions",
      'permit (principal is Agent, action in [Action::"s3:GetObject", Action::"sqs:SendMessage"], resource is AWS::Resource);',
    ],
    [
      "a group of a service's actions",
      'permit (principal is Agent, action in Action::"s3:Read", resource is AWS::Resource);',
    ],
    [
      "a group of all actions",
      'permit (principal is Agent, action in Action::"aws:Write", resource is AWS::Resource);',
    ],
    [
      "an action on the account",
      on("s3:ListAllMyBuckets", 'resource.account == "111122223333"', "resource is AWS::Account"),
    ],
    ["a tool", on("tool:Call", 'resource.server == "tickets" && resource.name == "search"', "resource is Tool")],
    ["operations of people", 'permit (principal is User, action in Action::"valetkey:Observe", resource);'],
    [
      "one operation",
      'permit (principal is User, action == Action::"valetkey:EndTask", resource is Agent) when { resource.team == "data" };',
    ],
    [
      "every action",
      'forbid (principal is Agent, action, resource is AWS::Resource) when { resource.arn like "*pii*" };',
    ],
    [
      "an action that mints",
      '@outlives("reviewed") permit (principal is Agent, action == Action::"sts:AssumeRole", resource is AWS::Resource);',
    ],
  ])("may speak of %s", (_name, text) => {
    expect(one(text).policies).toHaveLength(1);
  });

  it.each<[string, string, string]>([
    ["does not parse", "permit (principal, action, resource)", "a.cedar:1:37  error  parse  it does not parse"],
    [
      "is a template",
      "permit (principal == ?principal, action, resource);",
      "a.cedar:1:1  error  parse  it is a template; write it out",
    ],
    [
      "has a misspelt obligation",
      `@aproval("x") ${on("s3:GetObject")}`,
      "a.cedar:1:1  error  unknown_annotation  @aproval is not an annotation",
    ],
    [
      "compares a resource by identity, which would never hold",
      'forbid (principal is Agent, action, resource == AWS::Resource::"arn:aws:s3:::acme/a");',
      "a.cedar:1:49  error  resource_identity  it compares an AWS::Resource by identity; use a condition on resource.arn",
    ],
    [
      "compares a resource by identity in a condition",
      on("s3:GetObject", 'resource == AWS::Resource::"arn:aws:s3:::acme/a"'),
      "a.cedar:1:109  error  resource_identity  it compares an AWS::Resource by identity",
    ],
    [
      "reads a claim whose name it does not spell out",
      on("s3:GetObject", "principal.hasTag(context.purpose)"),
      "a.cedar:1:1  error  claim_unnamed  it reads a claim whose name is not written out",
    ],
    [
      "lets a group outlive the task",
      '@outlives("x") permit (principal is Agent, action in Action::"s3:Write", resource is AWS::Resource);',
      "a.cedar:1:1  error  outlives_unnamed  @outlives needs its actions named",
    ],
    [
      "lets every action outlive the task",
      '@outlives("x") permit (principal is Agent, action, resource is AWS::Resource);',
      "a.cedar:1:1  error  outlives_unnamed  @outlives needs its actions named",
    ],
    [
      "lets a forbid outlive",
      '@outlives("x") forbid (principal is Agent, action == Action::"sts:AssumeRole", resource is AWS::Resource);',
      "a.cedar:1:1  error  annotation_misplaced  @outlives belongs on a permit",
    ],
    ["takes a time that is none", `@maxTtl("soon") ${on("s3:GetObject")}`, '@maxTtl takes a duration such as "15m"'],
    ["names nobody who approves", `@approval("") ${on("s3:GetObject")}`, "@approval takes groups and their votes"],
    ["has an unknown mode", `@mode("off") ${on("s3:GetObject")}`, '@mode takes "shadow" only'],
    [
      "gives a forbid terms",
      '@bindIp forbid (principal is Agent, action, resource is AWS::Resource) when { resource.arn like "*pii*" };',
      "@bindIp belongs on a permit",
    ],
    ["requires a rotation of what is no secret", `@rotateAfterUse ${on("s3:GetObject")}`, "nothing else can keep it"],
    ["names an unknown action", on("s3:GetObjects"), "There is no action `s3:GetObjects`; did you mean `s3:GetObject`"],
    [
      "names an action in another case, which Cedar distinguishes",
      on("s3:getobject"),
      "There is no action `s3:getobject`; did you mean `s3:GetObject`",
    ],
    ["names a pattern as an action", on("s3:Get*"), "There is no action `s3:Get*`"],
    [
      "names a group of no service",
      'permit (principal is Agent, action in Action::"s4:Read", resource is AWS::Resource);',
      "There is no AWS service `s4`",
    ],
    ["names no action at all", on("everything"), "Write each action as `service:Action`"],
    ["reads an attribute that there is not", on("s3:GetObject", 'resource.name == "x"'), "name"],
    [
      "reads an ARN of an account",
      on("s3:ListAllMyBuckets", 'resource.arn like "*"', "resource is AWS::Account"),
      "arn",
    ],
    ["reads a claim without testing whether it is there", on("s3:GetObject", 'principal.getTag("ref") == "x"'), "ref"],
    [
      "can never apply",
      on("s3:ListAllMyBuckets", "true", "resource is AWS::Resource"),
      'policy is impossible: the policy expression evaluates to false for all valid requests (policy "a.cedar#1")',
    ],
    [
      "lets an agent operate",
      'permit (principal is Agent, action == Action::"valetkey:EndTask", resource);',
      'policy "a.cedar#1"',
    ],
  ])("are refused where one %s", (_name, text, fault) => {
    expect(() => one(text)).toThrow(fault);
  });

  it("are refused where two have one id, in whatever files", () => {
    const text = `@id("same") ${on("s3:GetObject")}`;
    expect(() => prepare({ "a.cedar": text, "b.cedar": text })).toThrow(
      'b.cedar:1:1  error  duplicate_id  another policy has the id "same"',
    );
  });

  it("are refused with every fault at once", () => {
    const both = `@aproval("x") ${on("s3:GetObject", "principal.hasTag(context.purpose)")}`;
    expect(() => one(both)).toThrow(/@aproval is not[\s\S]*a claim whose name/);
  });

  it("are refused where their schema does not parse", () => {
    expect(() => prepare({ "schema.cedarschema": "entity ;", "a.cedar": on("s3:GetObject") })).toThrow(
      "schema.cedarschema:1:8  error  schema_unreadable  it does not parse",
    );
  });
});
