import { encodePart } from "../hostile-world.ts";
import { type HostileToken, payloadRows } from "./hostile-token.ts";

/** Rows that spell a good token in another way. */
const spelled = (rows: readonly (readonly [what: string, spell: (token: string) => string])[]): HostileToken[] =>
  rows.map(([what, spell]) => ({ what, refused: "token_malformed", token: ({ mint }) => spell(mint()) }));

const parts = (token: string, change: (head: string, payload: string, signature: string) => readonly string[]) => {
  const [head = "", payload = "", signature = ""] = token.split(".");
  return change(head, payload, signature).join(".");
};

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/**
 * 64 bytes take 86 characters, and the last character has four spare bits: the next character decodes to the same
 * bytes.
 */
const withStrayBits = (part: string): string => {
  const last = ALPHABET.indexOf(part.at(-1) ?? "");
  return part.slice(0, -1) + ALPHABET[last ^ 1];
};

export const ENCODINGS: readonly HostileToken[] = [
  ...spelled([
    ["a payload with padding", (token) => parts(token, (h, p, s) => [h, `${p}=`, s])],
    ["a signature with padding", (token) => parts(token, (h, p, s) => [h, p, `${s}==`])],
    ["a signature with stray bits", (token) => parts(token, (h, p, s) => [h, p, withStrayBits(s)])],
    ["a signature in base64's other alphabet", (token) => parts(token, (h, p) => [h, p, "+/".repeat(43)])],
    ["a space within the payload", (token) => parts(token, (h, p, s) => [h, `${p.slice(0, 9)} ${p.slice(9)}`, s])],
    [
      "a line break within the payload",
      (token) => parts(token, (h, p, s) => [h, `${p.slice(0, 9)}\n${p.slice(9)}`, s]),
    ],
    ["a line break behind it", (token) => `${token}\n`],
    ["a space before it", (token) => ` ${token}`],
    ["a tab behind it", (token) => `${token}\t`],
    ["NUL behind it", (token) => `${token}\u0000`],
    ["a byte-order mark before it", (token) => `\ufeff${token}`],
    ["Bearer before it", (token) => `Bearer ${token}`],
    ["quotation marks around it", (token) => `"${token}"`],
    ["dots that only look like dots", (token) => token.replaceAll(".", "\uff0e")],
    ["dots that are percent-encoded twice", (token) => token.replaceAll(".", "%2E")],
    ["one part", (token) => token.replaceAll(".", "")],
    ["two parts", (token) => parts(token, (h, p) => [h, p])],
    ["an empty signature", (token) => parts(token, (h, p) => [h, p, ""])],
    ["alg none in its usual dress", (token) => parts(token, (_, p) => [encodePart({ alg: "none" }), p, ""])],
    ["a detached payload", (token) => parts(token, (h, _, s) => [h, "", s])],
    ["a missing header", (token) => parts(token, (_, p, s) => ["", p, s])],
    ["only dots", () => ".."],
    ["four parts", (token) => parts(token, (h, p, s) => [h, p, s, s])],
    ["five parts, an encrypted token (JWE)", (token) => parts(token, (h, p, s) => [h, p, s, p, s])],
    [
      "JWS's JSON form",
      (token) => parts(token, (h, p, s) => [JSON.stringify({ protected: h, payload: p, signature: s })]),
    ],
    ["two tokens side by side", (token) => `${token},${token}`],
    ["sixteen kilobytes and more", (token) => token + "A".repeat(16_384)],
    ["a million dots", () => ".".repeat(20_000)],
    ["a task token in its place", () => `vk_abcdefghijkl._${"A".repeat(43)}`],
  ]),
  ...payloadRows([
    [
      "a nested token as the payload",
      () => `${encodePart({ alg: "ES256" })}.${encodePart({})}.AAAA`,
      "token_malformed",
    ],
    ["a byte-order mark before the claims", (claims) => `\ufeff${JSON.stringify(claims)}`, "token_malformed"],
    ["text behind the claims", (claims) => `${JSON.stringify(claims)}{}`, "token_malformed"],
    ["NUL behind the claims", (claims) => `${JSON.stringify(claims)}\u0000`, "token_malformed"],
    ["a comma too many in the claims", (claims) => JSON.stringify(claims).replace(/}$/, ",}"), "token_malformed"],
    ["claims with a comment", (claims) => `/* */${JSON.stringify(claims)}`, "token_malformed"],
    ["claims in single quotes", (claims) => JSON.stringify(claims).replaceAll('"', "'"), "token_malformed"],
    ["claims that are cut short", (claims) => JSON.stringify(claims).slice(0, -1), "token_malformed"],
    ["claims in UTF-16", (claims) => Buffer.from(JSON.stringify(claims), "utf16le"), "token_malformed"],
    [
      "claims with a byte that is not UTF-8",
      (claims) => Buffer.from(JSON.stringify({ ...claims, name: "\u00ff" }), "latin1"),
      "token_malformed",
    ],
    ["claims as a list", (claims) => JSON.stringify([claims]), "issuer_unknown"],
    ["claims as a string", (claims) => JSON.stringify(JSON.stringify(claims)), "issuer_unknown"],
    ["claims null", () => "null", "issuer_unknown"],
    ["claims as a number", () => "1", "issuer_unknown"],
    ["ten thousand brackets", () => "[".repeat(5_000) + "]".repeat(5_000), "issuer_unknown"],
    ["ten thousand brackets that never close", () => "[".repeat(10_000), "token_malformed"],
    [
      "its own issuer first, another's last",
      (c) => JSON.stringify(c).replace(/}$/, ',"iss":"https://mesh.test"}'),
      "token_signature",
    ],
    [
      "its own subject first, another's last",
      (c) => JSON.stringify(c).replace(/}$/, ',"sub":"agent:other"}'),
      "token_malformed",
    ],
    [
      "our audience first, another's last",
      (c) => JSON.stringify(c).replace(/}$/, ',"aud":"https://other.test"}'),
      "token_malformed",
    ],
    ["a good exp first, none last", (c) => JSON.stringify(c).replace(/}$/, ',"exp":null}'), "token_malformed"],
    [
      "claims in the prototype",
      (c) => `{"iss":"https://robots.test","__proto__":${JSON.stringify(c)}}`,
      "token_claims",
    ],
    [
      "claims in the constructor",
      (c) => `{"iss":"https://robots.test","constructor":${JSON.stringify({ prototype: c })}}`,
      "token_claims",
    ],
  ]),
];
