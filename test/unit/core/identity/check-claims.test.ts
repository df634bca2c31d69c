import { describe, expect, it } from "vitest";
import { checkClaims } from "../../../../functions/core/identity/check-claims.ts";
import type { Claims } from "../../../../functions/core/identity/claims.ts";
import type { Issuer } from "../../../../functions/core/identity/issuer.ts";
import { outcome } from "../outcome.ts";
import { anIssuer } from "./issuers.ts";

const NOW = 1_764_000_000;
const AUDIENCE = "https://valetkey.example.com";
const GOOD: Claims = { sub: "repo:acme/app", aud: AUDIENCE, iat: NOW - 10, exp: NOW + 290, repository_id: 4711 };

const check = (changes: Claims, issuer: Partial<Issuer> = {}) =>
  checkClaims({ ...GOOD, ...changes }, anIssuer(issuer), AUDIENCE, NOW);

describe("the claims of a token", () => {
  it("are accepted as they should be", () => {
    expect(check({})).toEqual({ subject: "repo:acme/app", pinned: "4711", issuedAt: NOW - 10, expiresAt: NOW + 290 });
  });

  it.each<[string, Claims]>([
    ["its audience in a list of one", { aud: [AUDIENCE] }],
    ["a time before which it is not valid, past", { nbf: NOW - 10 }],
    ["fractions of a second", { iat: NOW - 10.5, exp: NOW + 0.5 }],
    ["an expiry that the issuer's clock may not have reached", { iat: NOW - 100, exp: NOW - 29 }],
    ["an issue time that is ahead by less than the skew", { iat: NOW + 30, exp: NOW + 100 }],
    ["nbf ahead by less than the skew", { nbf: NOW + 30 }],
    ["exactly the longest lifetime", { iat: NOW - 300, exp: NOW + 300 }],
    ["the longest subject", { sub: "s".repeat(1_024) }],
  ])("are accepted with %s", (_name, changes) => {
    expect(check(changes)).toMatchObject({ pinned: "4711" });
  });

  it.each<[string, Claims, string]>([
    ["a key that it is bound to", { cnf: { jkt: "a-thumbprint" } }, "token_claims"],
    ["a key that it is bound to and does not name", { cnf: null }, "token_claims"],
    ["no subject", { sub: undefined }, "token_claims"],
    ["an empty subject", { sub: "" }, "token_claims"],
    ["a subject that is a number", { sub: 1 }, "token_claims"],
    ["a subject too long", { sub: "s".repeat(1_025) }, "token_claims"],
    ["half a character in its subject", { sub: "s\ud800" }, "token_claims"],
    ["no expiry", { exp: undefined }, "token_claims"],
    ["an expiry that is a text", { exp: String(NOW + 60) }, "token_claims"],
    ["an expiry in milliseconds", { exp: (NOW + 60) * 1_000 }, "token_claims"],
    ["a negative expiry", { exp: -1 }, "token_claims"],
    ["an expiry that is no number", { exp: Number.NaN }, "token_claims"],
    ["no issue time", { iat: undefined }, "token_claims"],
    ["an endless issue time", { iat: Number.NEGATIVE_INFINITY }, "token_claims"],
    ["a jti that is a number", { jti: 7 }, "token_claims"],
    ["a jti that is a list", { jti: ["a"] }, "token_claims"],
    ["a jti that is null", { jti: null }, "token_claims"],
    ["nbf that is a text", { nbf: "0" }, "token_claims"],
    ["an expiry before its issue time", { iat: NOW + 20, exp: NOW + 10 }, "token_claims"],
    ["an expiry at its issue time", { iat: NOW, exp: NOW }, "token_claims"],
    ["no audience", { aud: undefined }, "token_audience"],
    ["another audience", { aud: "https://other.example.com" }, "token_audience"],
    ["the audience of another route", { aud: `${AUDIENCE}/operate` }, "token_audience"],
    ["our audience and another", { aud: [AUDIENCE, "https://other.example.com"] }, "token_audience"],
    ["our audience twice", { aud: [AUDIENCE, AUDIENCE] }, "token_audience"],
    ["a list of no audience", { aud: [] }, "token_audience"],
    ["our audience in a list in a list", { aud: [[AUDIENCE]] }, "token_audience"],
    ["an expiry past the skew", { exp: NOW - 30 }, "token_expired"],
    ["an issue time ahead of the skew", { iat: NOW + 31, exp: NOW + 100 }, "token_expired"],
    ["nbf ahead of the skew", { nbf: NOW + 31 }, "token_expired"],
    ["a lifetime a second too long", { iat: NOW - 300, exp: NOW + 301 }, "token_lifetime"],
    ["no pin", { repository_id: undefined }, "token_claims"],
    ["an empty pin", { repository_id: "" }, "token_claims"],
    ["a pin that is an object", { repository_id: { id: 1 } }, "token_claims"],
    ["a pin that no key can hold", { repository_id: "é".repeat(513) }, "token_claims"],
    ["half a character in its pin", { repository_id: "\udc00" }, "token_claims"],
  ])("I1: are refused with %s", (_name, changes, code) => {
    expect(outcome(() => check(changes))).toMatchObject({ code });
  });

  it("are refused with a sentence that names the fault, and repeats nothing of the token", () => {
    const refused = outcome(() => check({ sub: "", name: "canary" }));
    expect(refused).toMatchObject({ detail: { say: "Sub must be a string of 1 to 1024 characters." } });
    expect(JSON.stringify(refused)).not.toContain("canary");
    expect(outcome(() => check({ aud: "canary" }))).toMatchObject({ detail: { say: `aud must be "${AUDIENCE}".` } });
    expect(outcome(() => check({ iat: NOW - 900 }))).toMatchObject({ detail: { say: "At most 600 seconds." } });
  });
});

describe("the claims that an issuer's configuration requires", () => {
  it.each<[string, Partial<Issuer>, Claims]>([
    ["a fixed value", { required: { tid: "tenant" } }, { tid: "tenant" }],
    ["a pin inside an object", { pin: "/ids/repository" }, { ids: { repository: "r1" } }],
    ["a pin of the longest kind", { pin: "sub" }, { sub: "s".repeat(1_024) }],
  ])("may be %s", (_name, issuer, changes) => {
    expect(check(changes, issuer)).toMatchObject({ expiresAt: NOW + 290 });
  });

  it.each<[string, Partial<Issuer>, Claims]>([
    ["another value", { required: { tid: "tenant" } }, { tid: "other" }],
    ["no value", { required: { tid: "tenant" } }, {}],
    ["only one of two", { required: { tid: "tenant", env: "prod" } }, { tid: "tenant" }],
  ])("I1: are refused with %s", (_name, issuer, changes) => {
    expect(outcome(() => check(changes, issuer))).toMatchObject({ code: "token_claims" });
  });
});

describe("a token from around a restore", () => {
  it("is accepted from the skew after the restore on, and refused before: the issuer's clock may be fast", () => {
    expect(check({ iat: NOW - 10 }, { issuedSince: NOW - 40 })).toMatchObject({ issuedAt: NOW - 10 });
    for (const issuedSince of [NOW - 39, NOW])
      expect(outcome(() => check({ iat: NOW - 10 }, { issuedSince }))).toMatchObject({ code: "token_expired" });
  });
});

describe("a subject", () => {
  it.each<[NonNullable<Issuer["subject"]>, string]>([
    ["spiffe", "spiffe://prod.acme.com/ns/a/sa/reporter"],
    ["spiffe", "spiffe://acme/..a"],
    ["service-account", "system:serviceaccount:prod:reporter"],
    ["role-arn", "arn:aws:iam::111122223333:role/path/reporter"],
    ["role-arn", "arn:aws-us-gov:iam::111122223333:role/reporter"],
  ])("of a %s issuer may be %s", (subject, sub) => {
    expect(check({ sub }, { subject, pin: "sub" })).toMatchObject({ subject: sub, pinned: sub });
  });

  it.each<[NonNullable<Issuer["subject"]>, string, string]>([
    ["spiffe", "spiffe://acme", "has a path"],
    ["spiffe", "spiffe://acme/", "has no empty segment"],
    ["spiffe", "spiffe://acme/a//b", "has no empty segment"],
    ["spiffe", "spiffe://acme/a/../b", "has no dot segment"],
    ["spiffe", "spiffe://acme/.", "has no dot segment"],
    ["spiffe", "spiffe://ACME/a", "has a trust domain in lower case"],
    ["spiffe", "spiffe://acme/a?b", "has no query"],
    ["spiffe", "https://acme/a", "is a SPIFFE ID"],
    ["spiffe", "spiffe://acme/a\n", "ends where it ends"],
    ["service-account", "system:serviceaccount:prod", "names an account"],
    ["service-account", "system:serviceaccount:prod:a:b", "has two names"],
    ["service-account", "system:serviceaccount:*:a", "has no wildcard"],
    ["role-arn", "arn:aws:iam::111122223333:user/ada", "is a role"],
    ["role-arn", "arn:aws:sts::111122223333:assumed-role/r/s", "is not a session"],
    ["role-arn", "arn:aws:iam::1:role/r", "names an account of 12 digits"],
  ])("of a %s issuer is not %s: it %s", (subject, sub) => {
    expect(outcome(() => check({ sub }, { subject, pin: "sub" }))).toMatchObject({ code: "token_claims" });
  });
});
