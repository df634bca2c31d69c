import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type {
  AttributeValue,
  QueryCommandInput,
  TransactWriteItem,
  UpdateItemCommandInput,
} from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { Refusal } from "../../../core/refusal.ts";
import { whileContended } from "../../../core/while-contended.ts";
import { TABLE_KEYS } from "../../../names.ts";
import { nameOf } from "../../aws/aws-fault.ts";
import { BatchedGets } from "./batched-gets.ts";
import { ofKnownVersion, readItem, withVersion } from "./item-version.ts";
import { type Item, itemOf, type Key, keyOf, MARSHALL, nameOfKey } from "./raw-item.ts";
import type { TableClient, TableInputs, TableOperation, TableOutputs } from "./table-client.ts";

/** Time for which an item outlives its subject, since a late reader may still need the item; seconds. */
export const MARGIN_SECONDS = 3_600;

/** Write of a transaction, with a name that identifies it where its condition fails. */
export interface Write {
  readonly name: string;
  readonly item: TransactWriteItem;
}

/**
 * valetkey's one table. Translates DynamoDB's errors: an outage becomes the refusal `store_unavailable`; a lost race becomes the names of the failed writes.
 */
export class DynamoTable {
  readonly #table: string;
  readonly #client: TableClient;
  readonly #batched: BatchedGets | undefined;

  /** @param isBatching true to send strong reads that begin together as one call. */
  constructor(table: string, client: TableClient, { isBatching = false }: { readonly isBatching?: boolean } = {}) {
    this.#table = table;
    this.#client = client;
    this.#batched = isBatching ? new BatchedGets((keys) => this.#getAll(keys)) : undefined;
  }

  /** Reads an item: strongly; `loosely`, as it was up to a second ago; or `along` with the next strong reads, where nobody waits for the item. */
  get(key: Key, how: "strongly" | "loosely" | "along" = "strongly"): Promise<Item | undefined> {
    if (!this.#batched || how === "loosely") return this.#getOne(key, how === "strongly");
    return how === "along" ? this.#batched.getAlong(key) : this.#batched.get(key);
  }

  async #getOne(key: Key, consistent: boolean): Promise<Item | undefined> {
    const input = { TableName: this.#table, Key: keyOf(key), ConsistentRead: consistent };
    const { Item: item } = await this.#send("GetItem", input);
    return item && readItem(item);
  }

  /** Reads items strongly, in the order of the keys. A key that DynamoDB leaves unread is an outage, since an absent item has a meaning. */
  async #getAll(keys: readonly Key[]): Promise<readonly (Item | undefined)[]> {
    const [first] = keys;
    if (first && keys.length === 1) return [await this.#getOne(first, true)];
    const { Responses: read, UnprocessedKeys: left } = await this.#send("BatchGetItem", {
      RequestItems: { [this.#table]: { Keys: keys.map(keyOf), ConsistentRead: true } },
    });
    if (!read?.[this.#table] || Object.keys(left ?? {}).length > 0)
      throw new Refusal("store_unavailable", { why: "UnprocessedKeys", retryAfterSeconds: 1 });
    const items = new Map(read[this.#table]?.map((item) => [nameOfKey(item), readItem(item)]));
    return keys.map((key) => items.get(nameOfKey(keyOf(key))));
  }

  /**
   * Lists the items of a partition whose sort key has the prefix, strongly read.
   * @param only names of the fields to read, which saves most of the traffic for thousands of items; all fields unless given.
   */
  async query(pk: string, prefix: string, only: readonly string[] = []): Promise<readonly Item[]> {
    const items: Item[] = [];
    let from: Record<string, AttributeValue> | undefined;
    do {
      const page = await this.#send("Query", this.#queryInput(pk, prefix, only, from));
      items.push(...(page.Items ?? []).map(readItem));
      from = page.LastEvaluatedKey;
    } while (from);
    return items;
  }

  /** Lists the items of a partition after a sort key, strongly read. */
  async queryAfter(pk: string, after: string): Promise<readonly Item[]> {
    const items: Item[] = [];
    let from: Record<string, AttributeValue> | undefined;
    do {
      const page = await this.#send("Query", { ...this.#afterInput(pk, after), ExclusiveStartKey: from });
      items.push(...(page.Items ?? []).map(readItem));
      from = page.LastEvaluatedKey;
    } while (from);
    return items;
  }

  /** Reads the first items whose sort key has the prefix, strongly: `most`, or fewer where the items are large. */
  async first(pk: string, prefix: string, most: number): Promise<{ readonly items: readonly Item[]; more: boolean }> {
    // Reads one item more, since DynamoDB also names a last key where no item follows it.
    const input = { ...this.#queryInput(pk, prefix, [], undefined), Limit: most + 1 };
    const { Items: read = [], LastEvaluatedKey: last } = await this.#send("Query", input);
    return { items: read.slice(0, most).map(readItem), more: read.length > most || last !== undefined };
  }

  /** Yields pages of a partition's items between two sort keys (inclusive), strongly read, the last first. Reads a page only on demand. */
  async *lastFirst(
    pk: string,
    { from, to, most }: { readonly from: string; readonly to: string; readonly most: number },
  ): AsyncGenerator<readonly Item[]> {
    let after: Record<string, AttributeValue> | undefined;
    do {
      const page = await this.#send("Query", {
        TableName: this.#table,
        ConsistentRead: true,
        ScanIndexForward: false,
        Limit: most,
        KeyConditionExpression: "#pk = :pk AND #sk BETWEEN :from AND :to",
        ExpressionAttributeNames: { "#pk": TABLE_KEYS.partition, "#sk": TABLE_KEYS.sort },
        ExpressionAttributeValues: { ":pk": { S: pk }, ":from": { S: from }, ":to": { S: to } },
        ExclusiveStartKey: after,
      });
      yield (page.Items ?? []).map(readItem);
      after = page.LastEvaluatedKey;
    } while (after);
  }

  /** Reads one page of a partition, after a sort key. */
  async page(pk: string, after: string | undefined, most: number): Promise<readonly Item[]> {
    const { Items: items } = await this.#send("Query", { ...this.#afterInput(pk, after || " "), Limit: most });
    return (items ?? []).map(readItem);
  }

  /** Updates an item on a condition. @returns false where the condition did not hold. */
  async update(key: Key, change: Change): Promise<boolean> {
    return this.#conditionally("UpdateItem", this.#updateInput(key, change));
  }

  /**
   * Updates an item on no condition. @returns the item as this update has left it.
   * @throws {Refusal} store_unavailable for an item of an unknown form, too.
   */
  async updateAndRead(key: Key, change: Omit<Change, "where">): Promise<Item> {
    const input = { ...this.#updateInput(key, change), ReturnValues: "ALL_NEW" as const };
    const { Attributes: item } = await this.#unlessConflicting(() => this.#send("UpdateItem", input)).catch((error) => {
      if (nameOf(error) === CONDITION_FAILED)
        throw new Refusal("store_unavailable", { why: "item of an unknown form" });
      throw error;
    });
    if (item === undefined) throw new Refusal("store_unavailable", { why: "answer" });
    return readItem(item);
  }

  /** Writes a new item. @returns false where the key has one already. */
  async insert(key: Key, item: Item): Promise<boolean> {
    const input = { TableName: this.#table, Item: itemOf(key, item), ConditionExpression: ABSENT };
    return this.#conditionally("PutItem", input);
  }

  /** Writes an item, replacing any that the key has. */
  async write(key: Key, item: Item): Promise<void> {
    await this.#send("PutItem", { TableName: this.#table, Item: itemOf(key, item) });
  }

  /** Removes an item, if the key has one. */
  async delete(key: Key): Promise<void> {
    const input = { TableName: this.#table, Key: keyOf(key) };
    await this.#unlessConflicting(() => this.#send("DeleteItem", input));
  }

  /** Performs all writes or none. @returns names of the writes whose condition failed; none where all were performed. */
  transact(writes: readonly Write[]): Promise<readonly string[]> {
    return this.#unlessConflicting(() => this.#transactOnce(writes));
  }

  async #transactOnce(writes: readonly Write[]): Promise<readonly string[]> {
    try {
      await this.#send("TransactWriteItems", { TransactItems: writes.map(({ item }) => item) });
      return [];
    } catch (error) {
      if (nameOf(error) !== CANCELLED) throw error;
      const codes = cancellationCodes(error);
      const failed = writes.filter((_, index) => codes[index] === "ConditionalCheckFailed").map(({ name }) => name);
      if (failed.length > 0) return failed;
      throw new Refusal(codes.includes("TransactionConflict") ? "contended" : "store_unavailable", {
        why: codes.join(" "),
        retryAfterSeconds: 1,
      });
    }
  }

  /** Makes a put for a transaction: only where the key has no item (`absent`), always (`whatever`), or on a condition. */
  putWrite(name: string, key: Key, item: Item, condition: "absent" | "whatever" | Omit<Change, "set">): Write {
    const put = { TableName: this.#table, Item: itemOf(key, item) };
    if (condition === "whatever") return { name, item: { Put: put } };
    const input = condition === "absent" ? { ConditionExpression: ABSENT } : this.#conditionOf(condition);
    return { name, item: { Put: { ...put, ...input } } };
  }

  updateWrite(name: string, key: Key, change: Change): Write {
    const { UpdateExpression = "", ...input } = this.#updateInput(key, change);
    return { name, item: { Update: { ...input, UpdateExpression } } };
  }

  deleteWrite(name: string, key: Key): Write {
    return { name, item: { Delete: { TableName: this.#table, Key: keyOf(key) } } };
  }

  /** Makes a condition on an item that the transaction does not change: the item is absent, or meets another condition. */
  checkWrite(name: string, key: Key, condition: "absent" | Omit<Change, "set">): Write {
    const input = condition === "absent" ? { ConditionExpression: ABSENT } : this.#conditionOf(condition);
    return { name, item: { ConditionCheck: { TableName: this.#table, Key: keyOf(key), ...input } } };
  }

  /** Makes a removal on a condition, which fails for an item that does not exist. */
  deleteWriteIf(name: string, key: Key, condition: Omit<Change, "set">): Write {
    const { UpdateExpression: _, ...input } = this.#updateInput(key, { ...condition, set: "" });
    return { name, item: { Delete: input } };
  }

  #afterInput(pk: string, after: string): QueryCommandInput {
    return {
      TableName: this.#table,
      ConsistentRead: true,
      KeyConditionExpression: "#pk = :pk AND #sk > :after",
      ExpressionAttributeNames: { "#pk": TABLE_KEYS.partition, "#sk": TABLE_KEYS.sort },
      ExpressionAttributeValues: { ":pk": { S: pk }, ":after": { S: after } },
    };
  }

  #queryInput(
    pk: string,
    prefix: string,
    only: readonly string[],
    from: Record<string, AttributeValue> | undefined,
  ): QueryCommandInput {
    const wanted = Object.fromEntries(withVersion(only).map((name, index) => [`#a${index}`, name]));
    return {
      TableName: this.#table,
      ConsistentRead: true,
      KeyConditionExpression: prefix === "" ? "#pk = :pk" : "#pk = :pk AND begins_with(#sk, :prefix)",
      ExpressionAttributeNames: {
        "#pk": TABLE_KEYS.partition,
        ...(prefix === "" ? {} : { "#sk": TABLE_KEYS.sort }),
        ...wanted,
      },
      ...(only.length > 0 ? { ProjectionExpression: Object.keys(wanted).join(", ") } : {}),
      ExpressionAttributeValues: { ":pk": { S: pk }, ...(prefix === "" ? {} : { ":prefix": { S: prefix } }) },
      ExclusiveStartKey: from,
    };
  }

  #updateInput(key: Key, change: AnyChange): UpdateItemCommandInput {
    const { ExpressionAttributeNames, ExpressionAttributeValues } = this.#conditionOf(change);
    const { ConditionExpression, names, values } = ofKnownVersion(change.where);
    return {
      TableName: this.#table,
      Key: keyOf(key),
      UpdateExpression: change.set,
      ConditionExpression,
      ExpressionAttributeNames: { ...ExpressionAttributeNames, ...names },
      ExpressionAttributeValues: { ...ExpressionAttributeValues, ...values },
    };
  }

  #conditionOf(change: Omit<AnyChange, "set">) {
    const values = Object.entries(change.values).map(([name, value]) => [`:${name}`, value] as const);
    return {
      ConditionExpression: change.where,
      ExpressionAttributeNames: Object.fromEntries(
        Object.entries(change.names).map(([name, attribute]) => [`#${name}`, attribute]),
      ),
      ...(values.length > 0 ? { ExpressionAttributeValues: marshall(Object.fromEntries(values), MARSHALL) } : {}),
    };
  }

  /** Repeats a write that conflicts with another transaction. Nothing was written, and the other transaction ends soon. */
  #unlessConflicting<T>(write: () => Promise<T>): Promise<T> {
    return whileContended(write, async ({ number }) => {
      await sleep(randomInt(CONFLICT.pauseMs * number));
      return { number: number + 1, isLast: number + 1 >= CONFLICT.attempts };
    });
  }

  async #conditionally<O extends TableOperation>(operation: O, input: TableInputs[O]): Promise<boolean> {
    try {
      await this.#unlessConflicting(() => this.#send(operation, input));
      return true;
    } catch (error) {
      if (nameOf(error) === CONDITION_FAILED) return false;
      throw error;
    }
  }

  /**
   * Calls DynamoDB and translates its errors: conditions that failed and invalid requests (bugs) are rethrown, all others are outages.
   * @throws {Refusal} store_unavailable, contended.
   */
  async #send<O extends TableOperation>(operation: O, input: TableInputs[O]): Promise<TableOutputs[O]> {
    try {
      return await this.#client.send(operation, input);
    } catch (error) {
      const why = nameOf(error);
      if (RETHROWN.has(why)) throw error;
      if (why === "TransactionConflictException") throw new Refusal("contended", { retryAfterSeconds: 1 });
      throw new Refusal("store_unavailable", { why, retryAfterSeconds: 1 });
    }
  }
}

/** Conditional update in DynamoDB's expressions; the keys of `names` and `values` omit `#` and `:`. */
export interface Change {
  readonly set: string;
  readonly where: string;
  readonly names: Readonly<Record<string, string>>;
  readonly values: Item;
}

/** Change on a condition, or on none. */
type AnyChange = Omit<Change, "where"> & Partial<Pick<Change, "where">>;

/** Upper bound on the attempts at a write that conflicts with a transaction; longest pause in milliseconds, times the attempts before it. */
const CONFLICT = { attempts: 8, pauseMs: 20 } as const;

const ABSENT = `attribute_not_exists(${TABLE_KEYS.partition})`;

const CANCELLED = "TransactionCanceledException";
const CONDITION_FAILED = "ConditionalCheckFailedException";
const RETHROWN: ReadonlySet<string> = new Set([CANCELLED, CONDITION_FAILED, "ValidationException"]);

/** Reads why each write of a cancelled transaction failed, in order. */
const cancellationCodes = (error: unknown): readonly (string | undefined)[] => {
  const { CancellationReasons: reasons } = error as { readonly CancellationReasons?: readonly { Code?: string }[] };
  return (reasons ?? []).map(({ Code: code }) => code);
};
