import fc from "fast-check";
import { expect, test } from "vitest";
import { faultOf, type RequestToSign } from "../../functions/core/signing/request.ts";
import { canonicalRequest } from "../../functions/core/signing/sign-request.ts";

const S3 = "bucket.s3.eu-central-1.amazonaws.com";
const LAMBDA = "lambda.eu-central-1.amazonaws.com";

/** Texts that meet the separators of a canonical request, and each other. */
const text = fc
  .array(
    fc.constantFrom("a", "b", "A", "%2F", "%2f", "%20", "%0A", "%", "/", "\n", ":", ";", "=", "&", "?", " ", "."),
    {
      maxLength: 5,
    },
  )
  .map((parts) => parts.join(""));

const request: fc.Arbitrary<RequestToSign> = fc.record({
  method: fc.constantFrom("GET", "PUT", "GET\n/"),
  host: fc.constantFrom(S3, LAMBDA),
  path: text.map((each) => `/${each}`),
  query: text,
  headers: fc.array(fc.tuple(fc.constantFrom("a", "A", "b", "x-amz-acl", "Host", "a:b", "user-agent"), text), {
    maxLength: 3,
  }),
  payloadHash: fc.constantFrom("0".repeat(64), "UNSIGNED-PAYLOAD", `x\n${"0".repeat(64)}`),
});

/** Reads a request as a service does: what it means besides its headers that are not signed. */
function meaningOf({ method, host, path, query, headers, payloadHash }: RequestToSign) {
  const parameters = query
    .split("&")
    .filter((pair) => pair !== "")
    .map((pair) => {
      const [name = "", ...values] = pair.split("=").map((each) => decoded(each));
      return `${encodeURIComponent(name)}=${encodeURIComponent(values.join("="))}`;
    })
    .toSorted();
  const signed = headers
    .map(([name, value]) => [name.toLowerCase(), value.trim().replace(/ +/g, " ")] as const)
    .filter(([name]) => name !== "host" && name !== "user-agent")
    .toSorted(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify([method, host, path, parameters, signed, payloadHash]);
}

const decoded = (part: string) =>
  part.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

test("no two requests of another meaning have the same canonical text", () => {
  const seen = { s3: new Map<string, string>(), lambda: new Map<string, string>() };
  let signed = 0;
  fc.assert(
    fc.property(request, (each) => {
      if (faultOf(each) !== undefined) return;
      signed++;
      for (const signsAs of ["s3", "lambda"] as const) {
        const { canonical } = canonicalRequest(each, [], signsAs);
        const meaning = meaningOf(each);
        expect(seen[signsAs].get(canonical) ?? meaning).toBe(meaning);
        seen[signsAs].set(canonical, meaning);
      }
    }),
    { numRuns: 20_000 },
  );
  expect(signed).toBeGreaterThan(1_000);
});
