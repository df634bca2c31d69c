import { expect, it } from "vitest";
import { Queue } from "../../../local/emulator/services/sqs-queue.ts";

const fifo = (): Queue => new Queue({ name: "q.fifo", contentBasedDeduplication: true, visibilityTimeoutSeconds: 30 });
const send = (queue: Queue, body: string, group: string, now = 0): string =>
  queue.send({ body, group, senderId: "s" }, now).id;
const bodies = (queue: Queue, now: number, limit = 10): string[] =>
  queue.receive(limit, 30, now).map((message) => message.body);

it("delivers a group in order, and nothing more of it while one is in flight", () => {
  const queue = fifo();
  for (const body of ["a1", "a2"]) send(queue, body, "a");
  send(queue, "b1", "b");
  expect(bodies(queue, 0, 1)).toEqual(["a1"]);
  expect(bodies(queue, 1)).toEqual(["b1"]);
  expect(bodies(queue, 2)).toEqual([]);
});

it("gives several of one group in one batch", () => {
  const queue = fifo();
  for (const body of ["a1", "a2", "a3"]) send(queue, body, "a");
  expect(bodies(queue, 0)).toEqual(["a1", "a2", "a3"]);
});

it("goes on with the group once the message is deleted", () => {
  const queue = fifo();
  for (const body of ["a1", "a2"]) send(queue, body, "a");
  const [first] = queue.receive(1, 30, 0);
  expect(queue.delete(first?.receiptHandle ?? "")).toBe(true);
  expect(bodies(queue, 1)).toEqual(["a2"]);
});

it("delivers again, and first, what was not deleted in time", () => {
  const queue = fifo();
  for (const body of ["a1", "a2"]) send(queue, body, "a");
  const [first] = queue.receive(1, 30, 0);
  expect(bodies(queue, 29_999)).toEqual([]);
  expect(bodies(queue, 30_000, 1)).toEqual(["a1"]);
  expect(first?.receiveCount).toBe(2);
});

it("takes an old receipt handle for no message after a second delivery", () => {
  const queue = fifo();
  send(queue, "a1", "a");
  const handle = queue.receive(1, 30, 0)[0]?.receiptHandle ?? "";
  queue.receive(1, 30, 30_000);
  expect(queue.delete(handle)).toBe(false);
});

it("drops a duplicate for five minutes, and not longer", () => {
  const queue = fifo();
  const first = send(queue, "same", "a", 0);
  expect(send(queue, "same", "a", 299_999)).toBe(first);
  expect(send(queue, "same", "a", 300_000)).not.toBe(first);
  expect(bodies(queue, 300_000)).toEqual(["same", "same"]);
});

it("treats messages with deduplication ids of their own as distinct", () => {
  const queue = fifo();
  for (const deduplicationId of ["1", "2", "2"])
    queue.send({ body: "x", group: "a", deduplicationId, senderId: "s" }, 0);
  expect(bodies(queue, 0)).toHaveLength(2);
});

it("a standard queue knows neither groups nor duplicates", () => {
  const queue = new Queue({ name: "q" });
  for (const body of ["x", "x"]) queue.send({ body, senderId: "s" }, 0);
  expect(bodies(queue, 0, 1)).toEqual(["x"]);
  expect(bodies(queue, 0, 1)).toEqual(["x"]);
  expect(queue.counts(0)).toEqual({ visible: 0, inFlight: 2 });
});

it("visibility 0 gives a message back at once, a delay holds it back", () => {
  const queue = new Queue({ name: "q" });
  queue.send({ body: "x", delaySeconds: 5, senderId: "s" }, 0);
  expect(bodies(queue, 4999)).toEqual([]);
  const [message] = queue.receive(1, 30, 5000);
  expect(queue.changeVisibility(message?.receiptHandle ?? "", 0, 5001)).toBe(true);
  expect(bodies(queue, 5001)).toEqual(["x"]);
});

it("wakes whoever waits for a message", async () => {
  const queue = fifo();
  const waiting = queue.changed(10_000);
  send(queue, "a1", "a");
  await waiting;
});
