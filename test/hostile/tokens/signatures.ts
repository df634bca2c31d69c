import { createHmac } from "node:crypto";
import { encodePart, type HostileWorld } from "../hostile-world.ts";
import { KEYS, publicJwk, signatureOf } from "../signing-keys.ts";
import type { HostileToken } from "./hostile-token.ts";
import { show } from "./show.ts";

/** The order of P-256's base point: with `s`, `n - s` verifies too. */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** The other spelling of the same ECDSA signature. */
export function malleated(token: string): string {
  const [head = "", payload = "", signature = ""] = token.split(".");
  const bytes = Buffer.from(signature, "base64url");
  const s = BigInt(`0x${bytes.subarray(32).toString("hex")}`);
  const other = Buffer.from((ORDER - s).toString(16).padStart(64, "0"), "hex");
  return `${head}.${payload}.${Buffer.concat([bytes.subarray(0, 32), other]).toString("base64url")}`;
}

const signedBy = (token: string, change: (signature: Buffer, signingInput: string) => Buffer): string => {
  const at = token.lastIndexOf(".");
  const signingInput = token.slice(0, at);
  return `${signingInput}.${change(Buffer.from(token.slice(at + 1), "base64url"), signingInput).toString("base64url")}`;
};

/**
 * HS256 with public data as the secret. The attack succeeds against a verifier that lets the header choose how a key is
 * used.
 */
const hmacWith =
  (secret: string | Buffer) =>
  ({ mint }: HostileWorld): string =>
    signedBy(mint({ header: { alg: "HS256" } }), (_, input) => createHmac("sha256", secret).update(input).digest());

const { publicKey } = KEYS.robots;
const twice = new Map<HostileWorld, string>();

/** A token used once, shown again in the spelling that `change` gives it. */
const replayed = (what: string, claims: Readonly<Record<string, unknown>>, change: (token: string) => string) =>
  ({
    what,
    refused: "token_replayed",
    ofAnAgent: true,
    before: async (world) => {
      const token = world.mint({ claims });
      twice.set(world, token);
      const first = await show(token, world);
      if (first.statusCode !== 200) throw new Error("the first use was refused");
    },
    token: (world) => change(twice.get(world) ?? ""),
  }) satisfies HostileToken;

const same = (token: string): string => token;
const der = (signature: Buffer): Buffer => {
  const integer = (part: Buffer) => Buffer.concat([Buffer.from([2, 33, 0]), part]);
  const [r, s] = [integer(signature.subarray(0, 32)), integer(signature.subarray(32))];
  return Buffer.concat([Buffer.from([0x30, r.length + s.length]), r, s]);
};

export const SIGNATURES: readonly HostileToken[] = [
  ...(
    [
      ["HS256 with the public key's PEM as the secret", publicKey.export({ format: "pem", type: "spki" })],
      ["HS256 with the public key's DER as the secret", publicKey.export({ format: "der", type: "spki" })],
      ["HS256 with the public JWK as the secret", JSON.stringify(publicJwk(KEYS.robots))],
      ["HS256 with an empty secret", ""],
    ] as const
  ).map(([what, secret]): HostileToken => ({ what, refused: "token_signature", token: hmacWith(secret) })),
  ...(
    [
      ["a signature with one bit changed", (signature) => signature.with(7, (signature[7] ?? 0) ^ 1)],
      ["a signature of zeros (r = s = 0)", (signature) => signature.map(() => 0)],
      ["a signature with r and s of the curve's order", () => Buffer.from(ORDER.toString(16).repeat(2), "hex")],
      ["a signature that is cut short", (signature) => signature.subarray(0, 63)],
      ["a signature with a byte behind it", (signature) => Buffer.concat([signature, Buffer.from([0])])],
      ["a DER-encoded signature", der],
      ["a signature of only the payload", (_, input) => signatureOf(input.split(".")[1] ?? "", KEYS.robots)],
      ["a signature by a key that is nobody's", (_, input) => signatureOf(input, KEYS.attacker)],
    ] as const satisfies readonly (readonly [string, (signature: Buffer, input: string) => Uint8Array])[]
  ).map(
    ([what, change]): HostileToken => ({
      what,
      refused: "token_signature",
      token: ({ mint }) => signedBy(mint(), (signature, input) => Buffer.from(change(signature, input))),
    }),
  ),
  {
    what: "the payload of one token under the signature of another",
    refused: "token_signature",
    token: ({ mint }) => {
      const [[head], [, payload], [, , signature]] = [mint(), mint(), mint()].map((token) => token.split(".")) as [
        string[],
        string[],
        string[],
      ];
      return `${head}.${payload}.${signature}`;
    },
  },
  {
    what: "a header that was changed after signing",
    refused: "token_signature",
    token: ({ mint }) =>
      [encodePart({ kid: "robots-1", alg: "ES256", typ: "JWT" }), ...mint().split(".").slice(1)].join("."),
  },
  replayed("a token that was used before", {}, same),
  replayed("a used token whose signature is spelled the other way (n - s)", {}, malleated),
  replayed("the same without a jti", { jti: undefined }, malleated),
  replayed("a used token without a jti", { jti: undefined }, same),
  replayed("a used token with an empty jti", { jti: "" }, same),
  replayed("a used token with a huge jti", { jti: "j".repeat(9_000) }, same),
  replayed("a used token with jti __proto__", { jti: "__proto__" }, same),
  {
    what: "a fresh token under a jti that was used before",
    refused: "token_replayed",
    ofAnAgent: true,
    before: async (world) => void (await show(world.mint({ claims: { jti: "once" } }), world)),
    token: ({ mint }) => mint({ claims: { jti: "once", iat: Date.UTC(2026, 10, 24, 11, 59) / 1_000 } }),
  },
];
