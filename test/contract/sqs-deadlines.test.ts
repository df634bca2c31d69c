import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FunctionName } from "../../contract/names.ts";
import { SqsDeadlines } from "../../functions/adapters/sqs/sqs-deadlines.ts";
import type { TaskPath } from "../../functions/core/task-path.ts";
import { type LocalAccounts, speakTo, startAccounts } from "../../local/cloud/local-accounts.ts";
import { listen } from "../loopback-server.ts";

/** The test advances the time, so that a busy machine makes no message come early. */
let clockMs = Date.now();
const nowMs = () => clockMs;
const pass = (seconds: number) => {
  clockMs += seconds * 1_000;
};

let accounts: LocalAccounts;
beforeAll(async () => {
  accounts = await startAccounts(nowMs);
});
afterAll(() => accounts.close());

const as = (name: FunctionName, url = accounts.deadlinesUrl) => {
  accounts.become(name);
  return new SqsDeadlines(url, { nowMs });
};
const leases = (count: number, seconds: number) =>
  Array.from({ length: count }, (_, index) => ({
    path: "k7f3m2q9x4ab." as TaskPath,
    name: `postgres-${index}`,
    dueAt: nowMs() / 1_000 + seconds,
  }));

/** Lists the visible messages, with the rights of the revoke-leases function. */
async function visible() {
  accounts.become("revoke-leases");
  const receive = new ReceiveMessageCommand({ QueueUrl: accounts.deadlinesUrl, MaxNumberOfMessages: 10 });
  const { Messages: messages = [] } = await new SQSClient({}).send(receive);
  return messages.map(({ Body, ReceiptHandle = "" }) => ({ body: JSON.parse(Body ?? ""), ReceiptHandle }));
}
async function drain(): Promise<readonly unknown[]> {
  const bodies: unknown[] = [];
  for (let found = await visible(); found.length > 0; found = await visible()) {
    bodies.push(...found.map(({ body }) => body));
    const sqs = new SQSClient({});
    for (const { ReceiptHandle } of found)
      await sqs.send(new DeleteMessageCommand({ QueueUrl: accounts.deadlinesUrl, ReceiptHandle }));
  }
  return bodies;
}

describe("SqsDeadlines, as the relay and the revoke-leases function", () => {
  it("sends a message for each deadline, more than ten too, that becomes visible when it is due and not a second before", async () => {
    await as("relay").set(leases(23, 60));
    pass(59);
    expect(await drain()).toEqual([]);
    pass(2);
    const bodies = (await drain()) as { readonly name: string }[];
    expect(bodies.map(({ name }) => name).sort()).toEqual(
      leases(23, 0)
        .map(({ name }) => name)
        .sort(),
    );
    expect(bodies[0]).toEqual({ path: "k7f3m2q9x4ab.", name: expect.any(String) });
  });

  it.each([-60, 0])("shows a deadline due in %i seconds at once", async (seconds) => {
    await as("relay").set(leases(1, seconds));
    expect(await drain()).toHaveLength(1);
  });

  it.each([
    ["after fifteen minutes, since SQS delays nothing for longer", 43_200, 42_300, 42_301],
    ["by twelve hours at most, whatever is requested", 900, 90_000, 43_141],
  ])("postpones a later deadline %s", async (_, dueSeconds, holdSeconds, outOfSightSeconds) => {
    await as("relay").set(leases(1, dueSeconds));
    pass(901);
    const [message] = await visible();
    await as("revoke-leases").postpone(message?.ReceiptHandle ?? "", holdSeconds);
    pass(outOfSightSeconds - 2);
    expect(await drain()).toEqual([]);
    pass(2);
    expect(await drain()).toHaveLength(1);
  });

  it.each([0.01, 0, -5])(
    "hides a message for a second at least, or it would be delivered again at once: %d s",
    async (seconds) => {
      await as("relay").set(leases(1, 0));
      const [message] = await visible();
      await as("revoke-leases").postpone(message?.ReceiptHandle ?? "", seconds);
      expect(await drain()).toEqual([]);
      pass(1);
      expect(await drain()).toHaveLength(1);
    },
  );

  it("recognises its own messages by their queue, and no other's", () => {
    const deadlines = as("revoke-leases");
    expect(deadlines.isFrom("arn:aws:sqs:us-east-1:999900001111:valetkey-deadlines")).toBe(true);
    for (const other of [
      undefined,
      "",
      "arn:aws:sqs:us-east-1:999900001111:valetkey-lease-revocations.fifo",
      "x-deadlines",
    ])
      expect(deadlines.isFrom(other)).toBe(false);
  });

  it("sends nothing for an empty list, and throws where the queue does not exist", async () => {
    await as("relay").set([]);
    expect(await drain()).toEqual([]);
    const nowhere = as("relay", `${accounts.deadlinesUrl}-else`);
    await expect(nowhere.set(leases(1, 0))).rejects.toThrow();
    await expect(nowhere.postpone("x", 1)).rejects.toThrow();
  });

  it("throws where SQS accepted only some messages, although its answer is a 200", async () => {
    const failed = { Id: "1", Code: "InternalError", SenderFault: false };
    const server = await listen((_, response) =>
      response.setHeader("content-type", "application/x-amz-json-1.0").end(JSON.stringify({ Failed: [failed] })),
    );
    const endpoint = server.url;
    speakTo(endpoint, { accessKeyId: "ASIAX", secretAccessKey: "x", sessionToken: "x" });
    const deadlines = new SqsDeadlines(`${endpoint}/999900001111/valetkey-deadlines`, { nowMs });
    await expect(deadlines.set(leases(2, 60))).rejects.toThrow("1 deadlines were not set");
    await server.close();
  });
});
