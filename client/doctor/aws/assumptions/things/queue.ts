import { CreateQueueCommand, DeleteQueueCommand, GetQueueUrlCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { Workshop } from "../workshop.ts";

/** Error where SQS answers with the URL of another queue than the one that was made. */
class ForeignQueue extends Error {
  override readonly name = "ForeignQueue";
}

/**
 * Makes the client of queues, which calls the same endpoint as every other client, and not the host in a queue's URL.
 */
export const queueClient = (workshop: Workshop): SQSClient =>
  new SQSClient({ ...workshop.settings, useQueueUrlAsEndpoint: false });

/** Makes a queue. @returns its URL. */
export async function makeQueue(workshop: Workshop, isFifo: boolean): Promise<string> {
  const name = `${workshop.name()}${isFifo ? ".fifo" : ""}`;
  const client = queueClient(workshop);
  const Attributes = isFifo ? { FifoQueue: "true", ContentBasedDeduplication: "true" } : {};
  const own = (url = ""): string => {
    if (URL.canParse(url) && new URL(url).pathname === `/${workshop.place.account}/${name}`) return url;
    throw new ForeignQueue();
  };
  return workshop.make(
    `queue ${name}`,
    async () => own((await client.send(new CreateQueueCommand({ QueueName: name, Attributes }))).QueueUrl),
    async () => {
      const { QueueUrl: url } = await client.send(new GetQueueUrlCommand({ QueueName: name }));
      await client.send(new DeleteQueueCommand({ QueueUrl: own(url) }));
    },
  );
}
