import { KMSClient, SignCommand } from "@aws-sdk/client-kms";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
  type StorageClass,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ArchiveSource } from "../../client/audit/archive-source.ts";
import { verifyArchive } from "../../client/audit/verify-archive.ts";
import { FUNCTIONS, type FunctionName } from "../../contract/names.ts";
import { EMPTY_CHAIN, linkEvent } from "../../functions/core/journal/event.ts";
import { functionRoleName } from "../../functions/hub-names.ts";
import { functionRoleArn } from "../../infra/arns.ts";
import { PUBLISHER, type RunningCloud, runCloud } from "./running-cloud.ts";

/** Bucket of another account. */
const ANCHOR = "acme-anchor";

describe("the archive of a running cloud", () => {
  let running: RunningCloud;
  let source: ArchiveSource;
  let bucket: string;
  beforeAll(async () => {
    running = await runCloud({}, { archive: { anchor: { bucket: ANCHOR, account: PUBLISHER } } });
    const { cloud } = running;
    bucket = cloud.scope.archiveBucket;
    const hub = cloud.aws.admin(cloud.hubAccount);
    source = {
      read: async (key) => hub.getObject(bucket, key)?.body,
      list: async (folder) => hub.objectKeys(bucket).filter((key) => key.startsWith(`${folder}/`)),
    };
    for (let n = 0; n < 3; n += 1) await running.complete(await running.start());
    await cloud.settled();
    await cloud.hosts.archive.invoke({});
  });
  afterAll(() => running.close());

  const credentialsOf = (name: FunctionName) =>
    running.cloud.aws.keysFor(
      functionRoleArn(name, { partition: "aws", account: running.cloud.hubAccount }),
      functionRoleName(name, {}),
    );
  const as = (name: FunctionName) => {
    const { endpoint, region } = running.cloud.aws;
    const options = { endpoint, region, credentials: credentialsOf(name), maxAttempts: 1 };
    return { s3: new S3Client({ ...options, forcePathStyle: true }), kms: new KMSClient(options) };
  };
  const outcome = (call: Promise<unknown>) => call.then(() => "done").catch((error: Error) => error.name);

  test("holds each event of each journal, signed by a key in KMS, and is intact", async () => {
    const verified = await verifyArchive(source);
    expect(verified).toMatchObject({ verdict: "intact", origin: "valetkey/999900001111/us-east-1", faults: [] });
    const types = verified.events.map(({ journal, type }) => `${journal} ${type}`);
    expect(types.filter((type) => type === "tasks task.opened")).toHaveLength(3);
    expect(types.filter((type) => type === "tasks task.ended")).toHaveLength(3);
    expect(types).toContain("agents agent.registered");
    expect(verified.kills.map(({ verdict }) => verdict)).toEqual(Array(3).fill("denied"));
    await expect(source.list("incoming")).resolves.toEqual([]);
  });

  test("grows by later events, and contains each earlier tree", async () => {
    const before = await verifyArchive(source);
    await running.complete(await running.start());
    await running.cloud.settled();
    await running.cloud.hosts.archive.invoke({});
    const after = await verifyArchive(source);
    expect(after).toMatchObject({ verdict: "intact", earlier: 1 });
    expect(after.size).toBeGreaterThan(before.size);
  });

  test("can be written only by the archive, which cannot change or remove anything final", async () => {
    const final = (await source.list("checkpoints"))[0] ?? "";
    const Body = Buffer.from("forged");
    for (const name of FUNCTIONS) {
      const { s3 } = as(name);
      for (const Key of ["checkpoint", "verifier-key", "tile/0/000", "order/000000000000000", "incoming/x"]) {
        const isOwn = (name === "archive" && Key !== "incoming/x") || (name === "collect" && Key === "incoming/x");
        if (isOwn) continue;
        expect([name, Key, await outcome(s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body })))]).toEqual([
          name,
          Key,
          "AccessDenied",
        ]);
      }
      expect(await outcome(s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: final })))).toBe("AccessDenied");
      const read = (Key: string) => outcome(s3.send(new GetObjectCommand({ Bucket: bucket, Key })));
      const shown = name === "archive" || name === "journal" ? "done" : "AccessDenied";
      for (const Key of ["checkpoint", "verifier-key", final])
        expect([name, Key, await read(Key)]).toEqual([name, Key, shown]);
      // Only the archive may read the events that wait and the order that it decided for them. No function may read
      // proofs.
      if (name !== "archive")
        for (const Key of ["incoming/x", "order/000000000000000", "restored/x"])
          expect([name, Key, await read(Key)]).toEqual([name, Key, "AccessDenied"]);
      expect([name, await read("proofs/x")]).toEqual([name, "AccessDenied"]);
    }
    const { s3 } = as("archive");
    expect(await outcome(s3.send(new PutObjectCommand({ Bucket: bucket, Key: final, Body })))).toBe("AccessDenied");
  });

  test("is signed by the archive alone", async () => {
    const { archiveKeyAlias: KeyId } = running.cloud.scope;
    const sign = new SignCommand({
      KeyId,
      Message: Buffer.from("x"),
      MessageType: "RAW",
      SigningAlgorithm: "ED25519_SHA_512",
    });
    for (const name of FUNCTIONS)
      expect([name, await outcome(as(name).kms.send(sign))]).toEqual([
        name,
        name === "archive" ? "done" : "AccessDeniedException",
      ]);
  });

  test("puts the hour's checkpoint at the witness, where the archive may only add, and journal may read", async () => {
    const elsewhere = running.cloud.aws.admin(PUBLISHER);
    const [Key = "", ...more] = elsewhere.objectKeys(ANCHOR);
    expect([Key.replace(/[^/]+$/, ""), more]).toEqual(["valetkey/999900001111/us-east-1/checkpoints/", []]);
    const anchored = new Map([[Key, elsewhere.getObject(ANCHOR, Key)?.body ?? Buffer.alloc(0)]]);
    expect(await verifyArchive(source, undefined, anchored)).toMatchObject({
      verdict: "intact",
      anchored: { name: `anchor ${Key}` },
    });

    const at = { Bucket: ANCHOR, Body: Buffer.from("forged") };
    const created = { ...at, Key: Key.replace(/[^/]+$/, "later"), IfNoneMatch: "*" };
    for (const name of FUNCTIONS) {
      const { s3 } = as(name);
      const replaced = outcome(s3.send(new PutObjectCommand({ ...at, Key })));
      const read = outcome(s3.send(new GetObjectCommand({ Bucket: ANCHOR, Key })));
      const removed = outcome(s3.send(new DeleteObjectCommand({ Bucket: ANCHOR, Key })));
      expect([name, await replaced, await read, await removed]).toEqual([
        ...[name, "AccessDenied", name === "journal" ? "done" : "AccessDenied", "AccessDenied"],
      ]);
      const beside = outcome(s3.send(new PutObjectCommand({ ...created, Key: `other/${Key}` })));
      expect([name, await beside]).toEqual([name, "AccessDenied"]);
      if (name !== "archive")
        expect([name, await outcome(s3.send(new PutObjectCommand(created)))]).toEqual([name, "AccessDenied"]);
    }
    expect(await outcome(as("archive").s3.send(new PutObjectCommand({ ...created, Key })))).toBe("PreconditionFailed");
  });

  test("is shown over HTTP by a function that reads both places, and reports that they hold the same", async () => {
    const { url, cloud } = running;
    const metadata = await fetch(`${url}/.well-known/oauth-authorization-server`);
    const { audiences } = (await metadata.json()) as { readonly audiences: { readonly operate: string } };
    const token = await cloud.people.mint({ sub: "person:alice", aud: audiences.operate });
    const { size } = await verifyArchive(source);
    const answer = await fetch(`${url}/v1/journal?agent=demo`, { headers: { authorization: `Bearer ${token}` } });
    const journal = (await answer.json()) as {
      readonly events: readonly { readonly event: { readonly type: string } }[];
    };
    expect(journal).toMatchObject({ checkpoint: { size, bucket }, anchor: { state: "same", bucket: ANCHOR } });
    expect(journal.events.map(({ event }) => event.type)).toContain("task.opened");
  });

  test("accepts no object that would have to be restored before it is read, which would stop the log", async () => {
    const { s3 } = as("collect");
    const put = (StorageClass?: StorageClass) =>
      outcome(
        s3.send(
          new PutObjectCommand({ Bucket: bucket, Key: "incoming/0", Body: "x", ...(StorageClass && { StorageClass }) }),
        ),
      );
    for (const name of ["GLACIER", "DEEP_ARCHIVE", "INTELLIGENT_TIERING"] as const)
      expect([name, await put(name)]).toEqual([name, "AccessDenied"]);
    expect([await put("STANDARD"), await put()]).toEqual(["done", "done"]);
    await running.cloud.hosts.archive.invoke({});
    expect(running.cloud.aws.admin(running.cloud.scope.account).objectKeys(bucket)).not.toContain("incoming/0");
    expect((await verifyArchive(source)).verdict).toBe("intact");
  });

  test("reveals an event forged by somebody who took over the collector", async () => {
    const before = await verifyArchive(source);
    const known = before.events.find(({ type }) => type === "task.opened");
    if (!known) throw new Error("no task was opened");
    const own = linkEvent(EMPTY_CHAIN, known.of, "task.opened", known.at, { purpose: "nothing happened" });
    const forged = { journal: known.journal, ...own };
    const { batchOf } = await import("../../functions/core/archive/batch.ts");
    const { key, body } = batchOf([forged], Date.now());
    await as("collect").s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
    await running.cloud.hosts.archive.invoke({});
    const { verdict, faults } = await verifyArchive(source);
    expect([verdict, faults[0]?.found]).toEqual(["tampered", expect.stringMatching(/^two events have this number: /)]);
  });
});
