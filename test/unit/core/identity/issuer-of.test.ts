import { describe, expect, it } from "vitest";
import { TOKEN_CHARACTERS } from "../../../../contract/limits.ts";
import { issuerOf } from "../../../../functions/core/identity/issuer-of.ts";
import { anIssuer, STAFF } from "./issuers.ts";

const CI = anIssuer();
const ISSUERS = [CI, STAFF];

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const HEAD = part({ alg: "ES256" });
const token = (payload: unknown) => `${HEAD}.${part(payload)}.c2ln`;

describe("the issuer of a token", () => {
  it("is the configured one whose url it names", () => {
    expect(issuerOf(token({ iss: CI.url }), ISSUERS, "agents")).toBe(CI);
    expect(issuerOf(token({ iss: STAFF.url }), ISSUERS, "people")).toBe(STAFF);
  });

  it.each<[string, string]>([
    ["nothing", ""],
    ["two parts", `${HEAD}.${part({ iss: CI.url })}`],
    ["four parts", `${token({ iss: CI.url })}.c2ln`],
    ["five parts, an encrypted token", `${HEAD}.a.b.c.d`],
    ["an empty signature", `${HEAD}.${part({ iss: CI.url })}.`],
    ["an empty header", `.${part({ iss: CI.url })}.c2ln`],
    ["padding", `${token({ iss: CI.url })}=`],
    ["white space", `${token({ iss: CI.url })} `],
    ["stray bits, a second spelling of the same bytes", `${HEAD}.${part({ iss: CI.url })}.c2l`],
    ["the other base64", `${HEAD}.${part({ iss: CI.url })}.a+b/`],
    ["a payload that is not JSON", `${HEAD}.${Buffer.from("{").toString("base64url")}.c2ln`],
    ["more than it is looked at", `${token({ iss: CI.url, fill: "x".repeat(TOKEN_CHARACTERS) })}`],
  ])("is not looked for in %s", (_name, text) => {
    expect(() => issuerOf(text, ISSUERS, "agents")).toThrow("token_malformed");
  });

  it.each<[string, unknown]>([
    ["another url", { iss: "https://evil.example.com" }],
    ["a trailing slash more", { iss: `${CI.url}/` }],
    ["another case", { iss: CI.url.toUpperCase() }],
    ["no url", {}],
    ["a list that holds it", { iss: [CI.url] }],
    ["the url as somebody else's field", { aud: CI.url }],
  ])("is unknown where the token names %s", (_name, payload) => {
    expect(() => issuerOf(token(payload), ISSUERS, "agents")).toThrow("issuer_unknown");
  });

  it.each<[string, unknown]>([
    ["null", null],
    ["a number", 5],
    ["a text", "iss"],
    ["a list", [{ iss: CI.url }]],
  ])("is unknown where the payload is %s", (_name, payload) => {
    expect(() => issuerOf(token(payload), ISSUERS, "agents")).toThrow("issuer_unknown");
  });

  it("I1: is refused where it is of the other kind: a person's token starts no task, an agent's operates nothing", () => {
    expect(() => issuerOf(token({ iss: STAFF.url }), ISSUERS, "agents")).toThrow("issuer_kind");
    expect(() => issuerOf(token({ iss: CI.url }), ISSUERS, "people")).toThrow("issuer_kind");
  });
});
