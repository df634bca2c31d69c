import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { preparePolicies } from "../../../functions/policy/prepare-policies.ts";
import { catalogue } from "../core/catalogue/load-catalogue.ts";
import { folderWith } from "./folder.ts";

const SCHEMA = readFileSync(new URL("../../../policies/schema.cedarschema", import.meta.url), "utf8");
const one = (text: string) =>
  preparePolicies(folderWith({ "schema.cedarschema": SCHEMA, "a.cedar": text }), catalogue).policies[0];

const head = 'principal is Agent, action == Action::"s3:GetObject", resource is AWS::Resource';
const permit = (annotations: string, when = "true") => `${annotations} permit (${head}) when { ${when} };`;
const forbid = (annotations: string) => `${annotations} forbid (${head});`;

describe("annotations of a policy", () => {
  it.each<[string, Record<string, string>]>([
    ['@approval("sre")', { approval: "sre" }],
    ['@approval("sre") @standing("5/7d")', { approval: "sre", standing: "5/7d" }],
    ['@approval("sre=2") @breakGlass @maxTtl("15m")', { breakGlass: "" }],
    ['@maxTtl("15m")', { maxTtl: "15m" }],
    ["@bindIp", { bindIp: "" }],
    ['@mode("shadow")', { mode: "shadow" }],
  ])("may be %s", (annotation, annotations) => {
    expect(one(permit(annotation))).toMatchObject({ annotations });
  });

  it("on a forbid may be the shadow mode", () => {
    expect(one(forbid('@mode("shadow")'))).toMatchObject({ effect: "forbid", annotations: { mode: "shadow" } });
  });

  it.each<[string, string, string]>([
    ["approval by nobody", permit('@approval("")'), "@approval takes groups and their votes"],
    ["a duration without a unit", permit('@maxTtl("15")'), "@maxTtl takes a duration"],
    ["a duration that is none", permit("@maxTtl"), "@maxTtl takes a duration"],
    ["another mode", permit('@mode("enforce")'), '@mode takes "shadow" only'],
    ["a rotation of what is no secret", permit("@rotateAfterUse"), "nothing else can keep it"],
    ["a misspelt obligation", permit('@maxTTL("15m")'), "@maxTTL is not an annotation"],
    ["uses of an approval that nobody gives", permit('@standing("5/7d")'), "@standing belongs beside @approval"],
    ["uses without a window", permit('@approval("sre") @standing("5")'), "@standing takes uses and a window"],
    ["more uses than a person means", permit('@approval("sre") @standing("31/7d")'), "2 to 30 uses"],
    ["uses on a forbid", forbid('@approval("sre") @standing("5/7d")'), "@standing belongs on a permit"],
    [
      "a glass of an approval that nobody gives",
      permit('@breakGlass @maxTtl("15m")'),
      "@breakGlass belongs beside @approval",
    ],
    [
      "a glass of an approval by one vote",
      permit('@approval("sre") @breakGlass @maxTtl("15m")'),
      "@breakGlass belongs beside an @approval of at least two votes",
    ],
    ["a glass of a task that lives long", permit('@approval("sre=2") @breakGlass @maxTtl("16m")'), "of at most"],
    ["a glass of a task without an end", permit('@approval("sre=2") @breakGlass'), "of at most"],
    [
      "a glass with a text",
      permit('@approval("sre=2") @breakGlass("sre") @maxTtl("15m")'),
      "@breakGlass takes no text",
    ],
    ["a glass on a forbid", forbid('@approval("sre=2") @breakGlass @maxTtl("15m")'), "@breakGlass belongs on a permit"],
    ["an approval on a forbid", forbid('@approval("sre")'), "@approval belongs on a permit"],
    ["a duration on a forbid", forbid('@maxTtl("15m")'), "@maxTtl belongs on a permit"],
    ["an address on a forbid", forbid("@bindIp"), "@bindIp belongs on a permit"],
    ["a rotation on a forbid", forbid("@rotateAfterUse"), "@rotateAfterUse belongs on a permit"],
  ])("may not be %s", (_, text, fault) => {
    expect(() => one(text)).toThrow(fault);
  });
});

describe("tags in a policy", () => {
  it.each<[string, string]>([
    ["a value", 'resource.tags.team == "data"'],
    ["a pattern", 'resource.tags.team like "da*"'],
    ["whether it is there", "resource.tags has team"],
    ["one with a name that is no identifier", 'resource.tags["cost-center"] == "7"'],
    ["any of several values", '["a", "b"].contains(resource.tags.team)'],
    ["none of them, beside an ARN", '!(resource.tags.env == "prod") && resource.arn like "arn:aws:s3:::acme-*"'],
  ])("may be requested by %s", (_, when) => {
    expect(one(permit("", when))).toBeDefined();
  });

  it.each<[string, string]>([
    ["are no numbers", "resource.tags.level > 3"],
    ["hold nothing themselves", 'resource.tags.team.name == "x"'],
  ])("%s", (_, when) => {
    expect(() => one(permit("", when))).toThrow("cannot be used");
  });
});

describe("the head of a policy", () => {
  const scopeOf = (scope: string) => one(`permit (${scope}, resource is AWS::Resource);`)?.scope;

  it.each<[string, string, unknown]>([
    [
      "a type",
      'principal is Agent, action == Action::"s3:GetObject"',
      { principal: "Agent", actions: ["s3:GetObject"] },
    ],
    [
      "a group",
      'principal in Team::"data", action in Action::"s3:Read"',
      { within: "Team::data", actions: ["s3:Read"] },
    ],
    ["one agent, and every action", 'principal == Agent::"x", action', { within: "Agent::x" }],
    ["a type in a group", 'principal is Agent in Team::"data", action', { principal: "Agent", within: "Team::data" }],
    [
      "nobody",
      'principal, action in [Action::"s3:GetObject", Action::"sqs:SendMessage"]',
      { actions: ["s3:GetObject", "sqs:SendMessage"] },
    ],
  ])("names who is meant where it names %s", (_, scope, expected) => {
    expect(scopeOf(scope)).toEqual(expected);
  });
});
