import { NOON_MS, URL_OF_HUB } from "../../fakes/world/world.ts";
import { claimRows, type HostileToken, payloadRows } from "./hostile-token.ts";

const NOW = NOON_MS / 1_000;
const withNumber = (name: string, literal: string) => (claims: Readonly<Record<string, unknown>>) =>
  JSON.stringify({ ...claims, [name]: undefined }).replace(/}$/, `,"${name}":${literal}}`);

const TIMES: readonly HostileToken[] = [
  ...claimRows(
    [
      ["a token that has expired", { iat: NOW - 600, exp: NOW - 300 }],
      ["a token that expired as long ago as clocks may differ", { iat: NOW - 600, exp: NOW - 30 }],
      ["a token that expired, as a fraction", { iat: NOW - 600, exp: NOW - 30.5 }],
      ["a token that is issued in the future", { iat: NOW + 31, exp: NOW + 300 }],
      ["a token that is not valid yet", { nbf: NOW + 31 }],
      ["times in the year 1970", { iat: 0, exp: 300 }],
    ],
    "token_expired",
  ),
  ...claimRows(
    [
      ["a token without exp", { exp: undefined }],
      ["exp as a string", { exp: String(NOW + 300) }],
      ["exp null", { exp: null }],
      ["exp as a list", { exp: [NOW + 300] }],
      ["exp as an object", { exp: { valueOf: NOW + 300 } }],
      ["exp true", { exp: true }],
      ["exp below zero", { exp: -1 }],
      ["exp in milliseconds", { exp: NOON_MS + 300_000 }],
      ["a token without iat", { iat: undefined }],
      ["iat as a string", { iat: String(NOW) }],
      ["iat below zero", { iat: -1 }],
      ["iat in milliseconds", { iat: NOON_MS }],
      ["nbf as a string", { nbf: "now" }],
      ["nbf null", { nbf: null }],
      ["jti as a number, by which two tokens are one", { jti: 7 }],
      ["jti as a list", { jti: ["a"] }],
      ["jti null", { jti: null }],
      ["exp before iat", { iat: NOW + 20, exp: NOW + 5 }],
      ["exp at iat", { iat: NOW, exp: NOW }],
    ],
    "token_claims",
  ),
  ...payloadRows([
    ["exp 1e400", withNumber("exp", "1e400"), "token_claims"],
    ["exp -1e400", withNumber("exp", "-1e400"), "token_claims"],
    ["iat 1e400", withNumber("iat", "1e400"), "token_claims"],
    ["exp with a hundred digits", withNumber("exp", "9".repeat(100)), "token_claims"],
  ]),
  ...claimRows(
    [
      ["a token that lives a second too long", { exp: NOW + 3_601 }],
      ["a token from long ago that lives on", { iat: NOW - 86_400 }],
      ["a token for a century", { exp: 4_900_000_000 }],
    ],
    "token_lifetime",
  ),
];

const AUDIENCES = claimRows(
  [
    ["another audience", { aud: "https://other.test" }],
    ["no audience", { aud: undefined }],
    ["audience null", { aud: null }],
    ["audience as a number", { aud: 1 }],
    ["audience as an object", { aud: { 0: URL_OF_HUB, length: 1 } }],
    ["an empty audience", { aud: "" }],
    ["an empty list of audiences", { aud: [] }],
    ["our audience among others", { aud: [URL_OF_HUB, "https://other.test"] }],
    ["our audience twice", { aud: [URL_OF_HUB, URL_OF_HUB] }],
    ["our audience in a list in a list", { aud: [[URL_OF_HUB]] }],
    ["a beginning of our audience", { aud: URL_OF_HUB.slice(0, -1) }],
    ["our audience and more", { aud: `${URL_OF_HUB}.attacker.test` }],
    ["our audience with a slash behind it", { aud: `${URL_OF_HUB}/` }],
    ["our audience with its port", { aud: `${URL_OF_HUB}:443` }],
    ["our audience with a space before it", { aud: ` ${URL_OF_HUB}` }],
    ["our audience in capitals", { aud: URL_OF_HUB.toUpperCase() }],
    ["several audiences in one string", { aud: `${URL_OF_HUB} https://other.test` }],
    ["the audience of operation", { aud: `${URL_OF_HUB}/operate` }],
    ["the audience of introspection", { aud: `${URL_OF_HUB}/introspect` }],
  ],
  "token_audience",
);

const SUBJECTS: readonly HostileToken[] = [
  ...claimRows(
    [
      ["a subject that nobody registered", { sub: "agent:nobody" }],
      ["a subject that only looks like it (Cyrillic)", { sub: "agent:d\u0435mo" }],
      ["a subject that only looks like it (zero-width)", { sub: "agent:demo\u200b" }],
      ["a subject in another normal form", { sub: "agent:de\u0301mo" }],
      ["a subject with NUL behind it", { sub: "agent:demo\u0000" }],
      ["a subject with a space behind it", { sub: "agent:demo " }],
      ["a subject in capitals", { sub: "AGENT:DEMO" }],
      ["a subject with a wildcard", { sub: "agent:*" }],
      ["subject __proto__", { sub: "__proto__" }],
      ["a subject that breaks out of a key", { sub: "agent:demo#AGENT" }],
    ],
    "agent_unknown",
  ),
  ...claimRows(
    [
      ["no subject", { sub: undefined }],
      ["an empty subject", { sub: "" }],
      ["a subject as a list", { sub: ["agent:demo"] }],
      ["a subject as a number", { sub: 1 }],
      ["a subject as an object", { sub: { toString: "agent:demo" } }],
      ["a subject of more than a kilobyte", { sub: "s".repeat(1_025) }],
      ["a subject of few characters and many bytes", { sub: "\u20ac".repeat(400) }],
      ["a subject that is no text (a lone surrogate)", { sub: "agent:\ud800" }],
    ],
    "token_claims",
  ),
];

export const CLAIMS: readonly HostileToken[] = [...TIMES, ...AUDIENCES, ...SUBJECTS];
