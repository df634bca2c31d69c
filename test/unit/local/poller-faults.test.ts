import { createHash } from "node:crypto";
import type { ServerResponse } from "node:http";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { BusSource, QueueSource } from "../../../local/event-sources.ts";
import { type LoopbackServer, listen } from "../../loopback-server.ts";

const KEYS = { accessKeyId: "AKIA", secretAccessKey: "secret", sessionToken: "token" };
const MD5OfBody = createHash("md5").update("important").digest("hex");
const MESSAGE = { MessageId: "m-1", ReceiptHandle: "r-1", Body: "important", MD5OfBody, Attributes: {} };

/** A queue behind a wire that is cut in the middle of the first answers. */
let server: LoopbackServer;
let cuts: number;
let left: object[];
let unhandled: unknown[];
const note = (error: unknown) => void unhandled.push(error);
beforeEach(async () => {
  left = [MESSAGE];
  unhandled = [];
  process.on("unhandledRejection", note);
  server = await listen((request, response) => {
    const isDelete = request.headers["x-amz-target"] === "AmazonSQS.DeleteMessageBatch";
    if (cuts > 0) return cut(response);
    const answer = isDelete ? { Successful: [{ Id: "0" }], Failed: [] } : { Messages: left.splice(0) };
    response.writeHead(200, { "content-type": "application/x-amz-json-1.0" }).end(JSON.stringify(answer));
  });
});
afterEach(async () => {
  process.off("unhandledRejection", note);
  vi.restoreAllMocks();
  await server.close();
});

function cut(response: ServerResponse): void {
  cuts -= 1;
  response.writeHead(200, { "content-type": "application/x-amz-json-1.0", "content-length": 1_000 });
  response.write('{"Messages":[');
  setImmediate(() => response.socket?.destroy());
}

describe("I10: a queue whose poller is cut off in the middle of an answer", () => {
  it.each([1, 3, 5])(
    "%s times hands over its message all the same, and ends nothing else",
    async (times) => {
      const complaints = vi.spyOn(process.stderr, "write").mockImplementation(() => true);
      cuts = times;
      const seen: unknown[] = [];
      const host = { invoke: async (event: unknown) => void seen.push(event), close: async () => undefined };
      const url = `${server.url}`;
      const source = new QueueSource(`${url}/999900001111/later`, KEYS, url, host);
      source.nudge();
      await vi.waitFor(() => expect(seen).toHaveLength(1), 60_000);
      await source.settled();
      expect(unhandled).toEqual([]);
      // The SDK itself tries three times.
      if (times >= 3) expect(complaints).toHaveBeenCalledWith(expect.stringContaining(":later: "));
    },
    120_000,
  );
});

describe("I10: a queue whose function timed out", () => {
  it("hands its message over again once it is visible, though nothing else is sent", async () => {
    vi.spyOn(process.stderr, "write").mockReturnValue(true);
    cuts = 0;
    let invoked = 0;
    const invoke = async () => {
      invoked += 1;
      if (invoked > 1) return;
      // Not deleted: visible again after a while.
      setTimeout(() => left.push(MESSAGE), 300);
      throw new Error("timed out");
    };
    const source = new QueueSource(`${server.url}/999900001111/later`, KEYS, server.url, {
      invoke,
      close: async () => undefined,
    });
    source.nudge();
    await vi.waitFor(() => expect(invoked).toBe(2), 60_000);
    await source.stop();
  });
});

describe("I10: a bus that was given an event which is no JSON", () => {
  it("complains, and hands over the next", async () => {
    const complaints = vi.spyOn(process.stderr, "write").mockImplementation(() => true);
    const seen: unknown[] = [];
    const host = { invoke: async (event: unknown) => void seen.push(event), close: async () => undefined };
    const bus = new BusSource([{ pattern: { source: ["valetkey.request"] } }] as never, host);
    const event = { id: "1", source: "valetkey.request", account: "1", time: "", region: "", detailType: "x" };
    bus.put({ ...event, detail: "{" } as never);
    bus.put({ ...event, detail: '{"a":1}' } as never);
    await bus.settled();
    expect(seen).toMatchObject([{ detail: { a: 1 } }]);
    expect(complaints).toHaveBeenCalled();
    expect(unhandled).toEqual([]);
  });
});
