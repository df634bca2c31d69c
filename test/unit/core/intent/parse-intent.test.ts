import { describe, expect, it } from "vitest";
import { accountId } from "../../../../functions/core/deployment/account-id.ts";
import { regionNamed } from "../../../../functions/core/deployment/region.ts";
import { parseIntent } from "../../../../functions/core/intent/parse-intent.ts";
import { placeOf } from "../../../../functions/core/intent/place.ts";
import { catalogue } from "../catalogue/load-catalogue.ts";
import { outcome } from "../outcome.ts";

const ACCOUNT = accountId("111122223333");
const ACCOUNTS = [accountId("999988887777"), ACCOUNT].map((id) => ({
  id,
  region: regionNamed("us-east-1"),
  taskRoles: 1,
}));
const PORTS = { deployment: { accounts: ACCOUNTS }, catalogue };
const AWS = { type: "aws", account: ACCOUNT, actions: ["s3:GetObject"], resources: ["arn:aws:s3:::acme/reports/*"] };
const CONDITIONS = { Bool: { "aws:SecureTransport": ["true"] } };
const TOOL = { type: "tool", server: "tickets", tools: ["search"] };

const parse = (details: unknown) => parseIntent(JSON.stringify(details), PORTS);

describe("an intent", () => {
  it.each<[string, unknown, unknown]>([
    ["an AWS detail", [AWS], [AWS]],
    ["a tool detail", [TOOL], [TOOL]],
    ["ten details", new Array(10).fill(TOOL), new Array(10).fill(TOOL)],
    ["every resource, for actions that have none", [{ ...AWS, resources: ["*"] }], [{ ...AWS, resources: ["*"] }]],
    [
      "an ARN that names the detail's account",
      [{ ...AWS, resources: [`arn:aws:sqs:us-east-1:${ACCOUNT}:jobs`] }],
      [{ ...AWS, resources: [`arn:aws:sqs:us-east-1:${ACCOUNT}:jobs`] }],
    ],
    [
      "a repeated name once",
      [
        { ...AWS, actions: ["s3:GetObject", "s3:GetObject"] },
        { ...TOOL, tools: ["search", "search"] },
      ],
      [AWS, TOOL],
    ],
    [
      "conditions, with single values as lists",
      [{ ...AWS, conditions: { Bool: { "aws:SecureTransport": "true" } } }],
      [{ ...AWS, conditions: { Bool: { "aws:SecureTransport": ["true"] } } }],
    ],
    [
      "tools whose names have signs in them",
      [{ ...TOOL, tools: ["a_b", "a.b", "a:b", "a/b", "a-b"] }],
      [{ ...TOOL, tools: ["a_b", "a.b", "a:b", "a/b", "a-b"] }],
    ],
  ])("may hold %s", (_name, details, expected) => {
    expect(parse(details)).toEqual(expected);
  });

  it("may hold statements, each of which is a detail, and names the statement that has a fault", () => {
    const { type, account, ...statement } = AWS;
    const write = { actions: ["s3:PutObject"], resources: ["arn:aws:s3:::acme/out/*"], conditions: CONDITIONS };
    expect(parse([{ type, account, statements: [statement, write] }, TOOL])).toEqual([
      AWS,
      { type, account, ...write },
      TOOL,
    ]);
    const [detail] = parse([TOOL, { type, account, statements: [statement] }]).slice(1);
    expect(placeOf(detail ?? {}, 7)).toBe("authorization_details[1].statements[0]");
    expect(placeOf({}, 7)).toBe("authorization_details[7]");
  });

  it.each([
    ["beside actions", { statements: [{}], actions: ["s3:GetObject"] }, "[0] may hold only type, account, statements"],
    ["that are none", { statements: [] }, "[0].statements must be a list of statements"],
    ["that are no list", { statements: { actions: [] } }, "[0].statements must be a list of statements"],
    ["that are no objects", { statements: ["s3:GetObject"] }, "[0].statements[0] must be an object"],
    [
      "of another account",
      { statements: [{ account: ACCOUNT }] },
      "[0].statements[0] may hold only actions, resources",
    ],
    ["too many", { statements: new Array(21).fill({}) }, "[0].statements may hold 20 statements"],
    ["without actions", { statements: [{ resources: ["*"] }] }, "[0].statements[0].actions must be a list"],
  ])("may hold no statements %s", (_, fields, say) => {
    expect(outcome(() => parse([{ type: "aws", account: ACCOUNT, ...fields }]))).toMatchObject({
      detail: { say: expect.stringContaining(say) },
    });
  });

  it("may hold as much as the limits allow, and no conditions where none were requested", () => {
    const names = catalogue.service("s3")?.names.slice(0, 49) ?? [];
    const actions = [`s3:Get${"*".repeat(122)}`, ...names.map((name) => `s3:${name}`)];
    const resources = Array.from(
      { length: 100 },
      (_, n) => `arn:aws:s3:::${`${n}`.padStart(3, "0")}${"a".repeat(496)}`,
    );
    const tools = Array.from({ length: 50 }, (_, n) => `${"a".repeat(125)}${`${n}`.padStart(3, "0")}`);
    const most = [
      { ...AWS, actions, resources },
      { ...TOOL, tools },
    ];
    expect([actions, resources, tools].map(([first]) => first?.length)).toEqual([128, 512, 128]);
    expect(parse(most)).toStrictEqual(most);
  });

  it.each([
    ["a name", "s3:getobject", "s3:GetObject"],
    ["a service's prefix", "S3:GetObject", "s3:GetObject"],
    ["the head of a pattern", "S3:gETob*", "s3:GetOb*"],
    ["the end of a pattern", "s3:*OBJECTACL", "s3:*ObjectAcl"],
    ["the middle of a pattern", "s3:g*oBJECTv*ACL", "s3:G*ObjectV*Acl"],
    ["a pattern of stars", "s3:**", "s3:**"],
  ])("has one spelling of %s: %s is %s", (_what, written, folded) => {
    expect(parse([{ ...AWS, actions: [written, folded] }])).toEqual([{ ...AWS, actions: [folded] }]);
  });

  it.each<[string, string, string]>([
    ["text that is not JSON", "{", "authorization_details: it must be JSON."],
    ["nothing", "", "authorization_details: it must be JSON."],
    [
      "a detail with two resources",
      JSON.stringify([AWS]).replace('"resources"', '"resources":["*"],"resources"'),
      "authorization_details: it names a member twice.",
    ],
    ["an object", JSON.stringify(AWS), "authorization_details: it must be a JSON array of objects."],
    ["null", "null", "authorization_details: it must be a JSON array of objects."],
    ["an empty list", "[]", "authorization_details: it must hold at least one detail: say what the task needs."],
    ["eleven details", JSON.stringify(new Array(11).fill(TOOL)), "authorization_details: it may hold 10 details."],
  ])("is not %s", (_name, json, say) => {
    expect(outcome(() => parseIntent(json, PORTS))).toMatchObject({
      code: "intent_invalid",
      detail: { say },
    });
  });

  it.each<[string, unknown, string]>([
    ["a text", "aws", "[0] must be an object"],
    ["null", null, "[0] must be an object"],
    ["a list", [AWS], "[0] must be an object"],
    ["of no type", {}, '[0].type must be "aws" or "tool"'],
    ["of a type that no connector understands", { ...AWS, type: "postgres" }, '[0].type must be "aws" or "tool"'],
    ["of a type that every object has", { ...AWS, type: "toString" }, '[0].type must be "aws" or "tool"'],
    ["with a field more", { ...AWS, canary: 1 }, "[0] may hold only type, account, actions, resources, conditions"],
    ["without an account", { ...AWS, account: undefined }, "[0].account must be an account id of 12 digits"],
    [
      "with an account that is a number",
      { ...AWS, account: 111122223333 },
      "[0].account must be an account id of 12 digits",
    ],
    [
      "with an account of 13 digits",
      { ...AWS, account: `${ACCOUNT}4` },
      "[0].account must be an account id of 12 digits",
    ],
    [
      "with an account and a sign before it",
      { ...AWS, account: `+${ACCOUNT}` },
      "[0].account must be an account id of 12 digits",
    ],
    ["with an account of one letter", { ...AWS, account: "a" }, "[0].account must be an account id of 12 digits"],
    [
      "with a foreign account",
      { ...AWS, account: accountId("444455556666") },
      "[0].account is not an account that this deployment hands out keys to",
    ],
    ["without actions", { ...AWS, actions: undefined }, "[0].actions must be a list of at least one string"],
    [
      "with one action that is no list",
      { ...AWS, actions: "s3:GetObject" },
      "[0].actions must be a list of at least one string",
    ],
    ["with an empty list of actions", { ...AWS, actions: [] }, "[0].actions must be a list of at least one string"],
    ["with 101 actions", { ...AWS, actions: new Array(101).fill("s3:GetObject") }, "[0].actions may hold 100 entries"],
    [
      "with an action that is a number",
      { ...AWS, actions: ["s3:GetObject", 1] },
      "[0].actions[1] must be a string that is not empty",
    ],
    ["with an empty action", { ...AWS, actions: [""] }, "[0].actions[0] must be a string that is not empty"],
    ["with an action too long", { ...AWS, actions: ["a".repeat(129)] }, "[0].actions[0] may have 128 characters"],
    [
      "with an action in other letters",
      { ...AWS, actions: ["s3:Gét"] },
      "[0].actions[0] must be written in printable ASCII",
    ],
    [
      "with an action behind a space",
      { ...AWS, actions: [" s3:GetObject"] },
      "[0].actions[0] must be written in printable ASCII",
    ],
    [
      "with an action before a space",
      { ...AWS, actions: ["s3:GetObject "] },
      "[0].actions[0] must be written in printable ASCII",
    ],
    ["without resources", { ...AWS, resources: undefined }, "[0].resources must be a list of at least one string"],
    ["with a resource too long", { ...AWS, resources: ["a".repeat(513)] }, "[0].resources[0] may have 512 characters"],
    [
      "with another account in an ARN",
      { ...AWS, resources: ["arn:aws:sqs:us-east-1:444455556666:jobs"] },
      "[0].resources[0] names another account than the detail does",
    ],
    [
      "with another partition in an ARN",
      { ...AWS, resources: ["arn:aws-cn:s3:::acme/reports/*"] },
      "[0].resources[0] names another partition than the account's",
    ],
    ["with conditions that are a text", { ...AWS, conditions: "x" }, "[0].conditions must be an IAM condition block"],
    ["with conditions that are null", { ...AWS, conditions: null }, "[0].conditions must be an IAM condition block"],
    ["of a tool with a field more", { ...TOOL, account: ACCOUNT }, "[0] may hold only type, server, tools"],
    [
      "of a tool without a server",
      { ...TOOL, server: undefined },
      "[0].server must be the registered id of a tool server (2 to 64 of a-z, 0-9 and -)",
    ],
    [
      "of a tool whose server cannot be one",
      { ...TOOL, server: "Tickets" },
      "[0].server must be the registered id of a tool server (2 to 64 of a-z, 0-9 and -)",
    ],
    ["of a tool without tools", { ...TOOL, tools: [] }, "[0].tools must be a list of at least one string"],
    ["of 51 tools", { ...TOOL, tools: new Array(51).fill("search") }, "[0].tools may hold 50 entries"],
    ["of a tool with too long a name", { ...TOOL, tools: ["a".repeat(129)] }, "[0].tools[0] may have 128 characters"],
    [
      "of a tool whose name ends in a wildcard",
      { ...TOOL, tools: ["a*"] },
      "[0].tools[0] must be a tool's name: letters, digits and _ . : / -, no wildcards",
    ],
    [
      "of a tool whose server is a list",
      { ...TOOL, server: ["tickets"] },
      "[0].server must be the registered id of a tool server (2 to 64 of a-z, 0-9 and -)",
    ],
    [
      "of every tool",
      { ...TOOL, tools: ["search", "*"] },
      "[0].tools[1] must be a tool's name: letters, digits and _ . : / -, no wildcards",
    ],
    [
      "of a tool with a space in its name",
      { ...TOOL, tools: ["a b"] },
      "[0].tools[0] must be a tool's name: letters, digits and _ . : / -, no wildcards",
    ],
  ])("I10: is not a detail %s", (_name, detail, say) => {
    expect(outcome(() => parse([detail]))).toMatchObject({
      code: "intent_invalid",
      detail: { say: `authorization_details${say}.` },
    });
  });

  it.each([
    ["that is no ARN", ["*", "acme"], "[1]: Write the ARN as `arn:partition:service:region:account:resource`."],
    ["that is an address of S3", ["s3://acme/a.csv"], "[0]: Write the ARN: in S3, arn:aws:s3:::acme/a.csv."],
    ["that is a path of S3", ["acme/reports/*"], "[0]: Write the ARN: in S3, arn:aws:s3:::acme/reports/*."],
    [
      "that is a path of nothing",
      ["/etc/passwd"],
      "[0]: Write the ARN as `arn:partition:service:region:account:resource`.",
    ],
    [
      "with a policy variable",
      ["arn:aws:s3:::a/${aws:userid}"],
      "[0]: Leave `$` out of the ARN: IAM would read it as a policy variable.",
    ],
  ])("I10: is not a detail with a resource %s, and has the right form in its refusal", (_name, resources, say) => {
    expect(outcome(() => parse([{ ...AWS, resources }]))).toMatchObject({
      code: "intent_invalid",
      detail: { say: `authorization_details[0].resources${say}` },
    });
  });

  it("names the detail that is wrong, and does not repeat what it found there", () => {
    const refusal = outcome(() => parse([TOOL, { ...AWS, canary: 1 }]));
    expect(refusal).toMatchObject({ detail: { say: expect.stringContaining("authorization_details[1] may hold") } });
    expect(JSON.stringify(refusal)).not.toContain("canary");
  });
});
