import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Signer } from "../../../functions/adapters/aws/signer.ts";

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
  [
    "post-vanilla",
    "POST" as const,
    {},
    "",
    undefined,
    "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
  ],
  [
    "post-header-value-case",
    "POST" as const,
    { "my-header1": "VALUE1" },
    "",
    undefined,
    "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d",
  ],
  [
    "post-x-www-form-urlencoded",
    "POST" as const,
    { ...FORM, "x-amz-content-sha256": FORM_HASH },
    "Param1=value1",
    undefined,
    "d3875051da38690788ef43de4db0d8f280229d82040bfac253562e56c3f20e0b",
  ],
  [
    "get-vanilla-with-session-token",
    "GET" as const,
    {},
    "",
    TOKEN,
    "07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8",
  ],
])("signs %s of AWS's test suite with the documented signature", (_, method, headers, body, token, signature) => {
  setToken(token);
  const request = { method, headers: { host: "example.amazonaws.com", ...headers }, body };
  const signed = new Signer("service", "us-east-1").sign(request, Date.parse("2015-08-30T12:36:00Z"));
  expect(signed.authorization).toMatch(new RegExp(`Signature=${signature}$`));
});

const ZONES = { service: ["dynamodb", "sts", "secretsmanager", "events"], region: ["us-east-1", "cn-north-1"] };
const word = fc.stringMatching(/^[!-~]{1,20}$/);
const value = fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join(" "));
const momentsBetween = (from: string, to: string) => fc.integer({ min: Date.parse(from), max: Date.parse(to) });
const headers = fc.dictionary(
  fc.constantFrom("content-type", "x-amz-target", "x-amz-a", "x-amz-datum", "x-amz-e-f", "zone"),
  value,
);

it("signs any request as the SDK's signer does, even after the day, the secret and the token have changed", async () => {
  const signers = new Map<string, Signer>();
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        service: fc.constantFrom(...ZONES.service),
        region: fc.constantFrom(...ZONES.region),
        method: fc.constantFrom("GET" as const, "POST" as const),
        headers,
        body: fc.string({ unit: "grapheme", maxLength: 200 }),
        atMs: fc.oneof(momentsBetween("2020-01-01", "2099-12-31"), momentsBetween("2027-02-28", "2027-03-01")),
        secret: fc.constantFrom("one", "two", "/+=\u00e4"),
        token: fc.option(word, { nil: undefined }),
      }),
      async ({ service, region, method, headers: own, body, atMs, secret, token }) => {
        setToken(token);
        process.env.AWS_SECRET_ACCESS_KEY = secret;
        // One signer of each service and Region for all requests, since it caches the keys that it derives.
        const signer = signers.get(`${service}|${region}`) ?? new Signer(service, region);
        signers.set(`${service}|${region}`, signer);
        const host = `${service}.${region}.amazonaws.com`;
        const signed = signer.sign({ method, headers: { host, ...own }, body }, atMs);

        const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: secret };
        const sdk = new SignatureV4({
          service,
          region,
          sha256: Sha256,
          applyChecksum: false,
          credentials: token === undefined ? credentials : { ...credentials, sessionToken: token },
        });
        const request = { method, protocol: "https:", hostname: host, path: "/", query: {}, body };
        const expected = await sdk.sign({ ...request, headers: { host, ...own } }, { signingDate: new Date(atMs) });
        expect(signed).toEqual(expected.headers);
      },
    ),
    { numRuns: 1_000 },
  );
});

function setToken(token: string | undefined): void {
  if (token === undefined) delete process.env.AWS_SESSION_TOKEN;
  else process.env.AWS_SESSION_TOKEN = token;
}
