import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { sdkTable } from "../../../functions/adapters/dynamodb/table/sdk-table-client.ts";
import { WATCHING_BOUNDS } from "../../../functions/adapters/dynamodb/table/table-bounds.ts";
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

describe("an idle connection that DynamoDB closes, as of a function that was frozen", () => {
  /** Answers the first request of each connection, and closes the connection at the second. */
  const closing = createServer((request, response) => {
    const { socket } = request;
    const seen = (served.get(socket) ?? 0) + 1;
    served.set(socket, seen);
    asked += 1;
    if (seen > 1 || refuses) socket.resetAndDestroy();
    else response.end("{}");
  });
  const served = new WeakMap<object, number>();
  let [asked, refuses] = [0, false];

  beforeEach(async () => {
    [asked, refuses] = [0, false];
    if (!closing.listening) await once(closing.listen(0, "127.0.0.1"), "listening");
    vi.stubEnv("AWS_ENDPOINT_URL", `http://127.0.0.1:${(closing.address() as AddressInfo).port}`);
  });
  afterAll(() => {
    closing.closeAllConnections();
    closing.close();
  });

  it("delays a function that tries once by one call", async () => {
    const table = sdkTable("table", WATCHING_BOUNDS);
    expect(await table.get({ pk: "a", sk: "b" })).toBeUndefined();
    expect(await table.get({ pk: "a", sk: "b" })).toBeUndefined();
    expect(asked).toBe(3);
  }, 20_000);

  it("is tried once more and not longer", async () => {
    refuses = true;
    await expect(sdkTable("table", WATCHING_BOUNDS).get({ pk: "a", sk: "b" })).rejects.toThrow();
    expect(asked).toBe(2);
  }, 20_000);
});
