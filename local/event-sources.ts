import { DeleteMessageBatchCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { KINDS, TABLE_KEYS, TTL_REMOVER } from "../functions/names.ts";
import type { BusRule } from "../infra/bus-rights.ts";
import type { BusEvent } from "./aws/services/buses.ts";
import type { Credentials } from "./aws/sessions.ts";
import type { TableChange } from "./aws/table-change.ts";
import type { FunctionHost } from "./function-host.ts";

/** Where the journal's events are put. */
const JOURNALS = [KINDS.task, KINDS.agent, KINDS.panic];

/** The stream of the table: the journal's inserts and the timers that their TTL removed go to the relay, as the event source mapping's filters have it. */
export async function streamTo(relay: FunctionHost, changes: readonly TableChange[]): Promise<void> {
  const told = changes.flatMap(({ operation, keys, item, isByTtl }, index) => {
    const record = { eventID: String(index), dynamodb: { Keys: keys, ...(item ? { NewImage: item } : {}) } };
    const kind = keys[TABLE_KEYS.partition]?.S ?? "";
    if (operation === "Put" && JOURNALS.some((journal) => kind.startsWith(journal)))
      return [{ ...record, eventName: "INSERT" }];
    if (isByTtl && kind.startsWith(KINDS.timer)) return [{ ...record, eventName: "REMOVE", userIdentity: TTL_REMOVER }];
    return [];
  });
  if (told.length > 0) await relay.invoke({ Records: told });
}

/** How often Lambda tries an event that its function has failed for. */
const ATTEMPTS = 3;

/** The rules of the bus: what fits one of them is handed to `intake`, each event by itself. */
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
    this.#running = this.#running.then(() => this.#handOver({ ...event, detail: JSON.parse(detail) }));
  }

  settled(): Promise<void> {
    return this.#running;
  }

  async #handOver(event: object): Promise<void> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      try {
        await this.#intake.invoke(event);
        return;
      } catch (error) {
        process.stderr.write(`intake: ${error}\n`);
      }
    }
  }
}

/** A queue's event source mapping: takes messages with the function's own rights, and hands them over until none is left. */
export class QueueSource {
  readonly #client: SQSClient;
  readonly #url: string;
  readonly #function: FunctionHost;
  #running: Promise<void> = Promise.resolve();
  #isWaiting = false;

  constructor(queueUrl: string, keys: Credentials, endpoint: string, host: FunctionHost) {
    const credentials = {
      accessKeyId: keys.accessKeyId,
      secretAccessKey: keys.secretAccessKey,
      ...(keys.sessionToken === undefined ? {} : { sessionToken: keys.sessionToken }),
    };
    this.#client = new SQSClient({ region: "us-east-1", endpoint, credentials });
    this.#url = queueUrl;
    this.#function = host;
  }

  /** Something was sent. One drain at a time; one more is enough for all that comes meanwhile. */
  nudge(): void {
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    this.#running = this.#running.then(async () => {
      this.#isWaiting = false;
      await this.#drain();
    });
  }

  settled(): Promise<void> {
    return this.#running;
  }

  async #drain(): Promise<void> {
    for (;;) {
      const { Messages: messages = [] } = await this.#client.send(
        new ReceiveMessageCommand({ QueueUrl: this.#url, MaxNumberOfMessages: 10 }),
      );
      if (messages.length === 0) return;
      const answer = (await this.#function.invoke({
        Records: messages.map(({ MessageId, Body }) => ({ messageId: MessageId, body: Body })),
      })) as { readonly batchItemFailures: readonly { readonly itemIdentifier: string }[] };
      const failed = new Set(answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
      const done = messages.filter(({ MessageId }) => !failed.has(MessageId ?? ""));
      if (done.length === 0) return; // They become visible again; the next minute asks for the same anyway.
      await this.#client.send(
        new DeleteMessageBatchCommand({
          QueueUrl: this.#url,
          Entries: done.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle })),
        }),
      );
    }
  }
}

/** Fires each minute. @returns how to stop it. */
export function eachMinute(what: string, work: () => Promise<unknown>): () => void {
  const timer = setInterval(() => {
    work().catch((error: unknown) => process.stderr.write(`${what}: ${error}\n`));
  }, 60_000);
  return () => clearInterval(timer);
}
