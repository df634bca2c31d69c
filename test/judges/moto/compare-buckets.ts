import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
  type S3ClientConfig,
} from "@aws-sdk/client-s3";
import fc from "fast-check";
import { startEmbeddedAws } from "../../../local/emulator/embedded-aws.ts";
import { BUCKET_DIFFERENCES, type BucketDifference, type S3Answer } from "./bucket-differences.ts";

/** Call of S3 as the archive and its readers make it; the bucket is a parameter. */
export interface S3Call {
  readonly name: keyof typeof COMMANDS;
  readonly input: { readonly Key?: string | undefined; readonly [name: string]: unknown };
}

/** Sends a call to a bucket. */
export type Send = (Bucket: string, call: S3Call) => Promise<S3Answer>;

export interface BucketComparison {
  readonly calls: number;
  readonly seen: ReadonlyMap<string, number>;
  readonly known: ReadonlyMap<BucketDifference, number>;
  readonly findings: readonly object[];
}

const COMMANDS = {
  PutObject: PutObjectCommand,
  GetObject: GetObjectCommand,
  HeadObject: HeadObjectCommand,
  DeleteObject: DeleteObjectCommand,
  ListObjectsV2: ListObjectsV2Command,
} as const;

const ACCOUNT = "111122223333";
const LOCKED_UNTIL = new Date("2099-01-01T00:00:00Z");
const BODIES = ["", "a", "b", Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)).toString("latin1")];
const KEYS = [
  ...["checkpoint", "verifier-key", "incoming/a", "incoming/b", "order/000000000000001", "tile/0/000.p/1"],
  ...["proofs/-_x", "a b+c/ä=&", "incoming/\u{1f600}", "incoming/\uffee", "incoming//"],
];
/** Objects that are never replaced. */
const FINAL_KEYS = ["tile/0/000", "tile/entries/000", "checkpoints/2026-12-01T00Z"];

const key = fc.constantFrom(...KEYS);
const anyKey = fc.constantFrom(...KEYS, ...FINAL_KEYS);
const body = fc.constantFrom(...BODIES).map((text) => Buffer.from(text, "latin1"));
const etag = fc.constantFrom(...BODIES).map((text) => etagOf(Buffer.from(text, "latin1")));
const etagOf = (bytes: Buffer): string => `"${createHash("md5").update(bytes).digest("hex")}"`;
const put = (members: fc.Arbitrary<Partial<PutObjectCommandInput>>) =>
  fc
    .tuple(key, body, members)
    .map(([Key, Body, more]): S3Call => ({ name: "PutObject", input: { Key, Body, ...more } }));
const ofKey = (name: S3Call["name"]) => anyKey.map((Key): S3Call => ({ name, input: { Key } }));

const anyCall: fc.Arbitrary<S3Call> = fc.oneof(
  { weight: 4, arbitrary: put(fc.constant({ IfNoneMatch: "*" })) },
  { weight: 4, arbitrary: put(etag.map((IfMatch) => ({ IfMatch }))) },
  { weight: 1, arbitrary: put(fc.constant({ ContentType: "text/plain", Metadata: { by: "valetkey" } })) },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constantFrom(...FINAL_KEYS), body).map(
      ([Key, Body]): S3Call => ({
        name: "PutObject",
        input: { Key, Body, IfNoneMatch: "*", ObjectLockMode: "COMPLIANCE", ObjectLockRetainUntilDate: LOCKED_UNTIL },
      }),
    ),
  },
  { weight: 3, arbitrary: ofKey("GetObject") },
  { weight: 1, arbitrary: ofKey("HeadObject") },
  { weight: 3, arbitrary: ofKey("DeleteObject") },
  {
    weight: 3,
    arbitrary: fc
      .record(
        {
          Prefix: fc.constantFrom("", "incoming/", "tile/", "a b+c/", "none"),
          MaxKeys: fc.constantFrom(1, 2, 3, 1_000),
          StartAfter: anyKey,
          Delimiter: fc.constant("/"),
        },
        { requiredKeys: [] },
      )
      .map((input): S3Call => ({ name: "ListObjectsV2", input })),
  },
);

/** Makes a client of an S3 at an endpoint. */
function s3At(endpoint: string, credentials: NonNullable<S3ClientConfig["credentials"]>) {
  const s3 = new S3Client({ endpoint, region: "us-east-1", credentials, forcePathStyle: true, maxAttempts: 1 });
  const once = async (Bucket: string, { name, input }: S3Call): Promise<Fields> => {
    const Command = COMMANDS[name] as new (input: object) => GetObjectCommand;
    const { $metadata, Body, ...fields } = await s3.send(new Command({ Bucket, ...input }));
    const body = Body === undefined ? {} : { Body: await Body.transformToString("base64") };
    return { status: $metadata.httpStatusCode, ...fields, ...body };
  };
  const send: Send = async (bucket, call) => {
    try {
      const pages = [await once(bucket, call)];
      // A list is read to its end. A token is anything that leads to the next page.
      for (
        let token = pages[0]?.NextContinuationToken;
        token !== undefined;
        token = pages.at(-1)?.NextContinuationToken
      )
        pages.push(await once(bucket, { ...call, input: { ...call.input, ContinuationToken: token } }));
      return withoutTimes(call.name === "ListObjectsV2" ? { pages } : pages[0]);
    } catch (error) {
      const { name: code, $metadata } = error as Error & { readonly $metadata?: { readonly httpStatusCode?: number } };
      if ($metadata?.httpStatusCode === undefined) throw error;
      return { code, status: $metadata.httpStatusCode };
    }
  };
  const create = (Bucket: string) => s3.send(new CreateBucketCommand({ Bucket, ObjectLockEnabledForBucket: true }));
  return { send, create, close: () => s3.destroy() };
}
type Fields = Readonly<Record<string, unknown>>;

/** Answer as JSON, without times, and with the same text in place of each token. */
const withoutTimes = (answer: unknown): S3Answer =>
  JSON.parse(
    JSON.stringify(answer, (name, value: unknown) => {
      if (name === "LastModified") return undefined;
      return value !== undefined && /ContinuationToken$/.test(name) ? "next" : value;
    }),
  ) as S3Answer;

/** Compares the embedded S3 with moto's, whose buckets have versions. @param wrongly changes our answers, for a fault. */
export async function compareBuckets(
  moto: string,
  {
    calls,
    seed,
    most = Number.POSITIVE_INFINITY,
  }: { readonly calls: number; readonly seed: number; readonly most?: number },
  wrongly: (send: Send) => Send = (send) => send,
): Promise<BucketComparison> {
  const [seen, known, findings] = [new Map<string, number>(), new Map<BucketDifference, number>(), [] as object[]];
  const count = <T>(map: Map<T, number>, of: T) => map.set(of, (map.get(of) ?? 0) + 1);
  const aws = await startEmbeddedAws({ port: 0 });
  const role = `arn:aws:iam::${ACCOUNT}:role/archivist`;
  await aws
    .admin(ACCOUNT)
    .createRole({ name: "archivist", trust: EVERYTHING("lambda.amazonaws.com"), permissions: { all: EVERYTHING() } });
  const ours = s3At(aws.endpoint, aws.keysFor(role, "archivist"));
  const theirs = s3At(moto, { accessKeyId: "moto", secretAccessKey: "moto" });
  const send = wrongly(ours.send);
  let left = calls;
  try {
    const sequences = fc.sample(fc.array(anyCall, { minLength: 10, maxLength: 60 }), { seed, numRuns: calls / 10 });
    for (const [nth, sequence] of sequences.entries()) {
      const bucket = `archive-${seed}-${nth}`;
      aws.admin(ACCOUNT).putBucket(bucket);
      await theirs.create(bucket);
      const removed: string[] = [];
      for (const call of sequence) {
        if (left === 0 || findings.length >= most) return { calls: calls - left, seen, known, findings };
        left -= 1;
        const [own, answer] = [await send(bucket, call), await theirs.send(bucket, call)];
        const condition = ["IfMatch", "IfNoneMatch"].find((name) => name in call.input);
        count(seen, `${call.name}${condition ? ` ${condition}` : ""} ${own.code ?? "done"}`);
        let mended = answer;
        for (const difference of BUCKET_DIFFERENCES) {
          const next = difference.mend?.(mended) ?? mended;
          if (!isDeepStrictEqual(next, mended)) count(known, difference);
          mended = next;
        }
        if (call.name === "DeleteObject") removed.push(call.input.Key ?? "");
        if (isDeepStrictEqual(own, mended)) continue;
        const differing = { name: call.name, own, moto: mended, removed };
        const explaining = BUCKET_DIFFERENCES.find(({ explains }) => explains?.(differing));
        if (explaining) count(known, explaining);
        else findings.push({ ...call, own, moto: mended });
        // After this one the buckets differ.
        if (explaining?.leavesOthers ?? true) break;
      }
    }
    return { calls: calls - left, seen, known, findings };
  } finally {
    for (const each of [ours, theirs]) each.close();
    await aws.close();
  }
}

const EVERYTHING = (service?: string) => ({
  Version: "2012-10-17",
  Statement: [
    service === undefined
      ? { Effect: "Allow", Action: "*", Resource: "*" }
      : { Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" },
  ],
});
