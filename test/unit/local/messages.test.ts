import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HUB, STRANGER_ROLE, type Stage, setStage, TARGET, VENDOR_ROLE } from "../emulator/stage.ts";

let stage: Stage;
let sqs: SQSClient;
let QueueUrl: string;
beforeAll(async () => {
  stage = await setStage();
  QueueUrl = stage.aws.admin(HUB).createQueue({ name: "work.fifo", contentBasedDeduplication: true });
  sqs = new SQSClient(stage.config(stage.aws.keysFor(STRANGER_ROLE, "s")));
});
afterAll(() => stage.close());

describe("SQS", () => {
  it("sends a batch, receives it in order, and deletes it", async () => {
    const Entries = ["1", "2", "3"].map((Id) => ({ Id, MessageBody: `body ${Id}`, MessageGroupId: "g" }));
    const sent = await sqs.send(
      new SendMessageBatchCommand({ QueueUrl, Entries: [...Entries, { Id: "4", MessageBody: "no group" }] }),
    );
    expect(sent.Successful?.map(({ Id }) => Id)).toEqual(["1", "2", "3"]);
    expect(sent.Failed).toEqual([expect.objectContaining({ Id: "4", Code: "MissingParameter" })]);
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    expect(Messages.map(({ Body }) => Body)).toEqual(["body 1", "body 2", "body 3"]);
    expect(Messages[0]?.Attributes).toMatchObject({ MessageGroupId: "g", ApproximateReceiveCount: "1" });
    const handles = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries: handles }));
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }));
    expect(Attributes).toMatchObject({ ApproximateNumberOfMessages: "0", ApproximateNumberOfMessagesNotVisible: "0" });
  });

  it("waits for a message that comes later", async () => {
    const waiting = sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 10 }));
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "later", MessageGroupId: "late" }));
    expect((await waiting).Messages?.[0]?.Body).toBe("later");
  });

  it("holds a message back where its queue is no FIFO queue, and refuses what SQS refuses", async () => {
    const url = stage.aws.admin(HUB).createQueue({ name: "later" });
    const receive = async () => (await sqs.send(new ReceiveMessageCommand({ QueueUrl: url }))).Messages?.[0];
    const send = (DelaySeconds: number, QueueUrl = url) =>
      sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "x", DelaySeconds }));
    await send(900);
    expect(await receive()).toBeUndefined();
    stage.advance(900);
    const handle = (await receive())?.ReceiptHandle;
    const hide = (VisibilityTimeout: number) =>
      sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl: url, ReceiptHandle: handle, VisibilityTimeout }));
    await hide(3_600);
    stage.advance(3_500);
    expect(await receive()).toBeUndefined();
    stage.advance(100);
    expect(await receive()).toMatchObject({ Body: "x", Attributes: { ApproximateReceiveCount: "2" } });
    const invalid = expect.objectContaining({ name: "InvalidParameterValue" });
    for (const seconds of [901, -1, 0.5]) await expect(send(seconds)).rejects.toEqual(invalid);
    for (const seconds of [43_201, -1]) await expect(hide(seconds)).rejects.toEqual(invalid);
    const inGroup = { QueueUrl, MessageBody: "x", MessageGroupId: "g", DelaySeconds: 5 };
    await expect(sqs.send(new SendMessageCommand(inGroup))).rejects.toEqual(invalid);
  });

  it("finds a queue by name, and reports where there is none", async () => {
    expect((await sqs.send(new GetQueueUrlCommand({ QueueName: "work.fifo" }))).QueueUrl).toBe(QueueUrl);
    await expect(sqs.send(new GetQueueUrlCommand({ QueueName: "none" }))).rejects.toMatchObject({
      name: "QueueDoesNotExist",
    });
    const missing = { QueueUrl: QueueUrl.replace("work", "none"), MessageBody: "x" };
    await expect(sqs.send(new SendMessageCommand(missing))).rejects.toMatchObject({ name: "QueueDoesNotExist" });
  });

  it("refuses who may not send, and a queue of another account", async () => {
    const vendor = new SQSClient(stage.config(stage.aws.keysFor(VENDOR_ROLE, "v")));
    const message = { MessageBody: "x", MessageGroupId: "g" };
    await expect(vendor.send(new SendMessageCommand({ QueueUrl, ...message }))).rejects.toMatchObject({
      name: "AccessDenied",
    });
    const foreign = stage.aws.admin(TARGET).createQueue({ name: "theirs.fifo" });
    await expect(sqs.send(new SendMessageCommand({ QueueUrl: foreign, ...message }))).rejects.toMatchObject({
      name: "AccessDenied",
    });
  });
});

describe("EventBridge", () => {
  const entry = { Source: "valetkey", DetailType: "task ended", Detail: '{"task":"x"}', EventBusName: "valetkey" };

  it("stores what is put, and refuses a malformed detail on its own", async () => {
    const events = new EventBridgeClient(stage.config(stage.aws.keysFor(STRANGER_ROLE, "s")));
    const answer = await events.send(new PutEventsCommand({ Entries: [entry, { ...entry, Detail: "{" }] }));
    expect(answer).toMatchObject({
      FailedEntryCount: 1,
      Entries: [{ EventId: expect.any(String) }, { ErrorCode: "MalformedDetail" }],
    });
    expect(stage.aws.admin(HUB).events()).toEqual([
      expect.objectContaining({
        account: HUB,
        bus: "valetkey",
        source: "valetkey",
        detailType: "task ended",
        detail: entry.Detail,
      }),
    ]);
  });

  it("refuses who may not put", async () => {
    const events = new EventBridgeClient(stage.config(stage.aws.keysFor(VENDOR_ROLE, "v")));
    await expect(events.send(new PutEventsCommand({ Entries: [entry] }))).rejects.toMatchObject({
      name: "AccessDeniedException",
    });
  });
});

describe("an event bus with a policy of its own", () => {
  const [hub, target] = [`arn:aws:events:us-east-1:${HUB}:event-bus/guarded`, `arn:aws:iam::${TARGET}:role/task`];
  const put = async (role: string, Source: string, DetailType = "task.end") => {
    const client = new EventBridgeClient(stage.config(stage.aws.keysFor(role, "s")));
    const entry = { Source, DetailType, Detail: "{}", EventBusName: hub };
    return client.send(new PutEventsCommand({ Entries: [entry] })).then(
      ({ FailedEntryCount }) => (FailedEntryCount === 0 ? "put" : "failed"),
      (error: Error) => error.name,
    );
  };
  beforeAll(() => {
    const common = { Action: "events:PutEvents", Resource: hub };
    stage.aws.admin(HUB).createBus({
      name: "guarded",
      policy: {
        Version: "2012-10-17",
        Statement: [
          {
            ...common,
            Effect: "Allow",
            Principal: { AWS: [`arn:aws:iam::${TARGET}:root`] },
            Condition: { "ForAllValues:StringEquals": { "events:source": "outside" } },
          },
          {
            ...common,
            Effect: "Deny",
            Principal: "*",
            Condition: { ArnNotLike: { "aws:PrincipalArn": [`arn:aws:iam::${TARGET}:*`] } },
          },
        ],
      },
    });
  });

  it("takes events of an account that it names, in that account's name, and marks whose they are", async () => {
    expect(await put(target, "outside")).toBe("put");
    expect(stage.aws.admin(HUB).events().at(-1)).toMatchObject({ account: TARGET, busAccount: HUB, bus: "guarded" });
    expect(await put(target, "inside")).toBe("AccessDeniedException");
  });

  it("takes none of its own account, where it denies them", async () => {
    expect(await put(STRANGER_ROLE, "outside")).toBe("AccessDeniedException");
  });

  it("preserves the sender's time", async () => {
    const client = new EventBridgeClient(stage.config(stage.aws.keysFor(STRANGER_ROLE, "s")));
    const Time = new Date("2020-01-01T00:00:00Z");
    await client.send(new PutEventsCommand({ Entries: [{ Source: "a", DetailType: "b", Detail: "{}", Time }] }));
    expect(stage.aws.admin(HUB).events().at(-1)?.time).toBe("2020-01-01T00:00:00.000Z");
  });
});
