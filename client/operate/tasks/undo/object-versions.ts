import { ListObjectVersionsCommand, S3Client } from "@aws-sdk/client-s3";
import { defined } from "../../../../functions/core/defined.ts";
import { settingsOf } from "../../../doctor/aws/aws-access.ts";
import { hasCredentials } from "../../../doctor/aws/has-credentials.ts";
import { ClientError } from "../../../exit-codes.ts";
import type { ObjectVersion } from "./way-back.ts";

/** Reads an object's versions, the newest first, up to the first that is not among the given ones. */
export type ReadVersions = (bucket: string, key: string, own: ReadonlySet<string>) => Promise<readonly ObjectVersion[]>;

/** Region in which S3 is asked first; it names a bucket's own where that is another. */
const FIRST_REGION = "us-east-1";

/** Entity tag of a version, which a command's condition names. */
const ETAG = /^"[\w.-]{1,64}"$/;

/**
 * Makes the reader of versions, with the credentials of the environment. It lists, and reads no object.
 * @throws {ClientError} identity where nobody chose AWS credentials.
 */
export function versionsReader(env: NodeJS.ProcessEnv): ReadVersions {
  if (!hasCredentials(env))
    throw new ClientError(
      "identity",
      "aws_credentials_missing",
      "the plan lists versions of objects with your own AWS credentials, which may s3:ListBucketVersions: set AWS_PROFILE, or the variables of a key",
    );
  const region = env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? FIRST_REGION;
  const s3 = new S3Client({
    ...settingsOf({ account: "", region }),
    followRegionRedirects: true,
    forcePathStyle: (env.AWS_ENDPOINT_URL_S3 ?? env.AWS_ENDPOINT_URL) !== undefined,
  });
  return async (bucket, key, own) => {
    const found: ObjectVersion[] = [];
    for (;;) {
      const next = await oneAfter(s3, bucket, key, found.at(-1)?.id);
      // Entries that came twice would hide the version before them.
      if (next && found.some(({ id }) => id === next.id)) throw new Error("the list of versions repeats itself");
      if (next) found.push(next);
      if (!next || !own.has(next.id)) return found;
    }
  };
}

/**
 * Reads one entry of an object's list. A longer page has versions and delete markers apart, without the order of those
 * of the same second.
 * @param after id of the entry before; the newest entry without it.
 * @returns undefined at the end of the object's entries.
 * @throws the SDK's own errors, and an error for an answer that is not the list that was requested.
 */
async function oneAfter(
  s3: S3Client,
  Bucket: string,
  key: string,
  after: string | undefined,
): Promise<ObjectVersion | undefined> {
  const page = await s3.send(
    new ListObjectVersionsCommand({
      Bucket,
      Prefix: key,
      MaxKeys: 1,
      ...defined({ KeyMarker: after === undefined ? undefined : key, VersionIdMarker: after }),
    }),
  );
  const { Versions: versions = [], DeleteMarkers: markers = [] } = page;
  const [version] = versions;
  const [marker] = markers;
  const listed = versions.length + markers.length;
  // An empty answer of something else than S3 would read as the end of the list, and so as no version before.
  if (page.Name !== Bucket || listed > 1 || (listed === 0 && page.IsTruncated))
    throw new Error("it is no list of versions");
  if (version && !ETAG.test(version.ETag ?? "")) throw new Error("it has a version without an entity tag");
  const entry = version ?? marker;
  // Keys that begin with the object's follow it in the list.
  if (!entry || entry.Key !== key) return undefined;
  return {
    id: entry.VersionId ?? "null",
    isMarker: version === undefined,
    at: Math.floor((entry.LastModified?.getTime() ?? Number.POSITIVE_INFINITY) / 1_000),
    bytes: version?.Size ?? 0,
    storage: version?.StorageClass ?? "",
    etag: version?.ETag ?? "",
  };
}
