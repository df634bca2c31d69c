import { createHash } from "node:crypto";
import { jsonAnswer } from "../answers.ts";
import type { Call, Caller, Service } from "../service.ts";
import { ServiceError } from "../service-error.ts";
import { sessionUserId } from "../sessions.ts";
import { JsonInput } from "./json-input.ts";
import { Queue, type QueueSpec, type Send } from "./sqs-queue.ts";
import { receiveMessages } from "./sqs-receive.ts";

/** Queues of every account, and where they are reached. */
export class Queues {
  readonly #queues = new Map<string, Queue>();
  readonly #endpoint: () => string;

  constructor(endpoint: () => string) {
    this.#endpoint = endpoint;
  }

  /** The new queue's URL. */
  create(account: string, spec: QueueSpec): string {
    const path = `${account}/${spec.name}`;
    if (this.#queues.has(path)) throw new Error(`queue ${path} exists already`);
    this.#queues.set(path, new Queue(spec));
    return `${this.#endpoint()}/${path}`;
  }

  find(account: string, name: string): Queue | undefined {
    return this.#queues.get(`${account}/${name}`);
  }

  url(account: string, name: string): string {
    return `${this.#endpoint()}/${account}/${name}`;
  }
}

interface Work {
  readonly queue: Queue;
  readonly input: JsonInput;
  readonly now: () => number;
  readonly senderId: string;
}

type Operation = (work: Work) => unknown | Promise<unknown>;

const OPERATIONS: Readonly<Record<string, Operation>> = {
  SendMessage: ({ queue, input, now, senderId }) =>
    send(queue, { ...messageOf((name) => input.raw(name)), senderId }, now()),
  SendMessageBatch: ({ queue, input, now, senderId }) =>
    batch(input, (entry) => send(queue, { ...messageOf((name) => entry[name]), senderId }, now())),
  ReceiveMessage: ({ queue, input, now }) => receiveMessages(queue, input, now),
  DeleteMessage: ({ queue, input }) => {
    remove(queue, input.text("ReceiptHandle"));
    return {};
  },
  DeleteMessageBatch: ({ queue, input }) =>
    batch(input, (entry) => {
      remove(queue, entry.ReceiptHandle);
      return {};
    }),
  ChangeMessageVisibility: ({ queue, input, now }) => {
    if (!queue.changeVisibility(input.requiredText("ReceiptHandle"), input.number("VisibilityTimeout") ?? 0, now()))
      throw new ServiceError("InvalidParameterValue", "The message is not available for a visibility change.", 400);
    return {};
  },
  GetQueueAttributes: ({ queue, now }) => {
    const { visible, inFlight } = queue.counts(now());
    return {
      Attributes: {
        ApproximateNumberOfMessages: String(visible),
        ApproximateNumberOfMessagesNotVisible: String(inFlight),
        VisibilityTimeout: String(queue.visibilityTimeoutSeconds),
        ...(queue.isFifo ? { FifoQueue: "true" } : {}),
      },
    };
  },
};

/** IAM asks about a batch as about its single form. */
const ACTIONS: Readonly<Record<string, string>> = {
  SendMessageBatch: "SendMessage",
  DeleteMessageBatch: "DeleteMessage",
};

/** SQS over its JSON protocol: send, receive with long polling, delete, visibility. */
export function sqsService(queues: Queues, now: () => number): Service {
  return {
    name: "sqs",
    format: "json",
    open(request, caller): Call {
      const input = new JsonInput(request, "AmazonSQS");
      const { operation } = input;
      if (operation === "GetQueueUrl") return queueUrlCall(input, caller, queues);
      const run = Object.hasOwn(OPERATIONS, operation) ? OPERATIONS[operation] : undefined;
      if (!run) throw new ServiceError("InvalidAction", `The embedded SQS does not do ${operation || "that"}.`, 400);
      const { account, name } = placeOf(input.text("QueueUrl") ?? "");
      return {
        operation,
        needs: [queueNeed(ACTIONS[operation] ?? operation, account, name, caller)],
        perform: async () => {
          const queue = queues.find(account, name) ?? noQueue();
          return jsonAnswer(await run({ queue, input, now, senderId: sessionUserId(caller.session) }));
        },
      };
    },
  };
}

function queueUrlCall(input: JsonInput, caller: Caller, queues: Queues): Call {
  const name = input.requiredText("QueueName");
  const account = input.text("QueueOwnerAWSAccountId") ?? caller.account;
  return {
    operation: "GetQueueUrl",
    needs: [queueNeed("GetQueueUrl", account, name, caller)],
    perform: () => {
      if (!queues.find(account, name)) noQueue();
      return jsonAnswer({ QueueUrl: queues.url(account, name) });
    },
  };
}

function queueNeed(action: string, account: string, name: string, caller: Caller): Call["needs"][number] {
  return {
    action: `sqs:${action}`,
    resource: `arn:aws:sqs:${caller.region}:${account}:${name}`,
    resourceAccount: account,
  };
}

function placeOf(queueUrl: string): { account: string; name: string } {
  const [, account, name] = /^https?:\/\/[^/]+\/(\d{12})\/([\w-]{1,75}(?:\.fifo)?)$/.exec(queueUrl) ?? [];
  if (account === undefined || name === undefined)
    throw new ServiceError("InvalidAddress", `The address ${queueUrl} is not valid for this endpoint.`, 400);
  return { account, name };
}

function messageOf(member: (name: string) => unknown): Omit<Send, "senderId"> {
  const text = (name: string): string | undefined => {
    const value = member(name);
    return typeof value === "string" ? value : undefined;
  };
  const [group, deduplicationId, delaySeconds] = [
    text("MessageGroupId"),
    text("MessageDeduplicationId"),
    member("DelaySeconds"),
  ];
  return {
    body: text("MessageBody") ?? "",
    attributes: member("MessageAttributes"),
    ...(group === undefined ? {} : { group }),
    ...(deduplicationId === undefined ? {} : { deduplicationId }),
    ...(typeof delaySeconds === "number" ? { delaySeconds } : {}),
  };
}

function send(queue: Queue, message: Send, now: number): Record<string, unknown> {
  if (message.body === "")
    throw new ServiceError("MissingParameter", "The request must contain the parameter MessageBody.", 400);
  if (queue.isFifo && message.group === undefined)
    throw new ServiceError("MissingParameter", "The request must contain the parameter MessageGroupId.", 400);
  if (queue.isFifo && message.deduplicationId === undefined && !queue.isContentDeduplicated)
    throw new ServiceError(
      "InvalidParameterValue",
      "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly",
      400,
    );
  const sent = queue.send(message, now);
  return {
    MessageId: sent.id,
    MD5OfMessageBody: createHash("md5").update(sent.body).digest("hex"),
    ...(queue.isFifo ? { SequenceNumber: sent.sequence } : {}),
  };
}

function remove(queue: Queue, receiptHandle: unknown): void {
  if (typeof receiptHandle !== "string" || receiptHandle === "")
    throw new ServiceError("ReceiptHandleIsInvalid", "The input receipt handle is invalid.", 400);
  // Deleting a message that is gone succeeds, as in SQS.
  queue.delete(receiptHandle);
}

/** Each entry on its own: one that fails does not stop the others. */
function batch(input: JsonInput, run: (entry: Readonly<Record<string, unknown>>) => Record<string, unknown>): unknown {
  const entries = input.list("Entries");
  if (entries.length === 0 || entries.length > 10)
    throw new ServiceError("AWS.SimpleQueueService.TooManyEntriesInBatchRequest", "A batch has 1 to 10 entries.", 400);
  const Successful: unknown[] = [];
  const Failed: unknown[] = [];
  for (const entry of entries) {
    try {
      Successful.push({ Id: entry.Id, ...run(entry) });
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      Failed.push({ Id: entry.Id, SenderFault: true, Code: error.code, Message: error.message });
    }
  }
  return { Successful, Failed };
}

const noQueue = (): never => {
  throw new ServiceError("AWS.SimpleQueueService.NonExistentQueue", "The specified queue does not exist.", 400, {
    __type: "com.amazonaws.sqs#QueueDoesNotExist",
  });
};
