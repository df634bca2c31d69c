import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { TableChange } from "../../../local/emulator/table-change.ts";
import { eachHour, eachMinute, isImaged, QueueSource, streamTo } from "../../../local/event-sources.ts";
import { HUB, STRANGER_ROLE, type Stage, setStage } from "../emulator/stage.ts";

interface Handed {
  readonly Records: readonly {
    readonly messageId: string;
    readonly body: string;
    readonly receiptHandle: string;
    readonly eventSourceARN: string;
  }[];
}

describe("the stream of the table, as the relay gets it", () => {
  const streamed = async (...changes: readonly Partial<TableChange>[]) => {
    const events: unknown[] = [];
    const host = { invoke: async (event: unknown) => void events.push(event), close: async () => undefined };
    const base = { account: HUB, table: "valetkey", operation: "Put", keys: {} } as const;
    await streamTo(
      "relay",
      host,
      changes.map((change) => ({ ...base, ...change })),
    );
    return (events as { Records: { eventName: string }[] }[]).flatMap(({ Records }) =>
      Records.map(({ eventName }) => eventName),
    );
  };
  const keys = (pk: string) => ({ pk: { S: pk }, sk: { S: "x" } });
  const item = { lease: { M: { state: { S: "issuing" } } } };
  const event = { kind: { S: "EVENT" }, type: { S: "task.ended" } };

  it("has an ending that was journaled, and what tampers with a journal", async () => {
    expect(await streamed({ keys: keys("JOURNAL#x"), item: event })).toEqual(["INSERT"]);
    expect(await streamed({ keys: keys("JOURNAL#x"), item: { ...event, type: { S: "task.opened" } } })).toEqual([]);
    expect(await streamed({ operation: "Update", keys: keys("JOURNAL#x") })).toEqual(["MODIFY"]);
    expect(await streamed({ operation: "Delete", keys: keys("JOURNAL#x") })).toEqual(["REMOVE"]);
    expect(await streamed({ keys: keys("SECRETJOURNAL#x"), item: { ttl: { N: "1" } } })).toEqual(["INSERT"]);
  });

  it("has a timer that its TTL removed, and none that the sweep did", async () => {
    expect(await streamed({ operation: "Delete", keys: keys("TIMER#1#1"), isByTtl: true })).toEqual(["REMOVE"]);
    expect(await streamed({ operation: "Delete", keys: keys("TIMER#1#1") })).toEqual([]);
  });

  it("has what is planned, for the first time and anew", async () => {
    expect(await streamed({ keys: keys("REVOCATION#1"), item })).toEqual(["INSERT"]);
    expect(await streamed({ operation: "Update", keys: keys("REVOCATION#1"), item })).toEqual(["MODIFY"]);
    expect([isImaged(keys("REVOCATION#1")), isImaged(keys("TASK#x"))]).toEqual([true, false]);
  });

  it("has nothing of what is taken away again, of other updates, and of other kinds", async () => {
    const others: Partial<TableChange>[] = [
      { operation: "Delete", keys: keys("REVOCATION#1") },
      { operation: "Update", keys: keys("TASK#x"), item },
      { operation: "Update", keys: keys("REVOCATION#1") },
      { keys: keys("ROLE#x"), item },
      { keys: keys("REVOCATION#1"), item: { lease: { M: { state: { S: "issued" } } } } },
      { operation: "Delete", keys: keys("TIMER#1#1") },
    ];
    expect(await streamed(...others)).toEqual([]);
  });
});

const SLOW_MS = 10_000;

describe("a queue that is polled", () => {
  let stage: Stage;
  let url: string;
  let queues = 0;
  beforeAll(async () => {
    stage = await setStage();
  });
  beforeEach(() => {
    queues += 1;
    url = stage.aws.admin(HUB).createQueue({ name: `later-${queues}` });
  });
  afterAll(() => stage.close());
  const send = (MessageBody: string, DelaySeconds = 0) =>
    new SQSClient(stage.config(stage.aws.keysFor(STRANGER_ROLE, "s"))).send(
      new SendMessageCommand({ QueueUrl: url, MessageBody, DelaySeconds }),
    );
  const polled = (invoke: (event: Handed) => Promise<readonly string[]>) => {
    const host = {
      invoke: async (event: unknown) => ({
        batchItemFailures: (await invoke(event as Handed)).map((itemIdentifier) => ({ itemIdentifier })),
      }),
      close: async () => undefined,
    };
    const source = new QueueSource(url, stage.aws.keysFor(STRANGER_ROLE, "s"), stage.aws.endpoint, host);
    source.poll();
    return source;
  };

  it("hands over what is visible because its time has come, and names the queue that it comes from", async () => {
    const seen: Handed["Records"][number][] = [];
    const source = polled(async ({ Records }) => {
      seen.push(...Records);
      return [];
    });
    await send("in a minute", 60);
    await send("at once");
    await vi.waitFor(() => expect(seen.map(({ body }) => body)).toEqual(["at once"]), SLOW_MS);
    stage.advance(60);
    await vi.waitFor(() => expect(seen.map(({ body }) => body)).toEqual(["at once", "in a minute"]), SLOW_MS);
    expect(seen[0]).toMatchObject({
      eventSourceARN: `arn:aws:sqs:us-east-1:${HUB}:later-1`,
      receiptHandle: expect.any(String),
    });
    await source.stop();
  });

  it.each([
    [
      "throws",
      () => {
        throw new Error("not now");
      },
    ],
    ["reports that it could not", ({ Records }: Handed) => Records.map(({ messageId }) => messageId)],
  ])(
    "loses nothing where the function %s: it comes again",
    async (_, fail) => {
      const complaints = vi.spyOn(process.stderr, "write").mockImplementation(() => true);
      let attempts = 0;
      const source = polled(async (event) => {
        attempts += 1;
        return attempts === 1 ? fail(event) : [];
      });
      await send("important");
      await vi.waitFor(() => expect(attempts).toBe(1), SLOW_MS);
      stage.advance(30);
      await vi.waitFor(() => expect(attempts).toBe(2), SLOW_MS);
      stage.advance(30);
      await source.settled();
      await source.stop();
      expect(attempts).toBe(2);
      complaints.mockRestore();
    },
    30_000,
  );
});

describe("a queue that is nudged", () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await setStage();
  });
  afterAll(() => stage.close());
  const nudged = (name: string, meanwhile: () => Promise<void> = async () => undefined) => {
    const keys = stage.aws.keysFor(STRANGER_ROLE, "s");
    const QueueUrl = stage.aws.admin(HUB).createQueue({ name });
    const seen: string[] = [];
    const source = new QueueSource(QueueUrl, keys, stage.aws.endpoint, {
      invoke: async (event) => {
        if (seen.length === 0) await meanwhile();
        seen.push(...(event as Handed).Records.map(({ body }) => body));
      },
      close: async () => undefined,
    });
    const send = (MessageBody: string, more: object = {}) =>
      new SQSClient(stage.config(keys)).send(new SendMessageCommand({ QueueUrl, MessageBody, ...more }));
    return { source, seen, send };
  };

  it("hands over all that is visible, more than one answer holds", async () => {
    const { source, seen, send } = nudged("many");
    const bodies = Array.from({ length: 12 }, (_, index) => String(index));
    for (const body of bodies) await send(body);
    source.nudge();
    await source.settled();
    expect(seen.toSorted()).toEqual(bodies.toSorted());
    await source.stop();
  });

  it("invokes the function no more times at once than it may, and leaves the rest in the queue", async () => {
    const keys = stage.aws.keysFor(STRANGER_ROLE, "s");
    const QueueUrl = stage.aws.admin(HUB).createQueue({ name: "bounded" });
    const handed: number[] = [];
    let [working, most] = [0, 0];
    const host = {
      invoke: async (event: unknown) => {
        working += 1;
        most = Math.max(most, working);
        handed.push((event as Handed).Records.length);
        // On a busy machine, the second batch may come long after the first.
        await vi.waitUntil(() => most > 1, { timeout: 60_000 });
        await new Promise((resolve) => setTimeout(resolve, 20));
        working -= 1;
      },
      close: async () => undefined,
    };
    const source = new QueueSource(QueueUrl, keys, stage.aws.endpoint, host, 2);
    for (let count = 0; count < 60; count += 1) stage.aws.admin(HUB).sendMessage("bounded", String(count));
    source.nudge();
    await source.settled();
    expect(handed.reduce((sum, count) => sum + count, 0)).toBe(60);
    expect(most).toBe(2);
    await source.stop();
  });

  it("hands over what came behind a message of its group while that was in work", async () => {
    const sendTo = (body: string) => send(body, { MessageGroupId: "one", MessageDeduplicationId: body });
    const { source, seen, send } = nudged("groups.fifo", async () => {
      await sendTo("behind");
      source.nudge();
      // Time for a look at the queue, which finds the group blocked.
      await new Promise((resolve) => setTimeout(resolve, 200));
    });
    await sendTo("first");
    source.nudge();
    await source.settled();
    await vi.waitFor(() => expect(seen).toEqual(["first", "behind"]), SLOW_MS);
    await source.stop();
  });
});

describe("a rule that fires each minute", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    return () => vi.useRealTimers();
  });

  it("starts nothing while what it started before is still at it, and goes on once that is done or has failed", async () => {
    const complaint = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const begun: { readonly resolve: () => void; readonly reject: (error: Error) => void }[] = [];
    const stop = eachMinute("TTL", () => new Promise<void>((resolve, reject) => begun.push({ resolve, reject })));
    await vi.advanceTimersByTimeAsync(180_000);
    expect(begun).toHaveLength(1);
    begun[0]?.resolve();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(begun).toHaveLength(2);
    begun[1]?.reject(new Error("out"));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(begun).toHaveLength(3);
    expect(complaint).toHaveBeenCalledExactlyOnceWith("TTL: Error: out\n");
    stop();
    // A failure after the stop is not reported.
    begun[2]?.reject(new Error("stopped"));
    await vi.advanceTimersByTimeAsync(120_000);
    expect([begun.length, complaint.mock.calls.length]).toEqual([3, 1]);
    complaint.mockRestore();
  });

  it("waits an hour where it fires each hour", async () => {
    const work = vi.fn(async () => undefined);
    const stop = eachHour("unused rights", work);
    await vi.advanceTimersByTimeAsync(3_599_999);
    expect(work).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(3_600_001);
    expect(work).toHaveBeenCalledTimes(2);
    stop();
  });
});
