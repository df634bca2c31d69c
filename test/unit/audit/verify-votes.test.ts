import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { ArchiveSource } from "../../../client/audit/archive-source.ts";
import { ACT_SECONDS, SKEW_SECONDS } from "../../../client/audit/signatures.ts";
import { verifyVotes } from "../../../client/audit/verify-votes.ts";
import type { EventType } from "../../../contract/journal-types.ts";
import { ACT_SECONDS as ACTS } from "../../../functions/core/approvals/act-record.ts";
import { glassNonce, recordHash, voteNonce } from "../../../functions/core/approvals/approval-record.ts";
import { VOTE_SKEW_SECONDS } from "../../../functions/core/approvals/read-vote.ts";
import type { ArchivedEvent } from "../../../functions/core/archive/entry.ts";
import { EMPTY_CHAIN, type Facts, linkEvent } from "../../../functions/core/journal/event.ts";

const NOW = 1_800_000_000;
const sha256 = (text: string) => createHash("sha256").update(text).digest("base64url");
const RECORD = { id: "a1", created_at: NOW, expires_at: NOW + 900 };
const HASH = recordHash(RECORD as never);
const event = (
  journal: "tasks" | "approvals" | "deployment",
  of: string,
  type: EventType,
  facts: object,
): ArchivedEvent => ({
  journal,
  ...linkEvent(EMPTY_CHAIN, of, type, NOW * 1_000, facts as Facts),
});

const pair = (alg: string) =>
  alg === "EdDSA"
    ? generateKeyPairSync("ed25519")
    : alg.startsWith("ES")
      ? generateKeyPairSync("ec", { namedCurve: alg === "ES256" ? "P-256" : "P-384" })
      : generateKeyPairSync("rsa", { modulusLength: 2_048 });
const KEYS = pair("ES256");
const jwkOf = (key: KeyObject) => {
  const { kty, crv, x, y, n, e } = key.export({ format: "jwk" });
  return JSON.parse(JSON.stringify({ kty, crv, x, y, n, e }));
};

function tokenOf(claims: object, alg = "ES256", key: KeyObject = KEYS.privateKey, header: object = {}): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${part({ alg, kid: "k1", ...header })}.${part(claims)}`;
  const hash = alg === "EdDSA" ? null : `sha${alg.slice(2)}`;
  const more = alg.startsWith("ES")
    ? { dsaEncoding: "ieee-p1363" as const }
    : alg.startsWith("PS")
      ? { padding: 6, saltLength: Number(alg.slice(2)) / 8 }
      : {};
  return `${signed}.${sign(hash, Buffer.from(signed), { key, ...more }).toString("base64url")}`;
}

const CLAIMS = {
  iss: "https://staff.test",
  aud: "approvals",
  sub: "bob",
  nonce: HASH,
  iat: NOW + 9,
  auth_time: NOW + 8,
};
const KEY = { issuer: "staff", iss: "https://staff.test", aud: "approvals", person: "sub", freshness: "auth_time" };

interface Told {
  readonly claims?: object;
  readonly token?: string;
  readonly proof?: string | undefined;
  readonly key?: object;
  readonly vote?: object;
  readonly use?: object;
  readonly record?: object;
  /** Key that the archive got from the issuer; the one that the log recorded unless given, null for none. */
  readonly attested?: object | null;
  /** Keys that the auditor named. */
  readonly named?: readonly Facts[];
}

/** Verdicts on one vote in a log of three events, of which one thing is changed. */
async function verdicts({ claims = {}, key = {}, vote = {}, use = {}, record = RECORD, ...more }: Told) {
  const token = more.token ?? tokenOf({ ...CLAIMS, ...claims });
  const facts = { vote_sha256: sha256(token), by: "staff|bob", cast_at: NOW + 9, signed_in_at: NOW + 8 };
  const recorded = { ...KEY, kid: "k1", ...jwkOf(KEYS.publicKey), ...key };
  const { attested = recorded, named } = more;
  const events = [
    ...(attested === null ? [] : [event("deployment", "staff k1", "issuer.key_seen", attested)]),
    event("tasks", "t1.", "approval.asked", { approval: { id: "a1", hash: HASH }, record }),
    event("approvals", "v1.", "approval.voted", { ...facts, approval: "a1", record_sha256: HASH, ...vote }),
    event("tasks", "t1.", "approval.used", {
      approval: { id: "a1", hash: HASH },
      voters: [{ ...facts, ...vote }],
      keys: [recorded],
      ...use,
    }),
  ];
  const body = "proof" in more ? more.proof : token;
  const source: ArchiveSource = {
    read: async (name) => (name === `proofs/${sha256(token)}` && body !== undefined ? Buffer.from(body) : undefined),
    list: async () => ["proofs/another"],
  };
  const found = await verifyVotes(events, source, named);
  return [...new Set(found.map(({ verdict, why }) => (why === undefined ? verdict : why)))];
}

const OTHERS = "it is counted as a consent of the person the task is for, who is another";

describe("the votes of a log", () => {
  it.each(["ES256", "ES384", "RS256", "PS256", "EdDSA"])(
    "verify by the key that the archive got from the issuer: %s",
    async (alg) => {
      const { privateKey, publicKey } = pair(alg);
      const token = tokenOf(CLAIMS, alg, privateKey);
      expect(
        await verdicts({ token, key: { crv: undefined, x: undefined, y: undefined, ...jwkOf(publicKey) } }),
      ).toEqual(["verified"]);
    },
  );

  it("verify where one sign-in decided several requests, and where it broke the glass", async () => {
    const hashes = [HASH, sha256("another")];
    const batch = { batch_hashes: hashes };
    expect(await verdicts({ claims: { nonce: voteNonce(hashes) }, vote: batch })).toEqual(["verified"]);
    const glass = { approval: { id: "a1", hash: HASH, glass: true } };
    const broken = await verdicts({ claims: { nonce: glassNonce(HASH) }, vote: { glass: true }, use: glass });
    expect(broken).toEqual(["verified"]);
  });

  it.each([
    ["the person for whom the task acts", { issuer: "staff", value: "bob" }, ["@person"], "verified"],
    ["somebody else", { issuer: "staff", value: "pat" }, ["@person"], OTHERS],
    ["a namesake of another issuer", { issuer: "partners", value: "bob" }, ["@person"], OTHERS],
    ["somebody, for a task for nobody", undefined, ["@person"], OTHERS],
    ["an approver, beside the person", { issuer: "staff", value: "pat" }, ["sre"], "verified"],
  ])("verify as a consent where they are of %s, or do not", async (_, person, groups, verdict) => {
    const record = person ? { ...RECORD, person } : RECORD;
    const hash = recordHash(record as never);
    const facts = { record, claims: { nonce: hash }, vote: { groups, record_sha256: hash } };
    expect(await verdicts({ ...facts, use: { approval: { id: "a1", hash } } })).toEqual([verdict]);
  });

  it.each<readonly [string, Told, string]>([
    [
      "a record that is not the one in the log",
      { record: { ...RECORD, ttl: 1 } },
      "the log does not hold what was signed",
    ],
    [
      "a batch without the record",
      { vote: { batch_hashes: [sha256("other")] } },
      "the log does not hold what was signed",
    ],
    ["a token for another record", { claims: { nonce: sha256("x") } }, "it was signed for something else"],
    [
      "an ordinary vote as a broken glass",
      { use: { approval: { id: "a1", hash: HASH, glass: true } } },
      "it was signed for something else",
    ],
    ["another person's token", { claims: { sub: "eve" } }, "it is another person's"],
    [
      "another issuer's token",
      { claims: { iss: "https://evil.test" } },
      "it is of another issuer, or for another client",
    ],
    ["a token for another client", { claims: { aud: "operate" } }, "it is of another issuer, or for another client"],
    [
      "a token for several clients",
      { claims: { aud: ["approvals"] } },
      "it is of another issuer, or for another client",
    ],
    ["a token from before the request", { claims: { iat: NOW - 61 } }, "it was not signed in the time of the request"],
    ["a token from after it expired", { claims: { iat: NOW + 900 } }, "it was not signed in the time of the request"],
    ["a sign-in of this morning", { claims: { auth_time: NOW - 9_000 } }, "the person had not signed in for it"],
    ["a token without its sign-in", { claims: { auth_time: undefined } }, "the person had not signed in for it"],
    ["other times than the log's", { vote: { cast_at: NOW + 10 } }, "the log has other times"],
    ["a proof that is another text", { proof: "forged" }, "the proof is not the token that the log names"],
    ["a key of somebody else", { key: jwkOf(pair("ES256").publicKey) }, "no key that the log recorded signed it"],
    ["a key of another name", { key: { kid: "k2" } }, "no key that the log recorded signed it"],
    ["a key that is none", { key: { x: "AA" } }, "no key that the log recorded signed it"],
    [
      "no algorithm",
      { token: tokenOf(CLAIMS).replace(/^[^.]+/, Buffer.from('{"alg":"none"}').toString("base64url")) },
      "no key that the log recorded signed it",
    ],
  ])("do not verify by %s", async (_, facts, why) => {
    expect(await verdicts(facts)).toContain(why);
  });

  it("are erased where the proof is not there", async () => {
    expect(await verdicts({ proof: undefined })).toEqual(["proof erased"]);
  });

  it("are unused where nothing was vended for them, and nobody knows the issuer's key", async () => {
    expect(await verdicts({ use: { voters: [] }, attested: null })).toEqual(["unused"]);
    expect(await verdicts({ use: { voters: [] } })).toEqual(["verified"]);
  });

  describe("whose key the archive did not get from the issuer", () => {
    const real = { ...KEY, kid: "k1", ...jwkOf(pair("ES256").publicKey) };

    it.each<readonly [string, object | null]>([
      ["where it got none", null],
      ["where it got another", real],
      ["of the same name for another client", { ...KEY, aud: "operate", kid: "k1", ...jwkOf(KEYS.publicKey) }],
      ["of an issuer whose people are others", { ...KEY, issuer: "partners", kid: "k1", ...jwkOf(KEYS.publicKey) }],
      ["where persons are read from another claim", { ...KEY, person: "email", kid: "k1", ...jwkOf(KEYS.publicKey) }],
    ])("are not said to be verified: %s", async (_, attested) => {
      expect(await verdicts({ attested })).toEqual(["key not attested"]);
    });

    it("are verified by a key that the auditor named, and by no other then", async () => {
      const own: Facts = { ...KEY, kid: "k1", ...jwkOf(KEYS.publicKey) };
      expect(await verdicts({ attested: null, named: [own] })).toEqual(["verified"]);
      expect(await verdicts({ named: [real] })).toEqual(["key not attested"]);
    });
  });

  it("are held to the times that the functions hold them to", () => {
    expect([SKEW_SECONDS, ACT_SECONDS]).toEqual([VOTE_SKEW_SECONDS, ACTS]);
  });
});
