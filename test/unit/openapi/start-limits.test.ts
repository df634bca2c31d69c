import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { CONDITION_OPERATORS } from "../../../contract/names.ts";
import { startTaskForm } from "../../../contract/token-forms.ts";
import { parseConditions } from "../../../functions/core/intent/parse-conditions.ts";
import { ACCOUNT, fakeWorld } from "../../fakes/world/world.ts";
import { startForm, tokenCall } from "../../openapi/recording/story.ts";
import { isTaken, numbered, type Row } from "./is-taken.ts";
import { obeysConnectors } from "./obeys-connectors.ts";

const aws = (changed: object = {}) => ({
  type: "aws",
  account: ACCOUNT,
  actions: ["s3:GetObject"],
  resources: ["arn:aws:s3:::acme-data/reports/a"],
  ...changed,
});
const tool = (changed: object = {}) => ({ type: "tool", server: "tickets", tools: ["search"], ...changed });
const intent = (...details: unknown[]) => ({ authorization_details: JSON.stringify(details) });
const where = (operator: string, key: string, values: unknown) =>
  intent(aws({ conditions: { [operator]: { [key]: values } } }));
const report = (characters: number) => "arn:aws:s3:::acme-data/reports/".padEnd(characters, "x");

const STARTING: readonly Row[] = [
  ["a purpose of 256 characters", true, { purpose: "x".repeat(256) }],
  ["a purpose of 257 characters", false, { purpose: "x".repeat(257) }],
  ["a purpose of 256 characters of two halves", true, { purpose: "\u{1f511}".repeat(256) }],
  ["a purpose of spaces", false, { purpose: "  " }],
  ["a purpose of two lines", false, { purpose: "a\nb" }],
  ["a purpose that turns text around", false, { purpose: "a\u202eb" }],
  ["a task of 1 second", true, { task_ttl: "1" }],
  ["a task of 12 hours", true, { task_ttl: "43200" }],
  ["a task of 12 hours and a second", false, { task_ttl: "43201" }],
  ["a task of no time", false, { task_ttl: "0" }],
  ["a task of 1.5 seconds", false, { task_ttl: "1.5" }],
  ["a task of 0x10 seconds", false, { task_ttl: "0x10" }],
  ["a key of 128 characters", true, { idempotency_key: "~".repeat(128) }],
  ["a key of 129 characters", false, { idempotency_key: "~".repeat(129) }],
  ["a key with a space", false, { idempotency_key: "a b" }],
  ["another grant", false, { grant_type: "authorization_code" }],
  ["a SAML assertion", false, { subject_token_type: "urn:ietf:params:oauth:token-type:saml2" }],
  ["an access token of the issuer's", true, { subject_token_type: "urn:ietf:params:oauth:token-type:access_token" }],
  ["a task token by its own name", true, { requested_token_type: "urn:valetkey:token-type:task" }],
  ["a refresh token", false, { requested_token_type: "urn:ietf:params:oauth:token-type:refresh_token" }],
  ["a parameter that nobody knows", true, { resource: "https://elsewhere.test" }],
  ["no detail", false, intent()],
  ["10 details", true, intent(...numbered(10, "t").map((name) => tool({ tools: [name] })))],
  ["11 details", false, intent(...numbered(11, "t").map((name) => tool({ tools: [name] })))],
  ["details that are not JSON", false, { authorization_details: "[" }],
  ["a detail of another type", false, intent({ type: "postgres" })],
  ["a detail with a field that nobody knows", false, intent(aws({ region: "us-east-1" }))],
  ["an account of 11 digits", false, intent(aws({ account: "11112222333" }))],
  ["an action of 129 characters", false, intent(aws({ actions: [`s3:${"x".repeat(126)}`] }))],
  ["an action beyond ASCII", false, intent(aws({ actions: ["s3:GetObjekt\u00e9"] }))],
  ["no action", false, intent(aws({ actions: [] }))],
  ["101 resources", false, intent(aws({ resources: numbered(101, "arn:aws:s3:::acme-data/reports/") }))],
  ["an ARN of 512 characters", true, intent(aws({ resources: [report(512)] }))],
  ["an ARN of 513 characters", false, intent(aws({ resources: [report(513)] }))],
  ["an ARN with a policy variable", false, intent(aws({ resources: ["arn:aws:s3:::acme-data/$x"] }))],
  ["an ARN with a question mark", false, intent(aws({ resources: ["arn:aws:s3:::acme-data/reports/?"] }))],
  ["a wildcard for an account", false, intent(aws({ resources: ["arn:aws:s3::*:acme-data/reports/a"] }))],
  ["a resource that is no ARN", false, intent(aws({ resources: ["acme-data"] }))],
  ["a condition of one string", true, where("StringLike", "s3:prefix", "reports/*")],
  ["a condition of 20 values", true, where("StringLike", "s3:prefix", numbered(20, "reports/"))],
  ["a condition of 21 values", false, where("StringLike", "s3:prefix", numbered(21, "reports/"))],
  ["a condition of no value", false, where("StringLike", "s3:prefix", [])],
  ["a value of 512 characters", true, where("StringEquals", "s3:prefix", "x".repeat(512))],
  ["a value of 513 characters", false, where("StringEquals", "s3:prefix", "x".repeat(513))],
  ["a value with a policy variable", false, where("StringEquals", "s3:prefix", "$x")],
  ["a value that is no string", false, where("Bool", "aws:SecureTransport", true)],
  ["an operator that does not narrow", false, where("StringEqualsIfExists", "s3:prefix", "a")],
  ["a condition key that is none", false, where("StringEquals", "prefix", "a")],
  ["conditions without any", false, intent(aws({ conditions: {} }))],
  ["a server of 64 characters", true, intent(tool({ server: "s".repeat(64) }))],
  ["a server of 65 characters", false, intent(tool({ server: "s".repeat(65) }))],
  ["50 tools", true, intent(tool({ tools: numbered(50, "t") }))],
  ["51 tools", false, intent(tool({ tools: numbered(51, "t") }))],
  ["a tool of 128 characters", true, intent(tool({ tools: ["t".repeat(128)] }))],
  ["a tool of 129 characters", false, intent(tool({ tools: ["t".repeat(129)] }))],
  ["a wildcard for a tool", false, intent(tool({ tools: ["*"] }))],
];

describe("the documented limits of starting a task are its handler's", () => {
  it.each(STARTING)("%s (%s)", async (_, taken, changed) => {
    const world = fakeWorld();
    const form = { ...startForm(world), ...(changed as Record<string, string>) };
    const { success, output } = v.safeParse(startTaskForm, form);
    expect(success && obeysConnectors(output.authorization_details)).toBe(taken);
    expect(await isTaken(tokenCall(form), world)).toBe(taken);
  });

  it("names the condition operators that are taken", () => {
    expect(parseConditions({ None: {} })).toEqual({
      problem: `may use these operators: ${CONDITION_OPERATORS.join(", ")}`,
    });
  });
});
