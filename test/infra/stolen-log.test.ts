import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { verifyArchive } from "../../client/audit/verify-archive.ts";
import { type EventType, JOURNALS } from "../../contract/journal-types.ts";
import { FUNCTIONS, type FunctionName } from "../../contract/names.ts";
import { batchOf } from "../../functions/core/archive/batch.ts";
import type { ArchivedEvent } from "../../functions/core/archive/entry.ts";
import { ISSUER_KEY } from "../../functions/core/archive/issuer-key.ts";
import { type ChainHead, EMPTY_CHAIN, type Facts, linkEvent } from "../../functions/core/journal/event.ts";
import { functionRoleName } from "../../functions/hub-names.ts";
import { JOURNAL_KINDS, KINDS } from "../../functions/names.ts";
import { functionRoleArn } from "../../infra/arns.ts";
import { type RunningCloud, runCloud } from "../contract/running-cloud.ts";
import { type Item, Thief } from "./thief.ts";

const HUB = "999900001111";
const CAROL = "staff|person:carol";
const sha256 = (text: string) => createHash("sha256").update(text).digest("base64url");
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** Act of a person that nobody did, with a token and a key that fit each other. */
function forgedAct(of: string, atMs: number) {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const { x, y } = publicKey.export({ format: "jwk" });
  const [nonce, iat] = [sha256(of), Math.floor(atMs / 1_000)];
  const issuer = {
    issuer: "staff",
    iss: "https://staff.test",
    aud: "approvals",
    person: "sub",
    freshness: "auth_time",
  };
  const key: Facts = { ...issuer, kid: "k1", kty: "EC", crv: "P-256", x, y };
  const claims = { iss: issuer.iss, aud: issuer.aud, sub: "person:carol", nonce, iat, auth_time: iat };
  const signed = `${part({ alg: "ES256", kid: "k1" })}.${part(claims)}`;
  const bytes = sign("sha256", Buffer.from(signed), { key: privateKey, dsaEncoding: "ieee-p1363" });
  const token = `${signed}.${bytes.toString("base64url")}`;
  const times = { created_at: iat, cast_at: iat, signed_in_at: iat };
  const step_up = { act_sha256: nonce, vote_sha256: sha256(token), ...times, keys: [key] };
  return { token, key, nonce, facts: { by: CAROL, owner: CAROL, team: "web", step_up } satisfies Facts };
}

/** Subject of an event of `uses`. */
const AN_HOUR = "2026-11-24T09:00:00Z";

/** Key of an event in a journal, by the kind of its items. */
const keyOf = (kind: (typeof JOURNAL_KINDS)[number], of: string, n: number): Item => {
  const digits = kind === "roleJournal" ? 10 : 6;
  const padded = String(n).padStart(digits, "0");
  if (kind === "agentJournal" || kind === "secretJournal" || kind === "useJournal")
    return { pk: `${KINDS[kind]}${of}`, sk: `EVENT#${n}` };
  if (kind === "panicJournal") return { pk: `${KINDS[kind]}*`, sk: `EVENT#${padded}` };
  if (kind === "roleJournal") return { pk: `${KINDS[kind]}${of.replace("/", "#")}`, sk: `EVENT#${padded}` };
  return { pk: `${KINDS[kind]}${of.slice(0, of.indexOf("."))}`, sk: `${of}#EVENT#${padded}` };
};

describe("a log, with the keys of one function's role", () => {
  let running: RunningCloud;
  beforeAll(async () => {
    running = await runCloud();
    await running.complete(await running.start());
  });
  afterAll(() => running.close());

  async function verified() {
    await running.cloud.settled();
    await running.cloud.hosts.archive.invoke({});
    const { scope, aws } = running.cloud;
    const hub = aws.admin(HUB);
    return verifyArchive({
      read: async (key) => hub.getObject(scope.archiveBucket, key)?.body,
      list: async (folder) => hub.objectKeys(scope.archiveBucket).filter((key) => key.startsWith(`${folder}/`)),
    });
  }
  /** Puts an event into each journal. @returns the kinds that IAM let the thief write. */
  async function putEverywhere(
    name: FunctionName,
    type: EventType,
    facts: Facts,
    [of, n, head]: readonly [string, number, ChainHead] = [`${name}ghost.`, 1, EMPTY_CHAIN],
  ): Promise<number> {
    const thief = new Thief(running, name);
    let written = 0;
    for (const kind of JOURNAL_KINDS) {
      const subject = { panicJournal: "*", roleJournal: "1/ghost", useJournal: AN_HOUR }[kind as string] ?? of;
      const event = linkEvent(head, subject, type, Date.now(), facts);
      // The panic journal has one chain, of which the thieves would take each other's places.
      const place = keyOf(kind, subject, kind === "panicJournal" ? 100 + FUNCTIONS.indexOf(name) : n);
      if (await thief.write({ ...place, kind: "EVENT", ...event })) written += 1;
    }
    return written;
  }

  it("never says that a person signed an act that a thief made up", async () => {
    let written = 0;
    for (const name of FUNCTIONS) {
      const { token, key, nonce, facts } = forgedAct(name, Date.now());
      const thief = new Thief(running, name);
      for (const pk of [`ACT#${CAROL}`, `VOTE#${name}`, `APPROVAL#${name}`])
        await thief.write({ pk, sk: nonce, token, vote: "h", nonce });
      written += await putEverywhere(name, "agent.registered", facts);
      written += await putEverywhere(name, ISSUER_KEY, key, [`${name}keys.`, 1, EMPTY_CHAIN]);
    }
    expect(written).toBeGreaterThan(20);
    const { votes, events } = await verified();
    const carols = votes.filter(({ by }) => by === CAROL);
    expect(carols.length).toBeGreaterThan(3);
    expect(carols.filter(({ verdict }) => verdict === "verified")).toEqual([]);
    // What the log has of keys is from the archive, and from no thief.
    expect(events.filter(({ type, facts }) => type === ISSUER_KEY && facts.iss === "https://staff.test")).toEqual([]);
  });

  it("never says so either by what collect brings in", async () => {
    const { endpoint, region } = running.cloud.aws;
    const role = functionRoleArn("collect", { partition: "aws", account: HUB });
    const credentials = running.cloud.aws.keysFor(role, functionRoleName("collect", {}));
    const s3 = new S3Client({ endpoint, region, credentials, maxAttempts: 1, forcePathStyle: true });
    const { key, facts } = forgedAct("collect-in", Date.now());
    const made = (journal: ArchivedEvent["journal"], of: string, type: EventType, own: Facts): ArchivedEvent => ({
      journal,
      ...linkEvent(EMPTY_CHAIN, of, type, Date.now(), own),
    });
    const events = JOURNALS.flatMap((journal) => [
      made(journal, `in${journal}.`, "agent.registered", facts),
      made(journal, `key${journal}.`, ISSUER_KEY, key),
    ]);
    const { key: Key, body } = batchOf(events, Date.now());
    await s3.send(new PutObjectCommand({ Bucket: running.cloud.scope.archiveBucket, Key, Body: body }));
    const { votes, events: logged } = await verified();
    expect(votes.filter(({ by, verdict }) => by === CAROL && verdict === "verified")).toEqual([]);
    expect(logged.filter(({ type, facts: { iss } }) => type === ISSUER_KEY && iss === "https://staff.test")).toEqual(
      [],
    );
  });

  it.each(["explain", "journal", "approve", "observe"] as const)(
    "gets no fault from %s, which writes single events alone",
    async (name) => {
      const before = (await verified()).faults.length;
      const facts = { operator: CAROL, what: "forged" };
      await putEverywhere(name, "operation.refused", facts, [`${name}gap.`, 7, { n: 6, hash: "h" }]);
      await putEverywhere(name, "operation.refused", facts, [`${name}two.`, 2, EMPTY_CHAIN]);
      await putEverywhere(name, "agent.registered", facts, [`${name}act.`, 1, EMPTY_CHAIN]);
      const thief = new Thief(running, name);
      for (const kind of ["readJournal", "approvalJournal", "useJournal"] as const)
        for (const subject of [`${name}a.`, `${name}b.`]) {
          const event = linkEvent(EMPTY_CHAIN, "5pziufisgdts.", "operation.refused", Date.now(), { subject });
          await thief.write({ ...keyOf(kind, subject, 1), kind: "EVENT", ...event });
          await thief.write({
            ...keyOf(kind, `${subject}c.`, 1),
            kind: "EVENT",
            ...event,
            of: `${subject}c.`,
            hash: "forged",
          });
        }
      expect((await verified()).faults).toHaveLength(before);
    },
  );
});
