import { Readable } from "node:stream";
import { GetObjectCommand, ListObjectsV2Command, S3Client, type S3ClientConfig } from "@aws-sdk/client-s3";
import { MOST_OBJECT_BYTES } from "../../../functions/core/archive/archive-store.ts";
import { defined } from "../../../functions/core/defined.ts";
import type { ArchiveSource } from "../archive-source.ts";

/**
 * Archive in its bucket, read with the credentials of the settings. Errors are the SDK's own.
 * @param prefix start of the archive's keys in the bucket, `copies/hub/`; none for the hub's own bucket.
 */
export function bucketSource(Bucket: string, settings: S3ClientConfig, prefix = ""): ArchiveSource {
  const s3 = new S3Client({ forcePathStyle: process.env.AWS_ENDPOINT_URL !== undefined, ...settings });
  return {
    read: async (key) => {
      try {
        const { Body, ContentLength: length = 0 } = await s3.send(
          new GetObjectCommand({ Bucket, Key: `${prefix}${key}` }),
        );
        const isOurs = length <= MOST_OBJECT_BYTES;
        if (!isOurs && Body instanceof Readable) Body.destroy();
        return Buffer.from((isOurs ? await Body?.transformToByteArray() : undefined) ?? []);
      } catch (error) {
        if ((error as Error).name === "NoSuchKey") return undefined;
        throw error;
      }
    },
    list: async (folder) => {
      const keys: string[] = [];
      let from: string | undefined;
      do {
        const page = await s3.send(
          new ListObjectsV2Command({
            Bucket,
            Prefix: `${prefix}${folder}/`,
            ...defined({ ContinuationToken: from }),
          }),
        );
        keys.push(...(page.Contents ?? []).flatMap(({ Key }) => Key?.slice(prefix.length) ?? []));
        from = page.NextContinuationToken;
      } while (from !== undefined);
      return keys.toSorted();
    },
  };
}
