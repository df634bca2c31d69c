import { afterAll, beforeAll, expect, it } from "vitest";
import { signerOf } from "../../../functions/adapters/aws/signer.ts";

const KNOWN = process.env;
beforeAll(() => {
  process.env = {
    ...KNOWN,
    AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
    AWS_SECRET_ACCESS_KEY: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
  };
});
afterAll(() => {
  process.env = KNOWN;
});

const FORM = { "content-type": "application/x-www-form-urlencoded", "content-length": "13" };
const FORM_HASH = "9095672bbd1f56dfc5b65f3e153adc8731a4a654192329106275f4c7b24d0b6e";
const TOKEN = "6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267";

/** AWS's published test suite of Signature Version 4: https://github.com/awslabs/aws-c-auth/tree/main/tests/aws-signing-test-suite/v4 */
it.each([
  ["post-vanilla", "POST", {}, "", undefined, "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"],
  [
    "post-header-value-case",
    "POST",
    { "my-header1": "VALUE1" },
    "",
    undefined,
    "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d",
  ],
  [
    "post-x-www-form-urlencoded",
    "POST",
    { ...FORM, "x-amz-content-sha256": FORM_HASH },
    "Param1=value1",
    undefined,
    "d3875051da38690788ef43de4db0d8f280229d82040bfac253562e56c3f20e0b",
  ],
  [
    "get-vanilla-with-session-token",
    "GET",
    {},
    "",
    TOKEN,
    "07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8",
  ],
])("signs %s of AWS's test suite as it says", async (_, method, headers, body, token, signature) => {
  if (token === undefined) delete process.env.AWS_SESSION_TOKEN;
  else process.env.AWS_SESSION_TOKEN = token;
  const host = "example.amazonaws.com";
  const request = {
    method,
    protocol: "https:",
    hostname: host,
    path: "/",
    query: {},
    headers: { host, ...headers },
    body,
  };
  const signed = await signerOf("service", "us-east-1").sign(request, {
    signingDate: new Date("2015-08-30T12:36:00Z"),
  });
  expect(signed.headers.authorization).toMatch(new RegExp(`Signature=${signature}$`));
});
