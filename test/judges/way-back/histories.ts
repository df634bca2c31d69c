import { setTimeout as sleep } from "node:timers/promises";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import fc from "fast-check";
import type { Change } from "../../../client/operate/tasks/task-changes.ts";

/** Act of the task or of somebody else on one object. */
interface Act {
  readonly by: "task" | "other";
  readonly act: "put" | "delete";
}

/** Acts on one object. The task's first act is the first of `during`. */
export interface History {
  readonly key: string;
  readonly before: readonly Act[];
  readonly during: readonly Act[];
}

const act = (...by: readonly Act["by"][]): fc.Arbitrary<Act> =>
  fc.record({ by: fc.constantFrom(...by), act: fc.constantFrom("put" as const, "put" as const, "delete" as const) });
const during = fc.tuple(
  act("task"),
  fc.oneof(
    { weight: 3, arbitrary: fc.array(act("task"), { maxLength: 3 }) },
    { weight: 1, arbitrary: fc.array(act("task", "other"), { minLength: 1, maxLength: 4 }) },
  ),
);
const acts = fc.record({
  before: fc.array(act("other"), { maxLength: 3 }),
  during: during.map(([first, rest]) => [first, ...rest]),
});

/** Makes a history for each key. */
export const historiesOf = (keys: readonly string[], seed: number): readonly History[] =>
  fc.sample(acts, { seed, numRuns: keys.length }).map((each, index) => ({ key: keys[index] ?? "", ...each }));

/** True where nobody but the task acted from the task's first act on. */
export const isTasksAlone = ({ during }: History): boolean => during.every(({ by }) => by === "task");

/** Object as a reader gets it: bytes, headers and tags; undefined where there is none. */
export type Content = Readonly<Record<string, unknown>> | undefined;

/** World after some histories. */
interface Played {
  /** Contents before the task's first acts, by key. */
  readonly originals: ReadonlyMap<string, Content>;
  /**
   * Keys of deletions for which moto makes no delete marker, since no object is there. S3 makes one:
   * https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeleteMarker.html
   */
  readonly unmarked: ReadonlySet<string>;
  /** Rows that the task's ledger has once all calls are reported. */
  readonly changes: readonly Change[];
}

/** Plays histories in a bucket with versions. */
export async function played(s3: S3Client, Bucket: string, histories: readonly History[]): Promise<Played> {
  const changes = new Map<string, Change>();
  const unmarked = new Set<string>();
  let writes = 0;
  const does = async (Key: string, { by, act }: Act): Promise<void> => {
    writes += 1;
    const now = Math.floor(Date.now() / 1_000);
    const object = {
      ...{ Body: Buffer.from(Array.from({ length: 256 }, (_, byte) => (byte + writes) % 256)) },
      ...{ ContentType: `text/x-${by}`, Metadata: { write: String(writes) }, Tagging: `write=${writes}` },
    };
    const { VersionId: id } = await (act === "put"
      ? s3.send(new PutObjectCommand({ Bucket, Key, ...object }))
      : s3.send(new DeleteObjectCommand({ Bucket, Key })));
    if (id === undefined) unmarked.add(Key);
    if (by !== "task") return;
    const action = act === "put" ? "s3:PutObject" : "s3:DeleteObject";
    const { calls, first, versions } = changes.get(action + Key) ?? { calls: 0, first: now, versions: [] };
    changes.set(action + Key, {
      ...{ action, resource: `arn:aws:s3:::${Bucket}/${Key}`, effect: "change", tasks: ["t"], last: now },
      ...{ calls: calls + 1, first, versions: [...versions, ...(id === undefined ? [] : [id])] },
    });
  };
  for (const { key, before } of histories) for (const each of before) await does(key, each);
  const originals = new Map<string, Content>();
  for (const { key } of histories) originals.set(key, await contentOf(s3, Bucket, key));
  // A version is surely older than the task where its second is an earlier one.
  await sleep(1_100);
  for (const { key, during } of histories) for (const each of during) await does(key, each);
  return { originals, unmarked, changes: [...changes.values()] };
}

/** Reads an object as its readers do. */
export async function contentOf(s3: S3Client, Bucket: string, Key: string): Promise<Content> {
  try {
    const { Body, ContentType, Metadata, ContentLength } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    const { TagSet } = await s3.send(new GetObjectTaggingCommand({ Bucket, Key }));
    return { body: await Body?.transformToString("base64"), ContentType, Metadata, ContentLength, TagSet };
  } catch (error) {
    if (error instanceof Error && error.name === "NoSuchKey") return undefined;
    throw error;
  }
}

/** Lists all versions and delete markers of a bucket, each as one text. */
export async function entriesOf(s3: S3Client, Bucket: string): Promise<readonly string[]> {
  const page = await s3.send(new ListObjectVersionsCommand({ Bucket }));
  if (page.IsTruncated) throw new Error("the judge reads one page of versions");
  return [
    ...(page.Versions ?? []).map(({ Key, VersionId, ETag }) => JSON.stringify([Key, VersionId, ETag])),
    ...(page.DeleteMarkers ?? []).map(({ Key, VersionId }) => JSON.stringify([Key, VersionId])),
  ];
}
