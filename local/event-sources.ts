import { DeleteMessageBatchCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { KINDS, TABLE_KEYS } from "../functions/names.ts";
import type { Credentials } from "./aws/sessions.ts";
import type { TableChange } from "./aws/table-change.ts";
import type { FunctionHost } from "./function-host.ts";

/** The stream of the table: what was put into the journal goes to the relay, as the event source mapping's filter has it. */
export async function streamTo(relay: FunctionHost, changes: readonly TableChange[]): Promise<void> {
  const inserts = changes.filter(
    ({ operation, keys }) => operation === "Put" && keys[TABLE_KEYS.partition]?.S?.startsWith(KINDS.task),
  );
  if (inserts.length === 0) return;
  await relay.invoke({
    Records: inserts.map(({ item, keys }, index) => ({
      eventID: String(index),
      eventName: "INSERT",
      dynamodb: { Keys: keys, NewImage: item },
    })),
  });
}

/** The queue's event source mapping: takes messages with the reconciler's own rights, and hands them over until none is left. */
export class QueueSource {
  readonly #client: SQSClient;
  readonly #url: string;
  readonly #reconcile: FunctionHost;
  #running: Promise<void> = Promise.resolve();
  #isWaiting = false;

  constructor(queueUrl: string, keys: Credentials, endpoint: string, reconcile: FunctionHost) {
    const credentials = {
      accessKeyId: keys.accessKeyId,
      secretAccessKey: keys.secretAccessKey,
      ...(keys.sessionToken === undefined ? {} : { sessionToken: keys.sessionToken }),
    };
    this.#client = new SQSClient({ region: "us-east-1", endpoint, credentials });
    this.#url = queueUrl;
    this.#reconcile = reconcile;
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
      const answer = (await this.#reconcile.invoke({
        Records: messages.map(({ MessageId, Body }) => ({ messageId: MessageId, body: Body })),
      })) as { readonly batchItemFailures: readonly { readonly itemIdentifier: string }[] };
      const failed = new Set(answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
      const done = messages.filter(({ MessageId }) => !failed.has(MessageId ?? ""));
      if (done.length === 0) return; // They become visible again; the next minute asks for every role anyway.
      await this.#client.send(
        new DeleteMessageBatchCommand({
          QueueUrl: this.#url,
          Entries: done.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle })),
        }),
      );
    }
  }
}

/** The rule that fires each minute. @returns how to stop it. */
export function eachMinute(sweep: FunctionHost): () => void {
  const timer = setInterval(() => {
    sweep.invoke({}).catch((error: unknown) => process.stderr.write(`sweep: ${error}\n`));
  }, 60_000);
  return () => clearInterval(timer);
}
