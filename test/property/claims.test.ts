import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkClaims } from "../../functions/core/identity/check-claims.ts";
import { type Claims, claimText } from "../../functions/core/identity/claims.ts";
import type { Issuer } from "../../functions/core/identity/issuer.ts";
import { issuerOf } from "../../functions/core/identity/issuer-of.ts";
import { anIssuer, STAFF } from "../unit/core/identity/issuers.ts";
import { json, nearly, unlessRefused } from "./only-refusals.ts";

const NOW = 1_764_000_000;
const AUDIENCE = "https://valetkey.example.com";
const CI = anIssuer();

const claims = fc.record(
  {
    iss: fc.constantFrom(CI.url, STAFF.url),
    sub: fc.constantFrom("repo:acme/app", "spiffe://acme/a", "system:serviceaccount:a:b"),
    aud: fc.constantFrom<unknown>(AUDIENCE, [AUDIENCE]),
    iat: fc.integer({ min: NOW - 100, max: NOW + 40 }),
    exp: fc.integer({ min: NOW - 40, max: NOW + 510 }),
    nbf: fc.integer({ min: NOW - 100, max: NOW + 40 }),
    repository_id: fc.constantFrom<unknown>(4711, "4711"),
    ids: fc.constant({ "a/b": "deep" }),
  },
  { requiredKeys: ["iss", "sub", "aud", "iat", "exp", "repository_id", "ids"], noNullPrototype: true },
);

const issuer = fc.record({
  subject: fc.constantFrom<Issuer["subject"]>(undefined, undefined, "spiffe", "service-account", "role-arn"),
  pin: fc.constantFrom("repository_id", "/ids/a~1b", "sub"),
});

const part = (value: string): string => Buffer.from(value).toString("base64url");

describe("I10: the claims of a token", () => {
  it("I1: are accepted only with our audience, within the token's lifetime and with the pin; all others are refused, and no other error is thrown", () => {
    const count = { accepted: 0, refused: 0 };
    const records = nearly(claims).filter((value): value is Claims => typeof value === "object" && value !== null);
    fc.assert(
      fc.property(records, issuer, (token, { subject, pin }) => {
        const from = anIssuer({ pin, ...(subject ? { subject } : {}) });
        const checked = unlessRefused(() => checkClaims(token, from, AUDIENCE, NOW));
        count[checked ? "accepted" : "refused"] += 1;
        if (!checked) return;
        expect([token.aud].flat()).toEqual([AUDIENCE]);
        expect(checked.subject).toBe(token.sub);
        expect(checked.pinned).toBe(claimText(token, pin));
        expect(checked.pinned).not.toBe("");
        expect(checked.expiresAt).toBeGreaterThan(NOW - from.skewSeconds);
        expect(checked.issuedAt).toBeLessThanOrEqual(NOW + from.skewSeconds);
        expect(checked.expiresAt - checked.issuedAt).toBeLessThanOrEqual(from.maxLifetimeSeconds);
      }),
      { numRuns: 2_000 },
    );
    expect(count.accepted).toBeGreaterThan(80);
    expect(count.refused).toBeGreaterThan(300);
  });

  it("I1: lead to a key only if the token names a configured issuer of the right kind, letter by letter", () => {
    const count = { found: 0, refused: 0 };
    const payload = fc.oneof(
      nearly(claims).map((value) => JSON.stringify(value) ?? ""),
      fc.string(),
    );
    const text = fc.oneof(
      { weight: 4, arbitrary: payload.map((body) => `${part('{"alg":"ES256"}')}.${part(body)}.c2ln`) },
      { weight: 1, arbitrary: fc.tuple(payload, fc.string()).map(([body, sign]) => `e30.${part(body)}.${sign}`) },
      { weight: 1, arbitrary: fc.array(fc.base64String(), { maxLength: 5 }).map((parts) => parts.join(".")) },
      { weight: 1, arbitrary: fc.string({ unit: "binary" }) },
    );
    fc.assert(
      fc.property(text, fc.constantFrom<Issuer["kind"]>("agents", "people"), (token, kind) => {
        const found = unlessRefused(() => issuerOf(token, [CI, STAFF], kind));
        count[found ? "found" : "refused"] += 1;
        if (!found) return;
        const [, body = ""] = token.split(".");
        expect(found.kind).toBe(kind);
        expect(JSON.parse(Buffer.from(body, "base64url").toString())).toMatchObject({ iss: found.url });
        expect(token).toMatch(/^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/);
      }),
      { numRuns: 2_000 },
    );
    expect(count.found).toBeGreaterThan(80);
    expect(count.refused).toBeGreaterThan(300);
  });

  it("are read without reaching inherited properties of objects, by any name or pointer", () => {
    fc.assert(
      fc.property(
        json,
        fc.oneof(
          fc.string(),
          fc.string().map((rest) => `/${rest}`),
          fc.constantFrom("__proto__", "/__proto__/x", "/", "//"),
        ),
        (value, name) => {
          const record: Claims =
            typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : { value };
          const text = claimText(record, name);
          expect(text === undefined || typeof text === "string").toBe(true);
          if (text !== undefined && !name.startsWith("/"))
            expect(String(Object.getOwnPropertyDescriptor(record, name)?.value)).toBe(text);
        },
      ),
    );
  });
});
