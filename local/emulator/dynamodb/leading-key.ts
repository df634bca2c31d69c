import type { AttributeValue } from "../table-change.ts";
import type { TableKeys } from "./table-keys.ts";
import type { QueryInput, Touch } from "./touches.ts";

/** Returns the partition key's value for `dynamodb:LeadingKeys`; undefined where the call names none. */
export function leadingKey(touch: Touch, keys: TableKeys): string | undefined {
  const partition = touch.index === undefined ? keys.partition : keys.indexPartitions.get(touch.index);
  if (partition === undefined) return undefined;
  if (touch.query) return textOf(queriedPartition(touch.query, partition));
  return textOf(touch.item?.[partition]);
}

function queriedPartition(query: QueryInput, partition: string): AttributeValue | undefined {
  const legacy = query.KeyConditions?.[partition];
  if (legacy) return legacy.ComparisonOperator === "EQ" ? legacy.AttributeValueList?.[0] : undefined;
  const names = query.ExpressionAttributeNames ?? {};
  for (const clause of (query.KeyConditionExpression ?? "").replace(/[()]/g, " ").split(/\s+AND\s+/i)) {
    const [, name = "", value = ""] = /^\s*([^\s=<>]+)\s*=\s*(:\w+)\s*$/.exec(clause) ?? [];
    if ((names[name] ?? name) === partition) return query.ExpressionAttributeValues?.[value];
  }
  return undefined;
}

const textOf = (value: AttributeValue | undefined): string | undefined => value?.S ?? value?.N ?? value?.B;
