import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { bucketSource } from "../../../client/audit/aws/bucket-source.ts";
import { S3Archive } from "../../../functions/adapters/s3/s3-archive.ts";
import { MOST_OBJECT_BYTES } from "../../../functions/core/archive/archive-store.ts";
import { type LoopbackServer, listen } from "../../loopback-server.ts";

describe("an object of the archive's bucket that is larger than any of ours", () => {
  let s3: LoopbackServer;
  beforeAll(async () => {
    // Sends of a large object its length alone: whoever reads the body waits for it.
    s3 = await listen((request, response) => {
      if (request.url?.includes("cold")) {
        response.writeHead(403, { "content-type": "application/xml" });
        response.end("<Error><Code>InvalidObjectState</Code><Message>restore it first</Message></Error>");
        return;
      }
      const isLarge = request.url?.includes("large") === true;
      response.writeHead(200, { "content-length": isLarge ? MOST_OBJECT_BYTES + 1 : 3 });
      if (isLarge) response.flushHeaders();
      else response.end("own");
    });
    vi.stubEnv("AWS_ENDPOINT_URL", s3.url);
    vi.stubEnv("AWS_REGION", "us-east-1");
    vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await s3.close();
  });

  it.each([
    ["the functions", async (key: string) => (await new S3Archive("bucket").read(key))?.body],
    ["an auditor's command", (key: string) => bucketSource("bucket", {}).read(key)],
  ])("is read as an empty one by %s", async (_, read) => {
    const bodies = [await read("incoming/large"), await read("incoming/own")];
    expect(bodies.map((body) => body?.toString())).toEqual(["", "own"]);
  });

  it("is as empty to the functions as one of a class from which it has to be restored: neither stops the log", async () => {
    expect((await new S3Archive("bucket").read("incoming/cold"))?.body.toString()).toBe("");
  });
});
