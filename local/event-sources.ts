import { setTimeout as sleep } from "node:timers/promises";
import { DeleteMessageBatchCommand, type Message, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { COLLECTED, FIRST_USE, SIGNED } from "../functions/collect/collected.ts";
import { defined } from "../functions/core/defined.ts";
import { KINDS, TABLE_KEYS, TTL_REMOVER } from "../functions/names.ts";
import type { StreamRecord } from "../functions/relay/changes.ts";
import { matches, wakesRelay } from "../functions/relay/wakes.ts";
import type { BusRule } from "../infra/bus-rights.ts";
import type { BusEvent } from "./emulator/services/buses.ts";
import type { Credentials } from "./emulator/sessions.ts";
import type { Item, TableChange } from "./emulator/table-change.ts";
import type { FunctionHost } from "./function-host.ts";

/** True for updates that are delivered with their image: a reissued credential may have another deadline. */
export const isImaged = (keys: Item): boolean =>
  keys[TABLE_KEYS.partition]?.S?.startsWith(KINDS.pendingRevocation) ?? false;

const EVENT_NAMES = { Put: "INSERT", Update: "MODIFY", Delete: "REMOVE" } as const satisfies Record<
  TableChange["operation"],
  string
>;

/** Reader of the table's stream. */
export type StreamReader = "relay" | "collect";

/** True for the records that pass the filters of a reader's event source mapping. */
const PASSES: Readonly<Record<StreamReader, (record: StreamRecord) => boolean>> = {
  relay: wakesRelay,
  collect: (record) => [COLLECTED, SIGNED, FIRST_USE].some((each) => matches(each, record)),
};

/**
 * Delivers changes of the table to one reader of its stream. Each reader goes at its own pace, as in AWS: the relay,
 * which ends tasks, never waits for `collect`.
 */
export async function streamTo(
  reader: StreamReader,
  host: FunctionHost,
  changes: readonly TableChange[],
): Promise<void> {
  const records = changes.map(({ operation, keys, item, isByTtl }, index) => ({
    eventID: String(index),
    eventName: EVENT_NAMES[operation],
    dynamodb: {
      ApproximateCreationDateTime: Math.floor(Date.now() / 1_000),
      Keys: keys,
      ...(item ? { NewImage: item } : {}),
    },
    ...(isByTtl ? { userIdentity: TTL_REMOVER } : {}),
  }));
  const passing = records.filter(PASSES[reader]);
  if (passing.length > 0) await host.invoke({ Records: passing });
}

/** Gathers the records of a function for some time, as Lambda does in a batching window. */
export function inWindows(host: FunctionHost, windowMs: number): FunctionHost {
  let waiting: unknown[] = [];
  const invoke = (): void => {
    const together = waiting;
    waiting = [];
    host.invoke({ Records: together }).catch((error: unknown) => process.stderr.write(`${error}\n`));
  };
  return {
    invoke: async (event) => {
      if (waiting.length === 0) setTimeout(invoke, windowMs).unref();
      waiting.push(...(event as { readonly Records: readonly unknown[] }).Records);
    },
    close: () => host.close(),
  };
}

/** Attempts that Lambda makes for an event. */
const ATTEMPTS = 3;

/** The rules of the bus: `intake` gets each event that matches one of them, one event an invocation. */
export class BusSource {
  readonly #rules: readonly BusRule[];
  readonly #intake: FunctionHost;
  #running: Promise<void> = Promise.resolve();

  constructor(rules: readonly BusRule[], intake: FunctionHost) {
    this.#rules = rules;
    this.#intake = intake;
  }

  put(put: BusEvent): void {
    const { id, source, account, time, region, detailType, detail } = put;
    const event = { version: "0", id, source, account, time, region, resources: [], "detail-type": detailType };
    const fits = this.#rules.some(({ pattern }) =>
      Object.entries(pattern).every(([field, values]) => values.includes(event[field as keyof BusRule["pattern"]])),
    );
    if (!fits) return;
    this.#running = this.#running.then(() => this.#handOver(event, detail));
  }

  settled(): Promise<void> {
    return this.#running;
  }

  async #handOver(event: object, detail: string): Promise<void> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      try {
        await this.#intake.invoke({ ...event, detail: JSON.parse(detail) });
        return;
      } catch (error) {
        process.stderr.write(`intake: ${error}\n`);
      }
    }
  }
}

/** Most messages in one answer of SQS. */
const MOST_MESSAGES = 10;
/** Seconds for which Lambda's poller waits for a message: the maximum of SQS. */
const WAIT_SECONDS = 20;
const PAUSE_MS = 1_000;
/**
 * Intervals and durations of checks for failed messages; milliseconds. A message is hidden for nine minutes at most:
 * six time-outs of the probe.
 */
const LOOK_AGAIN = { eachMs: 250, untilMs: 70_000, thenEachMs: 5_000, forMs: 600_000 } as const;

/** Event source mapping of a queue: receives messages with the function's rights, and invokes it until none is left. */
export class QueueSource {
  readonly #client: SQSClient;
  readonly #url: string;
  /** ARN of the queue. */
  readonly arn: string;
  /** True for a FIFO queue: a message in flight blocks the others of its group. */
  readonly #hasGroups: boolean;
  readonly #function: FunctionHost;
  readonly #stop = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #polling: Promise<void> = Promise.resolve();
  #isWaiting = false;
  #looking: NodeJS.Timeout | undefined;
  /** Invocations in progress. */
  readonly #handedOver = new Set<Promise<void>>();
  readonly #atOnce: number;

  /** @param atOnce most invocations at the same time; unbounded by default. */
  constructor(
    queueUrl: string,
    keys: Credentials,
    endpoint: string,
    host: FunctionHost,
    atOnce = Number.POSITIVE_INFINITY,
  ) {
    this.#atOnce = atOnce;
    const credentials = {
      accessKeyId: keys.accessKeyId,
      secretAccessKey: keys.secretAccessKey,
      ...defined({ sessionToken: keys.sessionToken }),
    };
    this.#client = new SQSClient({ region: REGION, endpoint, credentials });
    this.#url = queueUrl;
    this.arn = ["arn:aws:sqs", REGION, ...queueUrl.split("/").slice(-2)].join(":");
    this.#hasGroups = queueUrl.endsWith(".fifo");
    this.#function = host;
  }

  /**
   * Reports that a message was sent. The queue is drained by one run at a time. One more run covers all messages that
   * come meanwhile.
   */
  nudge(): void {
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    this.#running = this.#running.then(async () => {
      this.#isWaiting = false;
      try {
        await this.#drain();
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        process.stderr.write(`${this.arn}: ${error}\n`);
        // Retries as Lambda's poller does: messages in the queue must not wait for the next one.
        setTimeout(() => this.nudge(), PAUSE_MS).unref();
      }
    });
  }

  /** Starts polling, for messages that become visible later: no call of `nudge` follows then. */
  poll(): void {
    this.#polling = this.#pollUntilStopped();
  }

  async settled(): Promise<void> {
    await this.#running;
    while (this.#handedOver.size > 0) {
      await Promise.all(this.#handedOver);
      await this.#running;
    }
  }

  async stop(): Promise<void> {
    clearTimeout(this.#looking);
    this.#stop.abort();
    await this.#polling;
  }

  async #pollUntilStopped(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      try {
        const messages = await this.#receive(WAIT_SECONDS);
        this.#running = this.#handOver(messages).then(() => undefined);
        await this.#running;
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        process.stderr.write(`${this.arn}: ${error}\n`);
        this.#running = Promise.resolve();
        await sleep(PAUSE_MS);
      }
    }
  }

  /**
   * Delivers the visible messages. Invocations do not block one another, up to the most at the same time: Lambda runs
   * one for each message group at once.
   */
  async #drain(): Promise<void> {
    for (let isMore = true; isMore; ) {
      while (this.#handedOver.size >= this.#atOnce) await Promise.race(this.#handedOver);
      const messages = await this.#receive(0);
      if (messages.length === 0) return;
      // A smaller batch was the last: it had all visible messages, and `nudge` announces later ones.
      isMore = messages.length === MOST_MESSAGES;
      const running: Promise<void> = this.#handOver(messages)
        // A failed message becomes visible again; the next minute's rules request the same anyway. Others of the group
        // may wait behind a finished message.
        .then((processed) => {
          if (processed > 0 && this.#hasGroups) this.nudge();
          if (processed < messages.length) this.#lookAgain();
        })
        // A function that ends with the cloud leaves its last messages unprocessed. After a failure or a time-out,
        // messages become visible later.
        .catch((error: unknown) => {
          if (this.#stop.signal.aborted) return;
          process.stderr.write(`${this.arn}: ${error}\n`);
          this.#lookAgain();
        })
        .finally(() => this.#handedOver.delete(running));
      this.#handedOver.add(running);
    }
  }

  /**
   * Checks repeatedly for failed messages: they become visible within minutes, most of them soon, and no `nudge`
   * follows.
   */
  #lookAgain(): void {
    clearTimeout(this.#looking);
    const beganMs = Date.now();
    const look = (): void => {
      this.nudge();
      const ageMs = Date.now() - beganMs;
      if (this.#stop.signal.aborted || ageMs > LOOK_AGAIN.forMs) return;
      const pauseMs = ageMs < LOOK_AGAIN.untilMs ? LOOK_AGAIN.eachMs : LOOK_AGAIN.thenEachMs;
      this.#looking = setTimeout(look, pauseMs).unref();
    };
    this.#looking = setTimeout(look, LOOK_AGAIN.eachMs).unref();
  }

  async #receive(waitSeconds: number): Promise<readonly Message[]> {
    const { Messages: messages = [] } = await this.#client.send(
      new ReceiveMessageCommand({
        QueueUrl: this.#url,
        MaxNumberOfMessages: MOST_MESSAGES,
        WaitTimeSeconds: waitSeconds,
        MessageSystemAttributeNames: ["All"],
      }),
      { abortSignal: this.#stop.signal },
    );
    return messages;
  }

  /** Invokes the function with messages and deletes the processed ones. @returns their number. */
  async #handOver(messages: readonly Message[]): Promise<number> {
    if (messages.length === 0) return 0;
    const answer = (await this.#function.invoke({
      Records: messages.map(({ MessageId, Body, ReceiptHandle, Attributes }) => ({
        messageId: MessageId,
        body: Body,
        receiptHandle: ReceiptHandle,
        attributes: Attributes,
        eventSourceARN: this.arn,
      })),
    })) as { readonly batchItemFailures?: readonly { readonly itemIdentifier: string }[] } | undefined;
    const failed = new Set(answer?.batchItemFailures?.map(({ itemIdentifier }) => itemIdentifier));
    const processed = messages.filter(({ MessageId }) => !failed.has(MessageId ?? ""));
    if (processed.length === 0) return 0;
    await this.#client.send(
      new DeleteMessageBatchCommand({
        QueueUrl: this.#url,
        Entries: processed.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle })),
      }),
    );
    return processed.length;
  }
}

const REGION = "us-east-1";

/** Starts the work each minute, unless the last run has not ended. @returns a function that stops the timer. */
export const eachMinute = (what: string, work: () => Promise<unknown>): (() => void) => every(60_000, what, work);

/** Starts the work each hour, as `eachMinute` does. */
export const eachHour = (what: string, work: () => Promise<unknown>): (() => void) => every(3_600_000, what, work);

function every(everyMs: number, what: string, work: () => Promise<unknown>): () => void {
  let [isRunning, isStopped] = [false, false];
  const timer = setInterval(() => {
    if (isRunning) return;
    isRunning = true;
    work()
      .catch((error: unknown) => isStopped || process.stderr.write(`${what}: ${error}\n`))
      .finally(() => {
        isRunning = false;
      });
  }, everyMs);
  return () => {
    isStopped = true;
    clearInterval(timer);
  };
}
