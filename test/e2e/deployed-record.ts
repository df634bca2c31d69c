import { type AttributeValue, DynamoDBClient, GetItemCommand, QueryCommand } from "@aws-sdk/client-dynamodb";
import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { GetRolePolicyCommand, IAMClient, NoSuchEntityException } from "@aws-sdk/client-iam";
import { GetQueueUrlCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { ArchiveSource } from "../../client/audit/archive-source.ts";
import { bucketSource } from "../../client/audit/aws/bucket-source.ts";
import { BUS_SOURCES } from "../../contract/names.ts";
import { rootIdOf } from "../../contract/task-id.ts";
import { regionNamed } from "../../functions/core/deployment/region.ts";
import { DEFAULT_PREFIX, taskRoleName } from "../../functions/hub-names.ts";
import { KINDS, TABLE_KEYS } from "../../functions/names.ts";
import { archiveBucketOf } from "../../infra/hub-scope.ts";
import { type Cloud, credentialsOf } from "./cdk.ts";
import { HUB, TARGET } from "./world.ts";

type Item = Readonly<Record<string, AttributeValue>>;

/** Contents of the deployed table, of the task roles' policies and of the bus, read without valetkey. */
export class DeployedRecord {
  readonly #table: DynamoDBClient;
  readonly #iam: IAMClient;
  readonly #events: EventBridgeClient;
  readonly #queues: SQSClient;
  readonly #cloud: Pick<Cloud, "endpoint" | "region">;

  constructor({ endpoint, region }: Cloud) {
    this.#cloud = { endpoint, region };
    this.#table = new DynamoDBClient({ endpoint, region, credentials: credentialsOf(HUB) });
    this.#iam = new IAMClient({ endpoint, region, credentials: credentialsOf(TARGET) });
    this.#queues = new SQSClient({ endpoint, region, credentials: credentialsOf(HUB) });
    this.#events = new EventBridgeClient({ endpoint, region, credentials: credentialsOf(HUB) });
  }

  /** The task's item as DynamoDB holds it, with its status. */
  async task(path: string): Promise<{ readonly status: string | undefined; readonly item: Item } | undefined> {
    const key = { [TABLE_KEYS.partition]: { S: treePartition(path) }, [TABLE_KEYS.sort]: { S: path } };
    const { Item } = await this.#table.send(
      new GetItemCommand({ TableName: DEFAULT_PREFIX, Key: key, ConsistentRead: true }),
    );
    return Item === undefined ? undefined : { status: Item.status?.S, item: Item };
  }

  /** Archive of the hub, as an auditor copies it. */
  archive(): ArchiveSource {
    return bucketSource(archiveBucketOf({ hub: { account: HUB, region: regionNamed(this.#cloud.region) } }), {
      ...{ endpoint: this.#cloud.endpoint, region: this.#cloud.region, credentials: credentialsOf(HUB) },
      forcePathStyle: true,
    });
  }

  /** The types of a task's journal events, in order. */
  async journal(path: string): Promise<string[]> {
    const { Items = [] } = await this.#table.send(
      new QueryCommand({
        TableName: DEFAULT_PREFIX,
        KeyConditionExpression: "#pk = :pk AND begins_with(#sk, :sk)",
        ExpressionAttributeNames: { "#pk": TABLE_KEYS.partition, "#sk": TABLE_KEYS.sort },
        ExpressionAttributeValues: {
          ":pk": { S: treePartition(path).replace(KINDS.task, KINDS.journal) },
          ":sk": { S: `${path}#EVENT#` },
        },
      }),
    );
    return Items.map((item) => item.type?.S ?? "");
  }

  /** The revocation policies of the target account's task roles, as one text; nothing while no role has one. */
  async revocations(policyName: string): Promise<string | undefined> {
    const texts = await Promise.all([0, 1].map((index) => this.#inlinePolicy(taskRoleName(index, {}), policyName)));
    return texts.join("\n").trim() || undefined;
  }

  /** An event of a publisher, as docs/events.md has it. */
  async putRequest(type: string, of: Readonly<Record<string, string>>): Promise<void> {
    const detail = { version: "1", ...of, reason: "the pipeline has finished", requested_by: "ci" };
    const [EventBusName, Source, Detail] = [DEFAULT_PREFIX, BUS_SOURCES.request, JSON.stringify(detail)];
    const { FailedEntryCount: failed } = await this.#events.send(
      new PutEventsCommand({ Entries: [{ EventBusName, Source, DetailType: type, Detail }] }),
    );
    if (failed !== 0) throw new Error(`${type} was not put`);
  }

  /** Sends an event of CloudTrail to `observe`, as the rule of the bus does. MiniStack forwards none between buses. */
  async sendCall(event: object): Promise<void> {
    const { QueueUrl } = await this.#queues.send(new GetQueueUrlCommand({ QueueName: "valetkey-uses" }));
    await this.#queues.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(event) }));
  }

  async #inlinePolicy(role: string, name: string): Promise<string> {
    try {
      const { PolicyDocument = "" } = await this.#iam.send(
        new GetRolePolicyCommand({ RoleName: role, PolicyName: name }),
      );
      return decodeURIComponent(PolicyDocument);
    } catch (error) {
      if (error instanceof NoSuchEntityException) return "";
      throw error;
    }
  }
}

const treePartition = (path: string): string => `${KINDS.task}${rootIdOf(path)}`;
