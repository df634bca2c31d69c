import { Readable } from "node:stream";
import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectAclCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { allow, BUCKET, clientsOf, policy, STRANGER_ROLE, type Stage, setStage, TARGET } from "./stage.ts";

let stage: Stage;
let s3: S3Client;
beforeAll(async () => {
  stage = await setStage();
  s3 = clientsOf(stage, await stage.vend()).s3;
});
afterAll(() => stage.close());

const at = (Key: string): { Bucket: string; Key: string } => ({ Bucket: BUCKET, Key });
const read = async (Key: string): Promise<string | undefined> =>
  (await s3.send(new GetObjectCommand(at(Key)))).Body?.transformToString();

describe("objects", () => {
  it.each(["plain", "a b/c", "o'd(d)+!~", "ñ/日本", "%41", "a//b", "trailing/"])(
    "stores one under the key %s",
    async (key) => {
      await s3.send(new PutObjectCommand({ ...at(key), Body: key }));
      expect(await read(key)).toBe(key);
      expect((await s3.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix: key }))).Contents?.[0]?.Key).toBe(key);
      await s3.send(new DeleteObjectCommand(at(key)));
      await expect(read(key)).rejects.toMatchObject({ name: "NoSuchKey" });
    },
  );

  it("takes a stream, and gives back type and metadata", async () => {
    const Body = Readable.from(["one ", "two"]);
    await s3.send(
      new PutObjectCommand({ ...at("s"), Body, ContentLength: 7, ContentType: "text/x", Metadata: { a: "b" } }),
    );
    expect(await read("s")).toBe("one two");
    const head = await s3.send(new HeadObjectCommand(at("s")));
    expect(head).toMatchObject({ ContentLength: 7, ContentType: "text/x", Metadata: { a: "b" } });
    expect(head.ContentEncoding).toBeUndefined();
  });

  it("reports a missing one as missing", async () => {
    await expect(s3.send(new HeadObjectCommand(at("none")))).rejects.toMatchObject({ name: "NotFound" });
    await expect(s3.send(new GetObjectCommand({ Bucket: "nowhere", Key: "k" }))).rejects.toMatchObject({
      name: "NoSuchBucket",
    });
  });

  it.each([
    ["a copy", () => new CopyObjectCommand({ ...at("copy"), CopySource: `${BUCKET}/pii/b.txt` }), "NotImplemented"],
    ["a part", () => new GetObjectCommand({ ...at("reports/a.txt"), Range: "bytes=0-1" }), "NotImplemented"],
    ["an ACL", () => new GetObjectAclCommand(at("reports/a.txt")), "NotImplemented"],
  ])("does not take %s for the plain call", async (_what, command, name) => {
    await expect(s3.send(command() as GetObjectCommand)).rejects.toMatchObject({ name });
  });

  it.each(["*", "reports/?.txt"])("takes no key like %s, which a policy could take for a pattern", async (key) => {
    await expect(s3.send(new PutObjectCommand({ ...at(key), Body: "x" }))).rejects.toMatchObject({
      name: "AccessDenied",
      message: expect.stringContaining("cannot distinguish"),
    });
  });
});

describe("lists", () => {
  beforeAll(async () => {
    const names = ["l/1", "l/2", "l/d/1", "l/d/2", "l/e/1"];
    for (const name of names) stage.aws.admin(TARGET).putObject(BUCKET, name, name);
  });
  const list = (more: object) => s3.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix: "l/", ...more }));
  const keys = (answer: Awaited<ReturnType<typeof list>>) => answer.Contents?.map(({ Key }) => Key);

  it("folds at the delimiter", async () => {
    const answer = await list({ Delimiter: "/" });
    expect(keys(answer)).toEqual(["l/1", "l/2"]);
    expect(answer.CommonPrefixes?.map(({ Prefix }) => Prefix)).toEqual(["l/d/", "l/e/"]);
  });

  it("goes on where the page ended", async () => {
    const first = await list({ MaxKeys: 2 });
    expect([keys(first), first.IsTruncated]).toEqual([["l/1", "l/2"], true]);
    const second = await list({ ContinuationToken: first.NextContinuationToken });
    expect([keys(second), second.IsTruncated]).toEqual([["l/d/1", "l/d/2", "l/e/1"], false]);
    expect(second).toMatchObject({ ContinuationToken: first.NextContinuationToken });
    const after = await list({ StartAfter: "l/d/2" });
    expect([keys(after), after.StartAfter]).toEqual([["l/e/1"], "l/d/2"]);
  });

  it("is in the order of the keys' bytes, not of their UTF-16 units", async () => {
    const [low, high] = ["u/\uffee", "u/\u{1f600}"];
    for (const key of [high, low]) await s3.send(new PutObjectCommand({ ...at(key), Body: "x" }));
    expect(keys(await list({ Prefix: "u/" }))).toEqual([low, high]);
    expect(keys(await list({ Prefix: "u/", StartAfter: low }))).toEqual([high]);
  });

  it("a condition on s3:prefix holds for the requested prefix", async () => {
    const narrow = policy(allow("s3:ListBucket", `arn:aws:s3:::${BUCKET}`, { StringLike: { "s3:prefix": "l/*" } }));
    const { s3: session } = clientsOf(stage, await stage.vend({ Policy: JSON.stringify(narrow) }));
    const listing = (Prefix?: string) =>
      session.send(new ListObjectsV2Command({ Bucket: BUCKET, ...(Prefix ? { Prefix } : {}) }));
    await expect(listing("l/d")).resolves.toBeDefined();
    await expect(listing("pii/")).rejects.toMatchObject({ name: "AccessDenied" });
    await expect(listing()).rejects.toMatchObject({ name: "AccessDenied" });
  });
});

describe("buckets", () => {
  it("creates, heads and lists those of the account", async () => {
    await s3.send(new CreateBucketCommand({ Bucket: "new-bucket" }));
    await s3.send(new HeadBucketCommand({ Bucket: "new-bucket" }));
    const { Buckets } = await s3.send(new ListBucketsCommand({ MaxBuckets: 1_000 }));
    expect(Buckets?.map(({ Name }) => Name)).toEqual([BUCKET, "new-bucket"]);
    const first = await s3.send(new ListBucketsCommand({ MaxBuckets: 1 }));
    expect(first.Buckets?.map(({ Name }) => Name)).toEqual([BUCKET]);
    expect(first.ContinuationToken).toBeDefined();
  });

  it("are closed to other accounts, unless their own policy opens them too", async () => {
    const { s3: stranger } = clientsOf(stage, stage.aws.keysFor(STRANGER_ROLE, "s"));
    await expect(stranger.send(new GetObjectCommand(at("reports/a.txt")))).rejects.toMatchObject({
      name: "AccessDenied",
    });
    const open = {
      Effect: "Allow",
      Principal: { AWS: STRANGER_ROLE },
      Action: "s3:GetObject",
      Resource: "arn:aws:s3:::open/*",
    };
    stage.aws.admin(TARGET).putBucket("open", { policy: policy(open) });
    stage.aws.admin(TARGET).putObject("open", "k", "v");
    await expect(stranger.send(new GetObjectCommand({ Bucket: "open", Key: "k" }))).resolves.toBeDefined();
  });
});
