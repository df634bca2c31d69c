import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { CreateTableCommand, DeleteTableCommand, DescribeTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  CreateEventBusCommand,
  DeleteEventBusCommand,
  EventBridgeClient,
  PutPermissionCommand,
} from "@aws-sdk/client-eventbridge";
import {
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  IAMClient,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { CreateQueueCommand, DeleteQueueCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { AwsAccess } from "../aws-access.ts";
import { settingsOf } from "../aws-access.ts";

/** Beginning of every name that the probes make, and the tag key of what can have tags. */
export const MARKER = "valetkey-assumption";

/** Time that AWS, and an emulator, is given to know of what was just written; milliseconds. */
const SETTLE_MS = { aws: 30_000, emulator: 2_000 } as const;

export interface Statement {
  readonly Effect: "Allow" | "Deny";
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export const policyOf = (...statements: readonly Statement[]): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements });

/**
 * Makes what probes need in one account, under names with the marker, and removes all of it. Roles trust the caller's own account alone, and may do what
 * the probe says and nothing else.
 */
export class Workshop {
  readonly access: AwsAccess;
  readonly partition: string;
  readonly settings: ReturnType<typeof settingsOf>;
  readonly settleMs: number;
  readonly #run = randomBytes(4).toString("hex");
  readonly #made: { readonly name: string; readonly remove: () => Promise<unknown> }[] = [];
  #serial = 0;

  constructor({ isAws, ...access }: AwsAccess & { readonly isAws: boolean }, partition: string) {
    this.access = access;
    this.settleMs = isAws ? SETTLE_MS.aws : SETTLE_MS.emulator;
    this.partition = partition;
    this.settings = settingsOf(access);
  }

  /** Makes a role with one policy, which the caller's account may assume with a name, a source identity and tags. @returns its ARN. */
  async role(
    policy: string,
    tags: Readonly<Record<string, string>> = {},
  ): Promise<{ readonly name: string; readonly arn: string }> {
    const { iam, name } = { iam: new IAMClient(this.settings), name: this.#name() };
    const trust = JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { AWS: `arn:${this.partition}:iam::${this.access.account}:root` },
          Action: ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"],
        },
      ],
    });
    const created = new CreateRoleCommand({
      ...{ RoleName: name, AssumeRolePolicyDocument: trust, MaxSessionDuration: 3_600 },
      Tags: Object.entries({ [MARKER]: this.#run, ...tags }).map(([Key, Value]) => ({ Key, Value })),
    });
    await this.#make(
      `role ${name}`,
      () => iam.send(created),
      async () => {
        await iam.send(new DeleteRolePolicyCommand({ RoleName: name, PolicyName: MARKER })).catch(unlessMissing);
        await iam.send(new DeleteRoleCommand({ RoleName: name })).catch(unlessMissing);
      },
    );
    await this.put(name, policy);
    return { name, arn: `arn:${this.partition}:iam::${this.access.account}:role/${name}` };
  }

  /** Replaces the policy of a role that was made here. */
  async put(role: string, policy: string): Promise<void> {
    const put = new PutRolePolicyCommand({ RoleName: role, PolicyName: MARKER, PolicyDocument: policy });
    await new IAMClient(this.settings).send(put);
  }

  /** Makes a bucket with objects. @returns its name. */
  async bucket(keys: readonly string[]): Promise<string> {
    const name = this.#name();
    const s3 = new S3Client({ ...this.settings, forcePathStyle: true });
    const place =
      this.access.region === "us-east-1"
        ? {}
        : { CreateBucketConfiguration: { LocationConstraint: this.access.region as never } };
    await this.#make(
      `bucket ${name}`,
      () => s3.send(new CreateBucketCommand({ Bucket: name, ...place })),
      async () => {
        for (const Key of keys) await s3.send(new DeleteObjectCommand({ Bucket: name, Key }));
        await s3.send(new DeleteBucketCommand({ Bucket: name }));
      },
    );
    for (const Key of keys) await s3.send(new PutObjectCommand({ Bucket: name, Key, Body: MARKER }));
    return name;
  }

  /** Makes a table with the key `pk`. @returns its name. */
  async table(): Promise<string> {
    const name = this.#name();
    const client = new DynamoDBClient(this.settings);
    const created = new CreateTableCommand({
      ...{ TableName: name, BillingMode: "PAY_PER_REQUEST" },
      KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
      AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
    });
    await this.#make(
      `table ${name}`,
      () => client.send(created),
      () => client.send(new DeleteTableCommand({ TableName: name })),
    );
    for (const untilMs = Date.now() + this.settleMs; Date.now() < untilMs; await sleep(500)) {
      const { Table: table } = await client.send(new DescribeTableCommand({ TableName: name }));
      if (table?.TableStatus === "ACTIVE") break;
    }
    return name;
  }

  /** Makes a queue. @returns its URL. */
  async queue(isFifo: boolean): Promise<string> {
    const name = `${this.#name()}${isFifo ? ".fifo" : ""}`;
    const client = new SQSClient(this.settings);
    let url = "";
    const Attributes = isFifo ? { FifoQueue: "true", ContentBasedDeduplication: "true" } : {};
    await this.#make(
      `queue ${name}`,
      async () => {
        url = (await client.send(new CreateQueueCommand({ QueueName: name, Attributes }))).QueueUrl ?? "";
      },
      () => client.send(new DeleteQueueCommand({ QueueUrl: url })),
    );
    return url;
  }

  /** Makes an event bus whose own policy denies this account to put events. @returns its name. */
  async closedBus(): Promise<string> {
    const name = this.#name();
    const client = new EventBridgeClient(this.settings);
    await this.#make(
      `event bus ${name}`,
      () => client.send(new CreateEventBusCommand({ Name: name })),
      () => client.send(new DeleteEventBusCommand({ Name: name })),
    );
    const Resource = `arn:${this.partition}:events:${this.access.region}:${this.access.account}:event-bus/${name}`;
    const statement = {
      Sid: "own",
      Effect: "Deny",
      Principal: { AWS: `arn:${this.partition}:iam::${this.access.account}:root` },
      Action: "events:PutEvents",
      Resource,
    };
    const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
    await client.send(new PutPermissionCommand({ EventBusName: name, Policy }));
    return name;
  }

  /** Removes everything, the last thing first. @returns names of what could not be removed, and by hand has to be. */
  async close(): Promise<readonly string[]> {
    const left: string[] = [];
    for (const { name, remove } of this.#made.splice(0).reverse()) {
      try {
        await remove();
      } catch (error) {
        left.push(`${name} (${nameOf(error)})`);
      }
    }
    return left;
  }

  /** Remembers how to remove a thing before it is made: an answer that is lost leaves nothing behind. */
  async #make(name: string, create: () => Promise<unknown>, remove: () => Promise<unknown>): Promise<void> {
    const made = { name, remove };
    this.#made.push(made);
    try {
      await create();
    } catch (error) {
      // Refused with an answer: there is nothing to remove.
      if (isRefusal(error)) this.#made.splice(this.#made.indexOf(made), 1);
      throw error;
    }
  }

  #name(): string {
    this.#serial += 1;
    return `${MARKER}-${this.#run}-${this.#serial}`;
  }
}

const isRefusal = (error: unknown): boolean => {
  const status = (error as { readonly $metadata?: { readonly httpStatusCode?: number } })?.$metadata?.httpStatusCode;
  return status !== undefined && status >= 400 && status < 500;
};

const MISSING = ["NoSuchEntity", "NoSuchEntityException"];

function unlessMissing(error: unknown): void {
  if (!MISSING.includes(nameOf(error))) throw error;
}

/** Name of an error, of plain characters: whoever answers at the endpoint may have chosen it. */
export const nameOf = (error: unknown): string =>
  (error instanceof Error ? error.name : typeof error).replace(/[^\w.]/g, "").slice(0, 64);
