import {
  type AttributeValue,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import type { FunctionName } from "../../contract/names.ts";
import { functionRoleName } from "../../functions/hub-names.ts";
import { functionRoleArn } from "../../infra/arns.ts";
import type { RunningCloud } from "../contract/running-cloud.ts";

const HUB = "999900001111";
const TableName = "valetkey";
export type Item = Readonly<Record<string, unknown>>;

/** Thief of the keys of a function's role, without the function's code or memory. */
export class Thief {
  readonly #client: DynamoDBClient;

  constructor(running: RunningCloud, name: FunctionName) {
    const { endpoint, region } = running.cloud.aws;
    const credentials = running.cloud.aws.keysFor(
      functionRoleArn(name, { partition: "aws", account: HUB }),
      functionRoleName(name, {}),
    );
    this.#client = new DynamoDBClient({ endpoint, region, credentials });
  }

  /** Writes the item by whatever right there is. @returns whether IAM let it. */
  async write({ pk, sk, ...fields }: Item): Promise<boolean> {
    const Key = marshall({ pk, sk });
    const put = new PutItemCommand({ TableName, Item: { ...Key, ...marshall(fields, OPTIONS) } });
    return (await this.#may(() => this.#client.send(put))) || this.set(Key, fields);
  }

  async set(Key: Record<string, AttributeValue>, fields: Item): Promise<boolean> {
    const names = Object.keys(fields);
    const update = new UpdateItemCommand({
      TableName,
      Key,
      UpdateExpression: `SET ${names.map((_, index) => `#f${index} = :f${index}`).join(", ")}`,
      ExpressionAttributeNames: Object.fromEntries(names.map((name, index) => [`#f${index}`, name])),
      ExpressionAttributeValues: marshall(
        Object.fromEntries(names.map((name, index) => [`:f${index}`, fields[name]])),
        OPTIONS,
      ),
    });
    return this.#may(() => this.#client.send(update));
  }

  async remove(Key: Record<string, AttributeValue>): Promise<boolean> {
    return this.#may(() => this.#client.send(new DeleteItemCommand({ TableName, Key })));
  }

  /** @returns whether IAM lets it read the item, or list its partition. */
  async reads({ pk, sk }: Item): Promise<boolean> {
    const key = marshall({ pk, sk });
    const query = partition(String(pk));
    const got = await this.#may(() => this.#client.send(new GetItemCommand({ TableName, Key: key })));
    return (await this.#may(() => this.#client.send(query))) || got;
  }

  async read(Key: Record<string, AttributeValue>): Promise<Item> {
    const { Item: item } = await this.#client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
    if (!item) throw new Error("not there");
    return unmarshall(item);
  }

  /** Lists a partition. */
  async list(pk: string): Promise<readonly Item[]> {
    const { Items: items = [] } = await this.#client.send(partition(pk));
    return items.map((item) => unmarshall(item));
  }

  async #may(call: () => Promise<unknown>): Promise<boolean> {
    try {
      await call();
      return true;
    } catch (error) {
      if (error instanceof Error && error.name === "AccessDeniedException") return false;
      throw error;
    }
  }
}

const partition = (pk: string): QueryCommand =>
  new QueryCommand({
    TableName,
    KeyConditionExpression: "#pk = :pk",
    ConsistentRead: true,
    ExpressionAttributeNames: { "#pk": "pk" },
    ExpressionAttributeValues: marshall({ ":pk": pk }),
  });

const OPTIONS = { removeUndefinedValues: true } as const;
