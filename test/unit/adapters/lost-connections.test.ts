import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { COLLECT_BOUNDS, JOURNAL_BOUNDS, S3Archive } from "../../../functions/adapters/s3/s3-archive.ts";
import { S3Log } from "../../../functions/adapters/s3/s3-log.ts";
import { SqsQueue } from "../../../functions/adapters/sqs/sqs-queue.ts";
import { FUNCTION_SETTINGS } from "../../../infra/function-settings.ts";

/** Requests so far. AWS answers none of the first ones, as on a connection that is lost. */
let requests = 0;
let lost = 0;
const server = createServer((request, response) => {
  requests += 1;
  request.resume();
  if (requests > lost) response.end('{"Successful":[],"Failed":[]}');
});
let endpoint = "";

beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => {
  requests = 0;
  for (const [name, value] of Object.entries({
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "ASIAEXAMPLE",
    AWS_SECRET_ACCESS_KEY: "none",
  }))
    vi.stubEnv(name, value);
});
afterEach(() => vi.unstubAllEnvs());
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

describe("a connection that AWS has lost", () => {
  it("delays a message to a queue by one attempt, and does not hold the function", async () => {
    lost = 1;
    await new SqsQueue(`${endpoint}/999900001111/queue`).send([{ MessageBody: "{}" }]);
    expect(requests).toBe(2);
  }, 20_000);

  it("delays a reader of the log by one attempt", async () => {
    lost = 1;
    await new S3Log("bucket").read("key");
    expect(requests).toBe(2);
  }, 20_000);

  it("ends a call by the bounds that it is given", async () => {
    lost = Number.POSITIVE_INFINITY;
    const archive = new S3Archive("bucket", { bounds: { attempts: 2, attemptMs: 300 } });
    await expect(archive.read("key")).rejects.toMatchObject({ name: "TimeoutError" });
    expect(requests).toBe(2);
  }, 20_000);
});

/** Time that the SDK waits between attempts; milliseconds. */
const BACKOFF_MS = 1_000;

it.each([
  ["collect", COLLECT_BOUNDS],
  ["journal", JOURNAL_BOUNDS],
] as const)("all attempts of %s at the archive end before the function's time-out", (name, { attempts, attemptMs }) => {
  expect(attempts * (attemptMs + BACKOFF_MS)).toBeLessThan(1_000 * FUNCTION_SETTINGS[name].timeoutSeconds);
});
