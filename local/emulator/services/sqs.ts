import { jsonAnswer } from "../answers.ts";
import type { Call, Caller, Service } from "../service.ts";
import { ServiceError } from "../service-error.ts";
import { sessionUserId } from "../sessions.ts";
import { JsonInput } from "./json-input.ts";
import type { Queues } from "./queues.ts";
import { QUEUE_OPERATIONS } from "./sqs-operations.ts";

/** Actions of batches: IAM decides a batch by the action of its single form. */
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
      if (operation === "CreateQueue") return createQueue(input, caller, queues);
      if (operation === "GetQueueUrl") return queueUrlCall(input, caller, queues);
      const run = Object.hasOwn(QUEUE_OPERATIONS, operation) ? QUEUE_OPERATIONS[operation] : undefined;
      const isDeleted = operation === "DeleteQueue";
      if (!run && !isDeleted)
        throw new ServiceError("InvalidAction", `The embedded SQS does not do ${operation || "that"}.`, 400);
      const { account, name } = placeOf(input.text("QueueUrl") ?? "");
      return {
        operation,
        needs: [queueNeed(ACTIONS[operation] ?? operation, account, name, caller, queues)],
        perform: async () => {
          const queue = queues.find(account, name) ?? noQueue();
          if (!run) {
            queues.remove(account, name);
            return jsonAnswer({});
          }
          return jsonAnswer(await run({ queue, input, now, senderId: sessionUserId(caller.session) }));
        },
      };
    },
  };
}

/** CreateQueue. Reads only one attribute, ContentBasedDeduplication, by which a FIFO queue drops duplicates. */
function createQueue(input: JsonInput, caller: Caller, queues: Queues): Call {
  const { account } = caller;
  const name = input.requiredText("QueueName");
  const { ContentBasedDeduplication: isContent } = Object(input.raw("Attributes")) as Readonly<Record<string, unknown>>;
  return {
    operation: "CreateQueue",
    needs: [queueNeed("CreateQueue", account, name, caller, queues)],
    perform: () => {
      if (queues.find(account, name))
        throw new ServiceError("QueueAlreadyExists", "A queue of that name exists already.", 400);
      return jsonAnswer({
        QueueUrl: queues.create(account, { name, contentBasedDeduplication: isContent === "true" }),
      });
    },
  };
}

function queueUrlCall(input: JsonInput, caller: Caller, queues: Queues): Call {
  const name = input.requiredText("QueueName");
  const account = input.text("QueueOwnerAWSAccountId") ?? caller.account;
  return {
    operation: "GetQueueUrl",
    needs: [queueNeed("GetQueueUrl", account, name, caller, queues)],
    perform: () => {
      if (!queues.find(account, name)) noQueue();
      return jsonAnswer({ QueueUrl: queues.url(account, name) });
    },
  };
}

function queueNeed(
  action: string,
  account: string,
  name: string,
  caller: Caller,
  queues: Queues,
): Call["needs"][number] {
  const policy = queues.find(account, name)?.policy;
  return {
    ...(policy === undefined ? {} : { resourcePolicy: policy }),
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

const noQueue = (): never => {
  throw new ServiceError("AWS.SimpleQueueService.NonExistentQueue", "The specified queue does not exist.", 400, {
    __type: "com.amazonaws.sqs#QueueDoesNotExist",
  });
};
