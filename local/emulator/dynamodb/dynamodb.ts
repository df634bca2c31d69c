import type { ChangeFeeds } from "../change-feed.ts";
import type { Need } from "../need.ts";
import type { PolicyDocument } from "../policy-document.ts";
import type { Call, Caller, Service } from "../service.ts";
import { ServiceError } from "../service-error.ts";
import type { Item, TableChange } from "../table-change.ts";
import type { Answer } from "../wire-request.ts";
import type { DynamoBackends } from "./dynamo-backends.ts";
import { dynamoNeeds, tablePlace } from "./dynamodb-needs.ts";
import type { BackendAnswer } from "./over-http.ts";
import { type KeyCatalogue, keyOf } from "./table-keys.ts";
import { type Touch, touchesOf } from "./touches.ts";

/** Operations on a whole table: one need, on the table. */
const TABLE_OPERATIONS = new Set([
  "CreateTable",
  "DeleteTable",
  "DescribeContinuousBackups",
  "DescribeTable",
  "DescribeTimeToLive",
  "UpdateTable",
  "UpdateTimeToLive",
]);

export interface DynamoPorts {
  readonly backends: DynamoBackends;
  readonly catalogue: KeyCatalogue;
  readonly feed: ChangeFeeds;
  /** Resource policies of tables, by the tables' ARNs. */
  readonly policies: ReadonlyMap<string, PolicyDocument>;
  /** True for updates that the feed reports with their new image, at the cost of a read; none by default. */
  readonly isImaged?: (keys: Item) => boolean;
}

/** DynamoDB: authorises each item of a call, passes the call on, and reports the changes of a success to the feed. */
export function dynamoService(ports: DynamoPorts): Service {
  return {
    name: "dynamodb",
    format: "json",
    async open(request, caller): Promise<Call> {
      const [, operation = ""] = /^DynamoDB_20120810\.(\w+)$/.exec(request.headers["x-amz-target"] ?? "") ?? [];
      const input = parseInput(request.body);
      const touches = readTouches(operation, input);
      const needs = touches
        ? await dynamoNeeds(touches, operation, input, caller, ports.catalogue)
        : [wholeTableNeed(operation, input, caller)];
      const account = oneAccount(needs);
      return {
        operation,
        needs: needs.map((need) => underPolicy(need, ports.policies)),
        perform: async () => {
          const answer = await ports.backends.send(account, operation, asDecided(input, caller), caller.region);
          if (typeof input.TableName === "string" && /^(Delete|Update)Table$/.test(operation))
            ports.catalogue.forget(account, tablePlace(input.TableName, caller).name);
          if (touches && answer.status === 200 && ports.feed.isRead)
            ports.feed.push(await changes(touches, answer, caller, ports));
          return passedOn(answer);
        },
      };
    },
  };
}

/** Adds the policy of the need's table. */
function underPolicy(need: Need, policies: DynamoPorts["policies"]): Need {
  const resourcePolicy = policies.get(need.resource.replace(/\/index\/.*$/, ""));
  return resourcePolicy === undefined ? need : { ...need, resourcePolicy };
}

function parseInput(body: Buffer): Record<string, unknown> {
  try {
    const input: unknown = JSON.parse(body.toString("utf8"));
    if (typeof input === "object" && input !== null) return input as Record<string, unknown>;
  } catch {
    // Falls through to the refusal.
  }
  throw new ServiceError("SerializationException", "Start of structure or map found where not expected.", 400);
}

function readTouches(operation: string, input: object): readonly Touch[] | undefined {
  try {
    const touches = touchesOf(operation, input);
    if (touches?.some((touch) => typeof touch.table !== "string")) throw new TypeError("TableName is missing");
    if (touches?.length === 0) throw new TypeError("the call names no item");
    // Only a TableName at the top is rewritten for the backend.
    if (!("TableName" in input) && touches?.some((touch) => touch.table.startsWith("arn:")))
      throw new TypeError("in batches and transactions the embedded DynamoDB takes table names, not ARNs");
    return touches;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new ServiceError("ValidationException", `The request is malformed: ${error.message}`, 400);
  }
}

function wholeTableNeed(operation: string, input: Readonly<Record<string, unknown>>, caller: Caller): Need {
  if (operation === "ListTables" || operation === "DescribeEndpoints")
    return { action: `dynamodb:${operation}`, resource: "*", resourceAccount: caller.account };
  if (!TABLE_OPERATIONS.has(operation))
    throw new ServiceError(
      "UnknownOperationException",
      `The embedded DynamoDB does not do ${operation || "that"}.`,
      400,
    );
  if (typeof input.TableName !== "string") throw new ServiceError("ValidationException", "TableName is missing", 400);
  const place = tablePlace(input.TableName, caller);
  return { action: `dynamodb:${operation}`, resource: place.arn, resourceAccount: place.account };
}

/** Returns the one account of a call's tables, since a call goes to one DynamoDB. */
function oneAccount(needs: readonly Need[]): string {
  const accounts = new Set(needs.map((need) => need.resourceAccount));
  const [account = ""] = accounts;
  if (accounts.size !== 1)
    throw new ServiceError(
      "ValidationException",
      "The embedded DynamoDB takes the tables of one account in one call.",
      400,
    );
  return account;
}

/**
 * Returns the input as it was parsed here, instead of the body. Two parsers may differ on a doubled member, and the
 * backend must do exactly the decided call. The backend knows tables by name, so an ARN is replaced by the table's
 * name.
 */
function asDecided(input: Readonly<Record<string, unknown>>, caller: Caller): object {
  if (typeof input.TableName !== "string") return input;
  return { ...input, TableName: tablePlace(input.TableName, caller).name };
}

async function changes(
  touches: readonly Touch[],
  answer: BackendAnswer,
  caller: Caller,
  ports: DynamoPorts,
): Promise<TableChange[]> {
  const { catalogue } = ports;
  const left = await unprocessedKeys(answer, caller, catalogue);
  const changed: TableChange[] = [];
  for (const { table, change } of touches) {
    if (!change) continue;
    const place = tablePlace(table, caller);
    const keys = await catalogue.of(place.account, place.name);
    if (!keys) continue;
    const key = keyOf(change.item, keys);
    if (left.size > 0 && left.has(JSON.stringify([place.name, key]))) continue;
    const base = { account: place.account, table: place.name, operation: change.operation, keys: key };
    const item = change.operation === "Put" ? change.item : await imageOf(base, ports);
    changed.push(item ? { ...base, item } : base);
  }
  return changed;
}

/**
 * Reads the item that an update left. The read comes before the update's answer, so no caller that waits for it can
 * change the item in between.
 */
async function imageOf(
  { account, table, operation, keys }: TableChange,
  { backends, isImaged }: DynamoPorts,
): Promise<Item | undefined> {
  if (operation !== "Update" || !isImaged?.(keys)) return undefined;
  const read = { TableName: table, Key: keys, ConsistentRead: true };
  const { body } = await backends.send(account, "GetItem", read);
  return (JSON.parse(body) as { readonly Item?: Item }).Item;
}

/** Lists the keys of a BatchWriteItem that were not written. */
async function unprocessedKeys(answer: BackendAnswer, caller: Caller, catalogue: KeyCatalogue): Promise<Set<string>> {
  const left = new Set<string>();
  if (!answer.body.includes('"UnprocessedItems"')) return left;
  const { UnprocessedItems = {} } = JSON.parse(answer.body) as { UnprocessedItems?: object };
  for (const touch of touchesOf("BatchWriteItem", { RequestItems: UnprocessedItems }) ?? []) {
    const place = tablePlace(touch.table, caller);
    const keys = await catalogue.of(place.account, place.name);
    if (keys && touch.item) left.add(JSON.stringify([place.name, keyOf(touch.item, keys)]));
  }
  return left;
}

function passedOn(answer: BackendAnswer): Answer {
  const headers: Record<string, string> = { "content-type": "application/x-amz-json-1.0" };
  const crc = answer.headers["x-amz-crc32"];
  if (typeof crc === "string") headers["x-amz-crc32"] = crc;
  return { status: answer.status, headers, body: answer.body };
}
