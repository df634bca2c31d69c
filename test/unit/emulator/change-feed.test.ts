import { setTimeout as sleep } from "node:timers/promises";
import { expect, it, vi } from "vitest";
import { ChangeFeed, ChangeFeeds } from "../../../local/emulator/change-feed.ts";
import type { TableChange } from "../../../local/emulator/table-change.ts";

const change = (id: string): TableChange => ({
  account: "999900001111",
  table: "t",
  operation: "Delete",
  keys: { pk: { S: id } },
});
const ids = (changes: readonly TableChange[]): string => changes.map(({ keys }) => keys.pk?.S).join("");

it("hands over what came while the consumer worked as one batch, in order, and never two batches at once", async () => {
  const seen: string[] = [];
  let working = 0;
  const feed = new ChangeFeed(async (changes) => {
    working += 1;
    expect(working).toBe(1);
    await sleep(5);
    seen.push(ids(changes));
    working -= 1;
  });
  feed.push([change("a"), change("b")]);
  await sleep(1);
  feed.push([change("c")]);
  feed.push([change("d")]);
  await feed.settled();
  expect(seen.join("|")).toMatch(/^ab\|cd$|^abcd$/);
});

it("does not call the consumer before the writer goes on", async () => {
  const consumer = vi.fn();
  const feed = new ChangeFeed(consumer);
  feed.push([change("a")]);
  await Promise.resolve();
  expect(consumer).not.toHaveBeenCalled();
  await feed.settled();
  expect(consumer).toHaveBeenCalledOnce();
});

it("tries a failing batch again before the next one", async () => {
  const seen: string[] = [];
  const feed = new ChangeFeed((changes) => {
    seen.push(ids(changes));
    if (seen.length < 3) throw new Error("not yet");
  });
  feed.push([change("a")]);
  await feed.settled();
  feed.push([change("b")]);
  await feed.settled();
  expect(seen).toEqual(["a", "a", "a", "b"]);
});

it("gives a batch up aloud, and goes on", async () => {
  const complaint = vi.spyOn(console, "error").mockImplementation(() => undefined);
  const seen: string[] = [];
  const feed = new ChangeFeed((changes) => {
    if (ids(changes) === "a") throw new Error("never");
    seen.push(ids(changes));
  });
  feed.push([change("a")]);
  await feed.settled();
  feed.push([change("b")]);
  await feed.settled();
  expect(complaint).toHaveBeenCalledOnce();
  expect(seen).toEqual(["b"]);
  complaint.mockRestore();
});

it("lets no consumer wait for another one, and settles when all have got everything", async () => {
  const seen: string[] = [];
  const { promise: isSlow, resolve: go } = Promise.withResolvers<void>();
  const feeds = new ChangeFeeds([
    async (changes) => {
      await isSlow;
      seen.push(`slow ${ids(changes)}`);
    },
    (changes) => void seen.push(`quick ${ids(changes)}`),
  ]);
  feeds.push([change("a")]);
  await sleep(5);
  feeds.push([change("b")]);
  await sleep(5);
  expect(seen).toEqual(["quick a", "quick b"]);
  const settled = feeds.settled();
  go();
  await settled;
  expect(seen).toEqual(["quick a", "quick b", "slow a", "slow b"]);
  expect([feeds.isRead, new ChangeFeeds([]).isRead]).toEqual([true, false]);
});
