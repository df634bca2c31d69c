import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { marshall } from "@aws-sdk/util-dynamodb";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type ArchiveSource, folderSource } from "../../client/audit/archive-source.ts";
import { audit } from "../../client/audit/main.ts";
import { verifyArchive } from "../../client/audit/verify-archive.ts";
import type { WhoCould } from "../../client/audit/who-could/who-could-text.ts";
import { FUNCTIONS } from "../../contract/names.ts";
import { EMPTY_CHAIN, type Facts, linkEvent } from "../../functions/core/journal/event.ts";
import { functionRoleArn } from "../../infra/arns.ts";
import { auditorKeys } from "../../local/auditor-keys.ts";
import { PEOPLE } from "../../local/issuer/people.ts";
import { folderWith } from "../unit/policy-tools/folder.ts";
import { type ApprovingCloud, EMERGENCY, runApprovingCloud } from "./approving-cloud.ts";
import { runShown, shownCommands, withoutChance } from "./audit-transcript.ts";

const HUB = "999900001111";
const roleArn = (name: string) => `arn:aws:iam::${HUB}:role/${name}`;
const BOB = "person:bob";
const sha256 = (text: string | Buffer) => createHash("sha256").update(text).digest("base64url");
/** Configuration of `npm start`. */
const LOCAL = JSON.parse(readFileSync(new URL("../../local/valetkey.json", import.meta.url), "utf8"));
const outcome = (call: Promise<unknown>) => call.then(() => "done").catch((error: Error) => error.name);

/** Proofs of votes, in the archive of a running cloud. */
let cloud: ApprovingCloud;
let bucket: string;
/** Keys of the proofs so far. */
const proofs = () =>
  cloud.cloud.aws
    .admin(HUB)
    .objectKeys(bucket)
    .filter((key) => key.startsWith("proofs/"));
const proofOf = (key: string) => cloud.cloud.aws.admin(HUB).getObject(bucket, key);
const s3As = (arn: string) => {
  const { endpoint, region } = cloud.cloud.aws;
  const credentials = cloud.cloud.aws.keysFor(arn, "session");
  return new S3Client({ endpoint, region, credentials, maxAttempts: 1, forcePathStyle: true });
};
const asFunction = (name: (typeof FUNCTIONS)[number]) =>
  s3As(functionRoleArn(name, { partition: "aws", account: HUB }));

beforeAll(async () => {
  cloud = await runApprovingCloud({ emergency: EMERGENCY }, { stepUp: true, archive: LOCAL.archive });
  bucket = cloud.cloud.scope.archiveBucket;
  const all = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: ["s3:*", "kms:*"], Resource: "*" }] };
  const trust = { Version: "2012-10-17", Statement: [] };
  await cloud.cloud.aws.admin(HUB).createRole({ name: "administrator", trust, permissions: { all } });
  // The role of the keys that `npm start` prints.
  await auditorKeys(cloud.cloud);
  await cloud.register("worker");
});
afterAll(() => cloud.close());

describe("proofs of votes, in the cloud", () => {
  it("contain the token of a vote and of an operator's act, each under its hash, encrypted by their own key", async () => {
    const waiting = await cloud.ask("worker", "published/one");
    await cloud.cloud.settled();
    const before = new Set(proofs());
    const vote = await cloud.voting.voteFor(BOB, waiting.approval);
    await cloud.voting.decide(BOB, waiting.approval, vote);
    const act = (await cloud.voting.voteForAct("person:alice", "/v1/agents/worker/resume")) as { vote: string };
    await cloud.voting.send("person:alice", "/v1/agents/worker/suspend", {});
    await cloud.voting.send("person:alice", "/v1/agents/worker/resume", { step_up: act });
    await cloud.cloud.settled();
    const added = proofs().filter((key) => !before.has(key));
    expect(added.toSorted()).toEqual([vote, act.vote].map((token) => `proofs/${sha256(token)}`).toSorted());
    for (const key of added) {
      const { body, kmsKey, lockedUntil } = proofOf(key) ?? {};
      expect([`proofs/${sha256(body ?? "")}`, lockedUntil]).toEqual([key, undefined]);
      expect(kmsKey).toMatch(/^arn:aws:kms:us-east-1:999900001111:key\//);
    }
  });

  it("are readable by the auditor alone: by no function, and by no administrator of the account", async () => {
    const [Key = "none"] = proofs();
    const get = new GetObjectCommand({ Bucket: bucket, Key });
    expect(sha256((await (await s3As(roleArn("auditor")).send(get)).Body?.transformToString()) ?? "")).toBe(
      Key.replace("proofs/", ""),
    );
    for (const name of FUNCTIONS)
      expect([name, await outcome(asFunction(name).send(get))]).toEqual([name, "AccessDenied"]);
    expect(await outcome(s3As(roleArn("administrator")).send(get))).toBe("AccessDenied");
  });

  it("are written by collect alone, which can replace, remove and weaken none", async () => {
    const [Key = ""] = proofs();
    const SSEKMSKeyId = proofOf(Key)?.kmsKey ?? "";
    const other = cloud.cloud.aws.admin(HUB).createEncryptionKey("alias/other", {
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: "*", Action: "kms:*", Resource: "*" }],
    });
    const upload = { Bucket: bucket, Body: "forged", ServerSideEncryption: "aws:kms", SSEKMSKeyId } as const;
    const fresh = { ...upload, Key: `proofs/${sha256("forged")}`, IfNoneMatch: "*" };
    for (const name of FUNCTIONS.filter((each) => each !== "collect"))
      expect([name, await outcome(asFunction(name).send(new PutObjectCommand(fresh)))]).toEqual([name, "AccessDenied"]);
    const thief = asFunction("collect");
    const attempts = {
      replaces: new PutObjectCommand({ ...upload, Key }),
      replacesUnseen: new PutObjectCommand({ ...upload, Key, IfNoneMatch: "*" }),
      unencrypted: new PutObjectCommand({ Bucket: bucket, Body: "x", Key: fresh.Key, IfNoneMatch: "*" }),
      byAnotherKey: new PutObjectCommand({ ...fresh, SSEKMSKeyId: other.arn }),
      besideTheFolder: new PutObjectCommand({ ...fresh, Key: "tile/entries/forged" }),
      comesInEncrypted: new PutObjectCommand({ ...fresh, Key: "incoming/forged" }),
      comesInByItsOwnKey: new PutObjectCommand({
        Bucket: bucket,
        Body: "x",
        Key: "incoming/forged",
        SSECustomerAlgorithm: "AES256",
        SSECustomerKey: Buffer.alloc(32, 1).toString("base64"),
      }),
      removes: new DeleteObjectCommand({ Bucket: bucket, Key }),
    };
    const outcomes: Record<string, string> = {};
    for (const [name, command] of Object.entries(attempts)) {
      outcomes[name] = await outcome(thief.send(command as PutObjectCommand));
    }
    expect(outcomes).toEqual({
      replaces: "AccessDenied",
      replacesUnseen: "PreconditionFailed",
      unencrypted: "AccessDenied",
      byAnotherKey: "AccessDenied",
      besideTheFolder: "AccessDenied",
      comesInEncrypted: "AccessDenied",
      comesInByItsOwnKey: "AccessDenied",
      removes: "AccessDenied",
    });
    expect(sha256(proofOf(Key)?.body ?? "")).toBe(Key.replace("proofs/", ""));
  });

  it("are in no answer of any API, no event, and no function's log", async () => {
    const waiting = await cloud.ask("worker", "published/two");
    const vote = await cloud.voting.voteFor(BOB, waiting.approval);
    const answered = await cloud.voting.decide(BOB, waiting.approval, vote);
    await cloud.cloud.settled();
    await cloud.cloud.hosts.archive.invoke({});
    const hub = cloud.cloud.aws.admin(HUB);
    const open = hub.objectKeys(bucket).filter((key) => !key.startsWith("proofs/"));
    const { readFileSync } = await import("node:fs");
    const texts = [
      answered,
      readFileSync(cloud.cloud.logFile, "utf8"),
      JSON.stringify(hub.events()),
      ...open.map((key) => hub.getObject(bucket, key)?.body.toString("latin1")),
    ];
    expect(open.length).toBeGreaterThan(3);
    for (const text of texts) expect(text).not.toContain(vote);
  });

  describe("an auditor who has the log", () => {
    const source = (changed: ReadonlyMap<string, Buffer | undefined> = new Map()): ArchiveSource => {
      const hub = cloud.cloud.aws.admin(HUB);
      const keys = () => hub.objectKeys(bucket).filter((key) => !changed.has(key) || changed.get(key));
      return {
        read: async (key) => (changed.has(key) ? changed.get(key) : hub.getObject(bucket, key)?.body),
        list: async (folder) => keys().filter((key) => key.startsWith(`${folder}/`)),
      };
    };
    const verdictsIn = async (from: ArchiveSource) => {
      const { votes, verdict, faults } = await verifyArchive(from);
      return { verdict, faults, votes: votes.map((vote) => `${vote.type} ${vote.by} ${vote.verdict}`) };
    };
    let vote: string;
    beforeAll(async () => {
      const waiting = await cloud.ask("worker", "published/three");
      vote = await cloud.voting.voteFor(BOB, waiting.approval);
      await cloud.voting.decide(BOB, waiting.approval, vote);
      expect(await cloud.poll(waiting)).toHaveProperty("key");
      const glass = await cloud.ask("worker", "emergency/one");
      await cloud.voting.breakGlass(BOB, glass.approval);
      expect(await cloud.poll(glass)).toHaveProperty("key");
      await cloud.voting.review("person:carol", glass.approval);
      await cloud.cloud.settled();
      await cloud.cloud.hosts.archive.invoke({});
    });

    it("verifies each vote, review and act again, by the keys in the log and without any issuer", async () => {
      const { votes, verdict } = await verdictsIn(source());
      expect(verdict).toBe("intact");
      for (const verified of [
        ...["approval.voted staff|person:bob", "approval.used staff|person:bob"],
        ...["approval.reviewed staff|person:carol", "agent.resumed staff|person:alice"],
      ])
        expect(votes).toContain(`${verified} verified`);
      // Nobody polled for two of the votes, which the issuer's key verifies all the same.
      expect(votes.filter((each) => !each.endsWith(" verified"))).toEqual([]);
    });

    it("finds no act of a person verified whose event, token and key a thief of the functions' keys made up", async () => {
      const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
      const at = Date.now();
      const [created, iat] = [Math.floor(at / 1_000), Math.floor(at / 1_000)];
      const real = (await verifyArchive(source())).events.findLast(({ facts }) => facts.step_up !== undefined);
      const { keys: [key] = [] } = (real?.facts.step_up ?? {}) as { keys?: readonly Facts[] };
      const nonce = sha256("an act that nobody did");
      const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
      const claims = { iss: key?.iss, aud: key?.aud, sub: "person:carol", nonce, iat, auth_time: iat };
      const signed = `${part({ alg: "ES256", kid: key?.kid })}.${part(claims)}`;
      const signature = sign("sha256", Buffer.from(signed), { key: privateKey, dsaEncoding: "ieee-p1363" });
      const token = `${signed}.${signature.toString("base64url")}`;
      const { x, y } = publicKey.export({ format: "jwk" });
      const step_up = {
        act_sha256: nonce,
        created_at: created,
        vote_sha256: sha256(token),
        cast_at: iat,
        signed_in_at: iat,
        keys: [{ ...key, kty: "EC", crv: "P-256", x, y }],
      };
      const facts = { by: "staff|person:carol", owner: "staff|person:carol", team: "web", step_up } as unknown as Facts;
      const event = linkEvent(EMPTY_CHAIN, "ghost-agent", "agent.registered", at, facts);
      const tableOf = (name: "register" | "operate") => {
        const { endpoint, region } = cloud.cloud.aws;
        const credentials = cloud.cloud.aws.keysFor(functionRoleArn(name, { partition: "aws", account: HUB }), "thief");
        return new DynamoDBClient({ endpoint, region, credentials, maxAttempts: 1 });
      };
      const TableName = cloud.cloud.scope.tableName;
      const put = (name: "register" | "operate", item: object) =>
        tableOf(name).send(new PutItemCommand({ TableName, Item: marshall(item, { removeUndefinedValues: true }) }));
      await put("register", { pk: "ACT#staff|person:carol", sk: nonce, token });
      await put("register", { pk: "AGENTJOURNAL#ghost-agent", sk: "EVENT#1", kind: "EVENT", ...event });
      const seen = linkEvent(EMPTY_CHAIN, "*", "issuer.key_seen", at, { ...step_up.keys[0] } as Facts);
      await put("operate", { pk: "PANICJOURNAL#*", sk: "EVENT#000001", kind: "EVENT", ...seen });
      await cloud.cloud.settled();
      await cloud.cloud.hosts.archive.invoke({});
      const { votes, verdict } = await verdictsIn(source());
      expect(verdict).toBe("intact");
      expect(
        votes.filter((each) => each.includes("carol")).filter((each) => each.startsWith("agent.registered")),
      ).toEqual(["agent.registered staff|person:carol key not attested"]);
    });

    it("sees that an erased proof is erased, and the log stays whole", async () => {
      const { votes, verdict } = await verdictsIn(source(new Map([[`proofs/${sha256(vote)}`, undefined]])));
      expect(verdict).toBe("intact");
      expect(votes.filter((each) => each.endsWith("proof erased"))).toHaveLength(2);
    });

    it("sees that the proofs of a copy without proofs are not readable", async () => {
      const { votes, verdict } = await verdictsIn(source(new Map(proofs().map((key) => [key, undefined]))));
      expect([verdict, new Set(votes.map((each) => each.split(" ").slice(2).join(" ")))]).toEqual([
        "intact",
        new Set(["not readable"]),
      ]);
    });

    it("sees the event of a vote whose proof is another text", async () => {
      const other = new Map([[`proofs/${sha256(vote)}`, Buffer.from(`${vote}x`)]]);
      const { verdict, faults } = await verdictsIn(source(other));
      expect(verdict).toBe("tampered");
      expect(faults.map(({ what }) => what.replace(/ .* /, " ")).toSorted()).toEqual(["approvals 1", "tasks 2"]);
    });

    it("finds only the issuer and the value of the person claim for a person: no token, name or address", async () => {
      const { events } = await verifyArchive(source());
      const journal = JSON.stringify(events.filter(({ type }) => type !== "agent.registered"));
      expect(journal).toContain("staff|person:bob");
      const claims = PEOPLE.map(({ name }) => name);
      for (const claim of [...claims, vote]) expect(journal).not.toContain(claim);
    });
  });
});

describe("docs/auditing.md", () => {
  let archive: string;
  let task: string;
  beforeAll(async () => {
    const waiting = await cloud.ask("worker", "published/summary");
    await cloud.voting.decide(BOB, waiting.approval, await cloud.voting.voteFor(BOB, waiting.approval));
    expect(await cloud.poll(waiting)).toHaveProperty("key");
    const complete = `${cloud.url}/v1/tasks/${waiting.id}/complete`;
    expect(
      (
        await fetch(complete, {
          method: "POST",
          headers: { authorization: waiting.token, "content-type": "application/json" },
          body: JSON.stringify({ outcome: "success" }),
        })
      ).status,
    ).toBe(200);
    task = waiting.id;
    const hub = cloud.cloud.aws.admin(HUB);
    // Where `complete` could not wait for IAM, `reconcile` denies the session a moment later.
    await vi.waitFor(
      async () => {
        await cloud.cloud.settled();
        await cloud.cloud.hosts.archive.invoke({});
        const objects = hub.objectKeys(bucket).map((key) => [key, hub.getObject(bucket, key)?.body ?? ""] as const);
        archive = folderWith(Object.fromEntries(objects));
        const { kills } = await verifyArchive(folderSource(archive));
        expect(kills.map(({ verdict }) => verdict)).toContain("denied");
      },
      { timeout: 60_000, interval: 250 },
    );
  });

  it.each(shownCommands())("shows the command's output: $command", async ({ command, prints }) => {
    expect(withoutChance(await runShown(command, archive, task))).toBe(withoutChance(prints));
  });

  it("answers who could, by the policies whose hash is in the log", async () => {
    const printed: string[] = [];
    const screen = { out: (text: string) => void printed.push(text), err: () => undefined };
    const arn = "arn:aws:s3:::acme-data/published/summary";
    const place = ["--policies", cloud.policiesDir, "--config", cloud.configFile];
    const at = ["--at", new Date().toISOString(), "--action", "s3:PutObject"];
    expect(await audit(["who-could", archive, arn, ...at, ...place, "--json"], screen)).toBe(0);
    const { agents } = JSON.parse(printed.join("")) as WhoCould;
    const worker = agents.find(({ agent }) => agent === "worker");
    expect(worker).toMatchObject({ could: "could_after_approval", permits: [{ approval: true }] });
    expect(worker?.grants.map((grant) => grant.task)).toContain(task);
  });

  it("answers three questions, by one command each", () => {
    expect(shownCommands().map(({ command }) => command.replace(/^.*597p0e18ckd4 ?/, ""))).toEqual([
      "",
      "--decisions",
      "--controls",
    ]);
  });
});
