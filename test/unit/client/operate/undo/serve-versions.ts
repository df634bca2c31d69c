import { listen } from "../../../../loopback-server.ts";

/** Entry of a bucket's list of versions. */
export interface ServedEntry {
  readonly key: string;
  readonly id?: string;
  readonly isMarker?: boolean;
  /** Instant; absent for an entry without one. */
  readonly at?: string;
  readonly bytes?: number;
  readonly storage?: string;
  /** Entity tag, with its quotes. */
  readonly etag?: string;
}

/** Answer in place of the list. */
export interface WrongAnswer {
  readonly status: number;
  readonly body: string;
}

/**
 * Serves the lists of versions of buckets, as ListObjectVersions pages them: keys in the order of their bytes, the newest
 * entry of a key first.
 * @param buckets entries of each bucket, those of a key newest first. They are read anew for each request.
 * @param wrongly makes another answer to a request; undefined for the list.
 */
export async function serveVersions(
  buckets: Readonly<Record<string, readonly ServedEntry[]>>,
  wrongly: (query: URLSearchParams) => WrongAnswer | undefined = () => undefined,
) {
  const asked: { readonly method: string; readonly bucket: string; readonly query: URLSearchParams }[] = [];
  const server = await listen((request, response) => {
    const { pathname, searchParams: query } = new URL(request.url ?? "", "http://s3");
    const bucket = pathname.slice(1).replace(/\/$/, "");
    asked.push({ method: request.method ?? "", bucket, query });
    const entries = buckets[bucket];
    const missing = { status: 404, body: "<Error><Code>NoSuchBucket</Code></Error>" };
    const { status, body } =
      wrongly(query) ?? (entries ? { status: 200, body: pageOf(bucket, entries, query) } : missing);
    response.writeHead(status, { "content-type": "application/xml" }).end(body);
  });
  return { ...server, asked };
}

function pageOf(bucket: string, entries: readonly ServedEntry[], query: URLSearchParams): string {
  const [prefix, most] = [query.get("prefix") ?? "", Number(query.get("max-keys") ?? 1_000)];
  const [key, id] = [query.get("key-marker"), query.get("version-id-marker")];
  const all = entries
    .filter((entry) => entry.key.startsWith(prefix))
    .toSorted((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
  const after = all.findIndex((entry) => entry.key === key && (entry.id ?? "null") === id);
  const from = all.slice(key === null ? 0 : after + 1);
  const page = from.slice(0, most);
  return `<?xml version="1.0" encoding="UTF-8"?>
<ListVersionsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>${bucket}</Name><Prefix>${escaped(prefix)}</Prefix>
<MaxKeys>${most}</MaxKeys><IsTruncated>${from.length > most}</IsTruncated>${page.map(elementOf).join("")}</ListVersionsResult>`;
}

function elementOf({
  key,
  id,
  isMarker = false,
  at,
  bytes = 1,
  storage = "STANDARD",
  etag = `"e-${id}"`,
}: ServedEntry): string {
  const fields = [
    `<Key>${escaped(key)}</Key>`,
    ...(id === undefined ? [] : [`<VersionId>${escaped(id)}</VersionId>`]),
    ...(at === undefined ? [] : [`<LastModified>${at}</LastModified>`]),
    ...(isMarker ? [] : [`<Size>${bytes}</Size><StorageClass>${storage}</StorageClass><ETag>${escaped(etag)}</ETag>`]),
  ].join("");
  return isMarker ? `<DeleteMarker>${fields}</DeleteMarker>` : `<Version>${fields}</Version>`;
}

const escaped = (text: string): string =>
  text.replace(/[&<>"'\r\n\t]/g, (character) => `&#${character.codePointAt(0)};`);
