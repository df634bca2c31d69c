import { KEYS, publicJwk } from "../signing-keys.ts";
import { type HostileToken, headerRows } from "./hostile-token.ts";

/** Header members that select a weaker algorithm, another key, or another place for keys. */
const ATTACKER_URL = "https://attacker.test/keys";
const attackersOwn = { key: KEYS.attacker } as const;

export const HEADERS: readonly HostileToken[] = [
  ...headerRows(
    [
      ["alg none", { alg: "none" }],
      ["alg None", { alg: "None" }],
      ["alg NONE", { alg: "NONE" }],
      ["alg nOnE", { alg: "nOnE" }],
      ["an empty alg", { alg: "" }],
      ["no alg", { alg: undefined }],
      ["alg null", { alg: null }],
      ["alg as a list", { alg: ["ES256"] }],
      ["alg as a number", { alg: 256 }],
      ["alg in another case", { alg: "es256" }],
      ["alg with a space behind it", { alg: "ES256 " }],
      ["alg ES384 over an ES256 key", { alg: "ES384" }],
      ["alg ES256K", { alg: "ES256K" }],
      ["alg PS256 over an EC key", { alg: "PS256" }],
      ["alg __proto__", { alg: "__proto__" }],
      ["a kid that nobody published", { kid: "robots-9" }],
      ["the kid of the issuer's other key", { kid: "robots-2" }],
      ["no kid where two keys would fit", { kid: undefined }],
      ["kid null", { kid: null }],
      ["kid as a number", { kid: 1 }],
      ["kid as a list", { kid: ["robots-1"] }],
      ["kid as a path", { kid: "../../../../dev/null" }],
      ["kid as a URL", { kid: ATTACKER_URL }],
      ["kid as SQL", { kid: "x' UNION SELECT 'key" }],
      ["kid as a shell command", { kid: "|cat /etc/passwd" }],
      ["kid with NUL behind it", { kid: "robots-1\u0000" }],
      ["kid of eight kilobytes", { kid: "k".repeat(8_192) }],
      ["kid __proto__", { kid: "__proto__" }],
      ["crit with an unknown extension", { crit: ["x-deny"], "x-deny": true }],
      ["crit that names a registered claim", { crit: ["exp"], exp: 1 }],
      ["an empty crit", { crit: [] }],
      ["crit as a string", { crit: "b64", b64: true }],
      ["crit twice the same", { crit: ["b64", "b64"], b64: true }],
      ["crit with a member that is missing", { crit: ["b64"] }],
      ["an unencoded payload (b64 false)", { crit: ["b64"], b64: false }],
      ["typ of a DPoP proof", { typ: "dpop+jwt" }],
      ["typ of a logout token", { typ: "logout+jwt" }],
      ["typ of a security event", { typ: "secevent+jwt" }],
      ["typ of a verifiable credential", { typ: "vc+sd-jwt" }],
      ["typ JOSE", { typ: "JOSE" }],
      ["an empty typ", { typ: "" }],
      ["typ as a list", { typ: ["JWT"] }],
      ["typ with a line break", { typ: "JWT\n" }],
    ],
    "token_signature",
  ),
  {
    what: "a token of the attacker's key that says where to find it (jku)",
    refused: "token_signature",
    token: ({ mint }) => mint({ ...attackersOwn, header: { jku: ATTACKER_URL } }),
  },
  {
    what: "a token of the attacker's key under a kid of ours, with a jku",
    refused: "token_signature",
    token: ({ mint }) => mint({ ...attackersOwn, header: { kid: "robots-1", jku: ATTACKER_URL } }),
  },
  {
    what: "a token of the attacker's key with the place of its certificate (x5u)",
    refused: "token_signature",
    token: ({ mint }) => mint({ ...attackersOwn, header: { kid: "robots-1", x5u: "https://attacker.test/cert.pem" } }),
  },
  {
    what: "a token of the attacker's key with a certificate in it (x5c)",
    refused: "token_signature",
    token: ({ mint }) =>
      mint({
        ...attackersOwn,
        header: {
          kid: "robots-1",
          x5c: [KEYS.attacker.publicKey.export({ format: "der", type: "spki" }).toString("base64")],
        },
      }),
  },
  {
    what: "a token of the attacker's key with the key in it (jwk)",
    refused: "token_signature",
    token: ({ mint }) => mint({ ...attackersOwn, header: { kid: "robots-1", jwk: publicJwk(KEYS.attacker) } }),
  },
  {
    what: "a token of the attacker's key with all of these",
    refused: "token_signature",
    token: ({ mint }) =>
      mint({
        ...attackersOwn,
        header: { kid: ATTACKER_URL, jku: ATTACKER_URL, x5u: ATTACKER_URL, jwk: publicJwk(KEYS.attacker) },
      }),
  },
];
