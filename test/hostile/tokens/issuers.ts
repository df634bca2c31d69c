import { KEYS } from "../signing-keys.ts";
import { claimRows, type HostileToken } from "./hostile-token.ts";

const OURS = "https://robots.test";

/** An issuer has one spelling of one URL. The configuration decides whose tokens an issuer issues. */
const SPELLINGS = claimRows(
  [
    ["an issuer that nobody configured", { iss: "https://attacker.test" }],
    ["an issuer on a host below the attacker's", { iss: `${OURS}.attacker.test` }],
    ["an issuer with a slash behind it", { iss: `${OURS}/` }],
    ["an issuer in capitals", { iss: OURS.toUpperCase() }],
    ["an issuer with its port", { iss: `${OURS}:443` }],
    ["an issuer with a user before its host", { iss: "https://robots.test@attacker.test" }],
    ["an issuer with a path", { iss: `${OURS}/../attacker` }],
    ["an issuer with a query", { iss: `${OURS}?jwks=https://attacker.test` }],
    ["an issuer with a fragment", { iss: `${OURS}#` }],
    ["an issuer over http", { iss: "http://robots.test" }],
    ["an issuer with a space behind it", { iss: `${OURS} ` }],
    ["an issuer that only looks like it (Cyrillic)", { iss: "https://r\u043ebots.test" }],
    ["an issuer in a list", { iss: [OURS] }],
    ["an issuer as a number", { iss: 1 }],
    ["an issuer as an object", { iss: { toString: OURS } }],
    ["issuer null", { iss: null }],
    ["no issuer", { iss: undefined }],
    ["an issuer by its short name", { iss: "robots" }],
    ["issuer __proto__", { iss: "__proto__" }],
    ["an issuer of the instance metadata", { iss: "http://169.254.169.254" }],
    ["an issuer on this machine", { iss: "http://127.0.0.1:8000" }],
    ["an issuer in a file", { iss: "file:///etc/passwd" }],
  ],
  "issuer_unknown",
);

const CONFUSED: readonly HostileToken[] = [
  {
    what: "a token that says it is of one issuer, signed by another's key",
    refused: "token_signature",
    token: ({ mint }) => mint({ issuer: "mesh", key: KEYS.robots }),
  },
  {
    what: "the same under the kid of the key that it should have",
    refused: "token_signature",
    token: ({ mint }) => mint({ issuer: "mesh", key: KEYS.robots, header: { kid: "mesh-1" } }),
  },
  {
    what: "the subject of one issuer in a token of another",
    refused: "agent_unknown",
    token: ({ mint }) => mint({ issuer: "mesh", claims: { sub: "agent:demo" } }),
  },
  {
    what: "RS256 from an issuer that is configured for ES256, with a key it publishes",
    refused: "token_signature",
    token: ({ mint }) => mint({ key: KEYS.robotsRsa }),
  },
  {
    what: "ES384 from an issuer that is configured for ES256, with a key it publishes",
    refused: "token_signature",
    token: ({ mint }) => mint({ key: KEYS.robotsWide }),
  },
  { what: "a person's token", refused: "issuer_kind", token: ({ mint }) => mint({ issuer: "staff" }) },
  {
    what: "a person's token with the subject of an agent",
    refused: "issuer_kind",
    token: ({ mint }) => mint({ issuer: "staff", claims: { sub: "agent:demo" } }),
  },
];

/** Subjects and pins for the kinds of issuers that guarantee a form. */
const FORMS: readonly HostileToken[] = [
  ...claimRows(
    [
      ["a repository id with a zero before it", { repository_id: "074" }],
      ["a repository id with a space before it", { repository_id: " 74" }],
      ["a repository id in hexadecimal", { repository_id: "0x4a" }],
      ["a repository id of another repository, as a number", { repository_id: 75 }],
      ["another environment than the binding's", { environment: "test" }],
      ["the binding's environment in capitals", { environment: "PROD" }],
      ["the binding's environment in a list", { environment: ["prod"] }],
      ["no environment", { environment: undefined }],
    ],
    "agent_unknown",
    "forge",
  ),
  ...claimRows(
    [
      ["a repository id as a fraction", { repository_id: 74.5 }],
      ["a repository id beyond what numbers can tell apart", { repository_id: 2 ** 53 + 74 }],
      ["a repository id in a list", { repository_id: ["74"] }],
      ["a repository id of more than a kilobyte", { repository_id: "7".repeat(2_000) }],
      ["a subject that is no text, though bindings go by another claim", { sub: "repo:\ud800" }],
      ["no repository id", { repository_id: undefined }],
      ["another owner", { repository_owner_id: "43" }],
      ["no owner", { repository_owner_id: undefined }],
      ["the owner as a list", { repository_owner_id: ["42"] }],
      ["a required claim one level too high", { runner: undefined, group: "trusted" }],
      ["a required claim by its pointer's name", { runner: undefined, "/runner/group": "trusted" }],
      ["a required claim with its level in a list", { runner: [{ group: "trusted" }] }],
      ["a required claim in the prototype", { runner: JSON.parse('{"__proto__":{"group":"trusted"}}') }],
      ["a required claim as a string's member", { runner: "trusted" }],
    ],
    "token_claims",
    "forge",
  ),
  ...claimRows(
    [
      ["a service account without a name", { sub: "system:serviceaccount:prod" }],
      ["a service account with one part too many", { sub: "system:serviceaccount:prod:runner:x" }],
      ["a service account in capitals", { sub: "system:serviceaccount:Prod:runner" }],
      ["a node of a cluster", { sub: "system:node:prod" }],
      ["a service account with a line break", { sub: "system:serviceaccount:prod:runner\n" }],
    ],
    "token_claims",
    "cluster",
  ),
  ...claimRows(
    [
      ["a SPIFFE ID with dots that climb", { sub: "spiffe://trust.acme/prod/../prod/runner" }],
      ["a SPIFFE ID with an empty segment", { sub: "spiffe://trust.acme/prod//runner" }],
      ["a SPIFFE ID with a slash behind it", { sub: "spiffe://trust.acme/prod/runner/" }],
      ["a SPIFFE ID of a trust domain", { sub: "spiffe://trust.acme" }],
      ["a SPIFFE ID in capitals", { sub: "SPIFFE://TRUST.ACME/prod/runner" }],
      ["a SPIFFE ID with a user", { sub: "spiffe://user@trust.acme/prod/runner" }],
      ["a SPIFFE ID with a port", { sub: "spiffe://trust.acme:443/prod/runner" }],
      ["a SPIFFE ID that is percent-encoded", { sub: "spiffe://trust.acme/prod/%72unner" }],
      ["a SPIFFE ID with a query", { sub: "spiffe://trust.acme/prod/runner?x" }],
    ],
    "token_claims",
    "svid",
  ),
  ...claimRows(
    [
      ["the ARN of a session", { sub: "arn:aws:sts::111122223333:assumed-role/runner/x" }],
      ["the ARN of a user", { sub: "arn:aws:iam::111122223333:user/runner" }],
      ["the ARN of a role without an account", { sub: "arn:aws:iam:::role/runner" }],
      ["the ARN of every role", { sub: "arn:aws:iam::111122223333:role/*" }],
      ["the ARN of an account's root", { sub: "arn:aws:iam::111122223333:root" }],
    ],
    "token_claims",
    "cloud",
  ),
];

export const ISSUERS: readonly HostileToken[] = [...SPELLINGS, ...CONFUSED, ...FORMS];
