import { xmlAnswer } from "../answers.ts";
import { encodeRfc3986 } from "../rfc3986.ts";
import type { Answer } from "../wire-request.ts";
import type { Bucket, StoredObject } from "./buckets.ts";

const MAX_KEYS = 1000;

type Entry = { readonly name: string; readonly object?: StoredObject };

/** ListObjectsV2: keys in order, folded at the delimiter, a page at a time. The continuation token is the last name given out. */
export function listObjects(bucket: Bucket, query: ReadonlyMap<string, string>): Answer {
  const prefix = query.get("prefix") ?? "";
  const delimiter = query.get("delimiter") ?? "";
  const limit = Math.min(Number(query.get("max-keys") ?? MAX_KEYS) || 0, MAX_KEYS);
  const startAfter = query.get("start-after");
  const token = query.get("continuation-token");
  const after = token === undefined ? (startAfter ?? "") : Buffer.from(token, "base64url").toString();
  const isUrlEncoded = query.get("encoding-type") === "url";
  const name = (text: string): string => (isUrlEncoded ? encodeRfc3986(text).replaceAll("%2F", "/") : text);
  const entries = entriesOf(bucket, prefix, delimiter).filter((entry) => inBytes(entry.name, after) > 0);
  const page = entries.slice(0, limit);
  const isTruncated = page.length < entries.length;
  return xmlAnswer({
    ListBucketResult: {
      Name: bucket.name,
      Prefix: name(prefix),
      ...(delimiter === "" ? {} : { Delimiter: name(delimiter) }),
      ...(isUrlEncoded ? { EncodingType: "url" } : {}),
      ...(startAfter === undefined ? {} : { StartAfter: name(startAfter) }),
      ...(token === undefined ? {} : { ContinuationToken: token }),
      MaxKeys: limit,
      KeyCount: page.length,
      IsTruncated: String(isTruncated),
      ...(isTruncated ? { NextContinuationToken: Buffer.from(page.at(-1)?.name ?? "").toString("base64url") } : {}),
      Contents: page.flatMap((entry) => (entry.object ? [contents(name(entry.name), entry.object)] : [])),
      CommonPrefixes: page.flatMap((entry) => (entry.object ? [] : [{ Prefix: name(entry.name) }])),
    },
  });
}

function entriesOf(bucket: Bucket, prefix: string, delimiter: string): Entry[] {
  const entries = new Map<string, Entry>();
  for (const [key, object] of bucket.objects) {
    if (!key.startsWith(prefix)) continue;
    const fold = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
    if (fold < 0) entries.set(key, { name: key, object });
    else {
      const folded = key.slice(0, fold + delimiter.length);
      entries.set(folded, { name: folded });
    }
  }
  return [...entries.values()].sort((a, b) => inBytes(a.name, b.name));
}

/** Order of names: that of their UTF-8 bytes. */
const inBytes = (one: string, other: string): number => Buffer.compare(Buffer.from(one), Buffer.from(other));

function contents(key: string, object: StoredObject): Record<string, string | number> {
  return {
    Key: key,
    LastModified: new Date(object.lastModified).toISOString(),
    ETag: object.etag,
    Size: object.body.length,
    StorageClass: "STANDARD",
  };
}
