import type { Need } from "../need.ts";
import type { Caller } from "../service.ts";
import { ServiceError } from "../service-error.ts";
import { leadingKey } from "./leading-key.ts";
import type { KeyCatalogue } from "./table-keys.ts";
import type { Touch } from "./touches.ts";

/** Account and name of a table, read from its name or ARN. */
export interface TablePlace {
  readonly account: string;
  readonly name: string;
  readonly arn: string;
}

/** Finds the table that a caller means by a name (in the caller's account) or by an ARN (in any account). */
export function tablePlace(nameOrArn: string, caller: Caller): TablePlace {
  const [, region = caller.region, account = caller.account, name = nameOrArn] =
    /^arn:aws:dynamodb:([a-z0-9-]+):(\d{12}):table\/(.+)$/.exec(nameOrArn) ?? [];
  if (!/^[\w.-]{1,255}$/.test(name))
    throw new ServiceError("ValidationException", `Invalid table name or ARN: ${nameOrArn}`, 400);
  return { account, name, arn: `arn:aws:dynamodb:${region}:${account}:table/${name}` };
}

/** Further condition keys from a call's input, beside the leading keys. */
const NAMED_IN_CONTEXT = { Select: "dynamodb:Select", ReturnValues: "dynamodb:ReturnValues" } as const;

/**
 * Lists one need for each action on each table or index. The need's `dynamodb:LeadingKeys` are all partition keys that
 * the call touches there. A call that names no partition key (Scan) has no such condition key, as in AWS.
 */
export async function dynamoNeeds(
  touches: readonly Touch[],
  operation: string,
  input: Readonly<Record<string, unknown>>,
  caller: Caller,
  catalogue: KeyCatalogue,
): Promise<Need[]> {
  const groups = new Map<string, { need: Need; leadingKeys: Set<string> }>();
  const shared: Record<string, string> = {};
  if (operation.startsWith("Transact")) shared["dynamodb:EnclosingOperation"] = operation;
  for (const [member, key] of Object.entries(NAMED_IN_CONTEXT)) {
    if (typeof input[member] === "string") shared[key] = input[member];
  }
  for (const touch of touches) {
    const place = tablePlace(touch.table, caller);
    const resource = touch.index === undefined ? place.arn : `${place.arn}/index/${touch.index}`;
    const groupName = `${touch.action} ${resource}`;
    const group = groups.get(groupName) ?? {
      need: { action: `dynamodb:${touch.action}`, resource, resourceAccount: place.account },
      leadingKeys: new Set<string>(),
    };
    groups.set(groupName, group);
    const keys = await catalogue.of(place.account, place.name);
    const leading = keys && leadingKey(touch, keys);
    if (leading !== undefined) group.leadingKeys.add(leading);
    else if (keys && touch.action !== "Scan") throw noPartitionKey(keys.partition);
  }
  return [...groups.values()].map(({ need, leadingKeys }) => ({
    ...need,
    context: { ...shared, ...(leadingKeys.size === 0 ? {} : { "dynamodb:LeadingKeys": [...leadingKeys] }) },
  }));
}

/**
 * Error of a call without a leading key. The call must not reach the evaluator: a `ForAllValues` condition would hold
 * for it.
 */
const noPartitionKey = (name: string): ServiceError =>
  new ServiceError("ValidationException", `The partition key ${name} (or its equality condition) is missing`, 400);
