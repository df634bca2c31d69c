import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { versionsReader } from "../../../../../client/operate/tasks/undo/object-versions.ts";
import { type ServedEntry, serveVersions, type WrongAnswer } from "./serve-versions.ts";

const AT = "2026-11-25T09:30:00.000Z";
const SECONDS = Date.parse(AT) / 1_000;

let s3: Awaited<ReturnType<typeof serveVersions>>;
let buckets: Record<string, readonly ServedEntry[]>;
let wrong: ((query: URLSearchParams) => WrongAnswer | undefined) | undefined;

/** Reads versions of a key of the bucket, up to the first that is not among the given ones. */
const read = (key: string, ...own: readonly string[]) => versionsReader(process.env)("acme", key, new Set(own));
const ids = async (...asked: Parameters<typeof read>) => (await read(...asked)).map(({ id }) => id);

beforeEach(async () => {
  buckets = { acme: [] };
  wrong = undefined;
  s3 = await serveVersions(new Proxy({}, { get: (_, name) => buckets[String(name)] }) as typeof buckets, (query) =>
    wrong?.(query),
  );
  Object.assign(process.env, {
    ...{ AWS_ACCESS_KEY_ID: "AKIDEXAMPLE", AWS_SECRET_ACCESS_KEY: "x", AWS_ENDPOINT_URL_S3: s3.url },
  });
});
afterEach(() => s3.close());

describe("the versions of an object", () => {
  const one = `<Version><Key>a</Key><VersionId>v1</VersionId><LastModified>${AT}</LastModified><ETag>"e"</ETag></Version>`;

  it("are read one a page, the newest first, up to the first that is not the task's", async () => {
    buckets.acme = ["v5", "v4", "v3", "v2", "v1"].map((id) => ({ key: "a", id, at: AT }));
    expect(await ids("a", "v5", "v4", "v1")).toEqual(["v5", "v4", "v3"]);
    expect(s3.asked.map(({ method, bucket, query }) => [method, bucket, query.get("version-id-marker")])).toEqual([
      ["GET", "acme", null],
      ["GET", "acme", "v5"],
      ["GET", "acme", "v4"],
    ]);
    expect(s3.asked.every(({ query }) => query.has("versions") && query.get("max-keys") === "1")).toBe(true);
  });

  it("keep their order among delete markers of the same second", async () => {
    buckets.acme = [
      { key: "a", id: "m2", isMarker: true, at: AT },
      { key: "a", id: "v1", at: AT, bytes: 7, storage: "GLACIER" },
      { key: "a", id: "m1", isMarker: true, at: AT },
    ];
    expect(await read("a", "m2", "v1")).toEqual([
      { id: "m2", isMarker: true, at: SECONDS, bytes: 0, storage: "", etag: "" },
      { id: "v1", isMarker: false, at: SECONDS, bytes: 7, storage: "GLACIER", etag: '"e-v1"' },
      { id: "m1", isMarker: true, at: SECONDS, bytes: 0, storage: "", etag: "" },
    ]);
  });

  it("end with the object's own: those of a longer key are another object's", async () => {
    buckets.acme = [
      { key: "a", id: "v1", at: AT },
      { key: "a/b", id: "w1", at: AT },
      { key: "ab", id: "x1", at: AT },
    ];
    expect(await ids("a", "v1", "w1", "x1")).toEqual(["v1"]);
    expect(await ids("a/", "v1", "w1")).toEqual([]);
    expect(await ids("none")).toEqual([]);
  });

  it.each(["&amp;", "a&b <c> \"d\" 'e'", " lead and trail ", "ä/日本/🗝", "a+b%20c", "a/../b", "?versionId=v1"])(
    "of key %j are found by the very key",
    async (key) => {
      buckets.acme = [
        { key, id: "v2", at: AT },
        { key, id: "v1", at: AT },
      ];
      expect(await ids(key, "v2")).toEqual(["v2", "v1"]);
      expect(s3.asked[0]?.query.get("prefix")).toBe(key);
    },
  );

  it("without an id have the id null, and without a time are later than every write", async () => {
    buckets.acme = [{ key: "a" }];
    expect(await read("a")).toMatchObject([{ id: "null", at: Number.POSITIVE_INFINITY }]);
  });

  it("in a list that repeats itself are an error, since the version before would never come", async () => {
    wrong = () => ({ status: 200, body: `<ListVersionsResult><Name>acme</Name>${one}</ListVersionsResult>` });
    await expect(read("a", "v1")).rejects.toThrow("repeats itself");
    expect(s3.asked).toHaveLength(2);
  });

  it.each(["", "e", '"e', '"file:///etc/passwd"', '"a b"'])("with the entity tag %j are an error", async (etag) => {
    buckets.acme = [{ key: "a", id: "v1", at: AT, etag }];
    await expect(read("a")).rejects.toThrow("entity tag");
  });

  it.each([
    [403, "AccessDenied"],
    [404, "NoSuchBucket"],
  ])("that S3 refuses with %s are an error with S3's name", async (status, code) => {
    wrong = () => ({ status, body: `<Error><Code>${code}</Code><Message>x</Message></Error>` });
    await expect(read("a")).rejects.toMatchObject({ name: code });
  });

  it.each([
    ["is no list", "<html>Sign in</html><p>"],
    ["is of another bucket", "<ListVersionsResult><Name>other</Name></ListVersionsResult>"],
    ["names no bucket", "<ListVersionsResult/>"],
    [
      "has two entries, in no order",
      `<ListVersionsResult><Name>acme</Name>${one}${one.replace("v1", "v2")}</ListVersionsResult>`,
    ],
    [
      "is empty, and not the end",
      "<ListVersionsResult><Name>acme</Name><IsTruncated>true</IsTruncated></ListVersionsResult>",
    ],
  ])("of an answer that %s are an error, and no end of the list", async (_, body) => {
    buckets.acme = [{ key: "a", id: "v2", at: AT }];
    wrong = (query) => (query.has("version-id-marker") ? { status: 200, body } : undefined);
    await expect(read("a", "v2")).rejects.toThrow();
  });

  it("end where S3 lists nothing more", async () => {
    buckets.acme = [{ key: "a", id: "v2", at: AT }];
    expect(await ids("a", "v2")).toEqual(["v2"]);
  });
});
