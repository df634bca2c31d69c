import { statSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { defined } from "../../functions/core/defined.ts";
import { type ArchiveSource, folderSource, readAnchored } from "./archive-source.ts";

/** Reason for which a place cannot be read, as a sentence with the remedy. */
export class Unreadable extends Error {}

/** Functions of an opened place that a caller may replace, such as the clock of a test. */
export interface Watching {
  /** Prints a line about progress. */
  readonly say: (line: string) => void;
  /** Time between two lines; milliseconds. */
  readonly everyMs?: number;
}

/** Time between two reports of progress while a place is read; milliseconds. */
const PROGRESS_EVERY_MS = 2_000;

const BUCKET = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*?))?\/?$/;

/** True for the address of a bucket: `s3://bucket` or `s3://bucket/prefix`. */
export const isBucket = (place: string): boolean => place.startsWith("s3://");

/**
 * Opens an archive, a folder or a bucket, and passes it to the work. The environment gives the AWS credentials.
 * @throws {Unreadable} where AWS refuses to read the bucket.
 */
export async function withArchive<T>(
  place: string,
  { say, everyMs = PROGRESS_EVERY_MS }: Watching,
  work: (source: ArchiveSource) => Promise<T>,
): Promise<T> {
  const [beganAtMs, read] = [Date.now(), { objects: 0 }];
  const source = await open(place);
  const progress = setInterval(
    () => say(`${place}: ${read.objects} objects read in ${Math.round((Date.now() - beganAtMs) / 1_000)} s`),
    everyMs,
  );
  try {
    return await work({
      read: async (key) => {
        const body = await source.read(key);
        read.objects += 1;
        return body;
      },
      list: (folder) => source.list(folder),
    });
  } catch (error) {
    throw isBucket(place) ? unreadable(place, error) : error;
  } finally {
    clearInterval(progress);
  }
}

/** Reads the checkpoints of a witness. @param place address of the folder that has them. */
export const anchoredIn = (place: string, watching: Watching): Promise<ReadonlyMap<string, Buffer>> => {
  const at = place.replace(/\/+$/, "");
  const above = isBucket(at) ? at.slice(0, at.lastIndexOf("/")) : dirname(resolve(at));
  if (above === "s3:/") throw new Unreadable(`${place} names no folder: --anchor s3://<bucket>/<log>/checkpoints`);
  return withArchive(above, watching, (source) => readAnchored(source, basename(isBucket(at) ? at : resolve(at))));
};

async function open(place: string): Promise<ArchiveSource> {
  if (!isBucket(place)) {
    // An empty answer about a misspelt folder would read as a verdict about a log.
    if (!statSync(place, { throwIfNoEntry: false })?.isDirectory()) throw new Unreadable(`there is no folder ${place}`);
    return folderSource(place);
  }
  const [, bucket, prefix = ""] = BUCKET.exec(place) ?? [];
  if (bucket === undefined) throw new Unreadable(`${place} is no address of a bucket, such as s3://my-bucket/prefix`);
  const { bucketSource } = await import("./aws/bucket-source.ts");
  return bucketSource(bucket, settingsOf(bucket), prefix === "" ? "" : `${prefix}/`);
}

/**
 * Settings of the client. The name of a hub's archive contains its Region. For another bucket the environment names it,
 * and S3 redirects where that is wrong.
 */
function settingsOf(bucket: string) {
  const region = /^valetkey-archive-(?:[a-z][a-z0-9]*-)?\d{12}-([a-z0-9-]+)$/.exec(bucket)?.[1];
  return {
    ...defined({ region }),
    followRegionRedirects: true,
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 3_000, requestTimeout: 30_000, throwOnRequestTimeout: true },
  };
}

/** Makes the reason from an error of the SDK. Uses the error's name alone, since a message may hold anything. */
function unreadable(place: string, error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof Unreadable) return error;
  const mend = MENDS[error.name] ?? "see the AWS credentials, the Region and the network that the environment gives";
  return new Unreadable(`${place} cannot be read (${error.name}): ${mend}`);
}

const NEEDS = "the AWS credentials need s3:GetObject and s3:ListBucket there; name a profile with AWS_PROFILE";
const MENDS: Readonly<Record<string, string>> = {
  AccessDenied: NEEDS,
  Forbidden: NEEDS,
  CredentialsProviderError: NEEDS,
  ExpiredToken: "the AWS credentials have expired: sign in again",
  NoSuchBucket: "there is no such bucket",
};
