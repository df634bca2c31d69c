import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { folderWith } from "./folder.ts";
import { rule, runPolicy, SCHEMA } from "./run-policy.ts";

const VOTING = { console: { clientId: "c" }, approvals: { clientId: "a", freshness: "auth_time" } };
const people = (name: string, more: object = { onBehalf: true, ...VOTING }) => ({
  name,
  kind: "people",
  preset: "generic",
  groupsClaim: "groups",
  ...more,
});
const STAFF = [people("staff")];

/** Checks these policies, and returns the findings on people. */
async function found(policies: readonly string[], issuers: readonly object[] | undefined = STAFF) {
  const folder = folderWith({
    "valetkey.json": JSON.stringify(issuers.length === 0 ? {} : { issuers, stepUp: true }),
    "policies/schema.cedarschema": SCHEMA,
    "policies/a.cedar": policies.join(""),
  });
  const { out } = await runPolicy("check", join(folder, "policies"), "--json");
  const [{ findings }] = JSON.parse(out).folders;
  return findings
    .filter(({ code }: { code: string }) => CODES.includes(code))
    .map(({ code, policy }: { code: string; policy: string }) => [code, policy]);
}
const CODES = [
  "unfillable_consent",
  "no_person_completes",
  "about_people_too",
  "consent_impossible",
  "annotation_misplaced",
];

const FOR_PERSON = 'context has onBehalfOf && resource.arn like "arn:aws:s3:::acme/reports/*"';
const agents = rule({ id: "agents", when: FOR_PERSON });
const consents = rule({ id: "agents", notes: "@consent" });
const users = (given: object = {}) => rule({ id: "users", principal: "principal is User", ...given });
const FOR_REPORTS = 'resource.arn like "arn:aws:s3:::acme/reports/*"';
const OPERATION = { action: 'action == Action::"valetkey:EndTask"', resource: "resource", when: "true" };
const PRIVATE = 'resource.arn like "arn:aws:s3:::acme/private/*"';

describe("@consent", () => {
  it.each<[string, readonly object[], readonly string[]]>([
    ["where agents act for people of an issuer that proves sign-ins", STAFF, []],
    ["where agents act for no people", [people("staff", VOTING)], ["unfillable_consent"]],
    ["of an issuer without a client for votes", [people("staff", { onBehalf: true })], ["unfillable_consent"]],
    [
      "of an issuer that proves classes of sign-in alone",
      [people("staff", { onBehalf: true, approvals: { clientId: "a", freshness: "acr" } })],
      ["unfillable_consent"],
    ],
    [
      "of an issuer that proves classes, of which it names one",
      [people("staff", { onBehalf: true, approvals: { clientId: "a", freshness: "acr", acr: ["phr"] } })],
      [],
    ],
    [
      "of one of two issuers that proves none",
      [...STAFF, people("partners", { onBehalf: true })],
      ["unfillable_consent"],
    ],
    ["beside an issuer for whose people no agent acts", [...STAFF, people("partners", {})], []],
    ["where no issuers are known", [], []],
  ])("%s", async (_, issuers, codes) => {
    expect(await found([consents, users()], issuers)).toEqual(codes.map((code) => [code, "agents"]));
  });

  const GIVES = { action: 'action == Action::"valetkey:GiveConsent"', resource: "resource is Agent", when: "true" };
  it.each<[string, object, readonly string[]]>([
    ["whose page redeems the code", VOTING, []],
    ["who proves classes, of which it names one", { ...VOTING, approvals: { freshness: "acr", acr: ["phr"] } }, []],
    ["whose codes the hub redeems", { ...VOTING, approvals: { freshness: "auth_time", tokenExchange: "hub" } }, []],
    ["who proves classes alone", { ...VOTING, approvals: { freshness: "acr" } }, ["consent_impossible"]],
    ["without a console", { approvals: VOTING.approvals }, ["consent_impossible"]],
    ["without a client for votes", { console: VOTING.console }, ["consent_impossible"]],
  ])("a permit to give consents, for people of an issuer %s", async (_, more, codes) => {
    const issuers = [people("staff", { onBehalf: true, ...more }), people("others", {})];
    expect(await found([users(GIVES)], issuers)).toEqual(codes.map((code) => [code, "users"]));
  });

  it("on a permit for people of one issuer is that issuer's matter", async () => {
    const group = (issuer: string) =>
      rule({ id: "own", notes: "@consent", principal: `principal is User in Group::"${issuer}|support"` });
    const both = [...STAFF, people("partners", { onBehalf: true })];
    expect(await found([group("staff")], both)).toEqual([]);
    expect(await found([group("partners")], both)).toEqual([["unfillable_consent", "own"]]);
  });

  it.each(['@standing("3/7d")', '@breakGlass @maxTtl("15m")'])("is beside no %s", async (eased) => {
    const text = rule({ id: "agents", notes: `@consent @approval("sre=2") ${eased}` });
    expect(await found([text, users()], [])).toEqual([["annotation_misplaced", "agents"]]);
  });
});

describe("a permit for agents that act for a person", () => {
  it.each<[string, readonly string[], boolean]>([
    ["of which people are permitted the same", [agents, users()], true],
    ["of which people are permitted by no principal", [agents, users({ principal: "principal" })], true],
    ["of which a group is permitted a part", [agents, users({ principal: 'principal in Group::"staff|x"' })], true],
    [
      "of which people are permitted a group of actions",
      [agents, users({ action: 'action in Action::"s3:Read"' })],
      true,
    ],
    ["of which people are permitted every action", [agents, users({ action: "action" })], true],
    ["where people are permitted nothing", [agents], false],
    [
      "where people are permitted another action",
      [agents, users({ action: 'action == Action::"s3:PutObject"' })],
      false,
    ],
    ["where people are permitted other actions", [agents, users({ action: 'action in Action::"sqs:Read"' })], false],
    ["where people are permitted other resources", [agents, users({ when: PRIVATE })], false],
    [
      "where people are permitted other resources among these",
      [agents, users({ when: `${PRIVATE} || ${FOR_REPORTS}` })],
      true,
    ],
    ["where the permit for people is under watch", [agents, users({ notes: '@mode("shadow")' })], false],
    ["where people are forbidden it", [agents, users({ effect: "forbid" })], false],
    ["where an operation is permitted people", [agents, users({ ...OPERATION })], false],
    ["that requires their consent, and people are permitted nothing", [consents], false],
    ["that requires their consent, and people are permitted it", [consents, users()], true],
    [
      "or for itself, and people are permitted nothing",
      [rule({ id: "agents", when: `${FOR_PERSON} || ${PRIVATE}` })],
      true,
    ],
  ])("%s", async (_, policies, isFine) => {
    const others = await found(policies);
    expect(others.filter(([code]: [string]) => code === "no_person_completes")).toEqual(
      isFine ? [] : [["no_person_completes", "agents"]],
    );
  });

  it("grants nothing where agents act for no people, and none of the issuer that it names", async () => {
    expect(await found([agents, users()], [people("staff", {})])).toEqual([["no_person_completes", "agents"]]);
    const of = (issuer: string) =>
      rule({ id: "agents", when: `context has onBehalfOf && context.onBehalfOf.issuer == "${issuer}"` });
    expect(await found([of("staff"), users()])).toEqual([]);
    expect(await found([of("partners"), users()])).toEqual([["no_person_completes", "agents"]]);
    const ofOthers = users({ principal: 'principal in Group::"partners|x"' });
    expect(await found([agents, ofOthers], [...STAFF, people("partners", {})])).toEqual([
      ["no_person_completes", "agents"],
    ]);
  });
});

describe("a permit without a principal", () => {
  const any = (given: object = {}) => rule({ id: "any", principal: "principal", ...given });

  it("is listed where agents act for people, since it permits them the same", async () => {
    expect(await found([any()])).toEqual([["about_people_too", "any"]]);
    expect(await found([any({ action: "action" })])).toEqual([["about_people_too", "any"]]);
    expect(await found([any()], [people("staff", VOTING)])).toEqual([]);
    expect(await found([any()], [])).toEqual([]);
  });

  it.each([
    ["that names whom it is about", { principal: "principal is Agent" }],
    ["that tests for it in its conditions", { when: "principal is Agent" }],
    ["that tests for whom the agent acts", { when: "!(context has actor)" }],
    ["of operations, which are people's", OPERATION],
    ["that forbids", { effect: "forbid" }],
  ])("is not listed %s", async (_, given) => {
    const listed = await found([any(given), users()]);
    expect(listed.filter(([code]: [string]) => code === "about_people_too")).toEqual([]);
  });
});
