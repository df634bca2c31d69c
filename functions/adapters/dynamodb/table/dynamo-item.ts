import { type AgentId, isAgentId } from "../../../../contract/agent-id.ts";
import { isApprovalId } from "../../../../contract/approval-id.ts";
import { isAccountId } from "../../../core/deployment/account-id.ts";
import { isTaskPath } from "../../../core/task-path.ts";
import type { Item } from "./raw-item.ts";

/** A record without an approval may say so by null. */
const hasApprovalId = (value: unknown): boolean =>
  value === null || (typeof value === "object" && "id" in value && isApprovalId(value.id));

/** Fields of records whose texts have one spelling, each with its guard. */
const SPELLED = {
  account: isAccountId,
  agent: isAgentId,
  approval: hasApprovalId,
  path: isTaskPath,
  task: isTaskPath,
} as const;

/**
 * Converts a stored item back to its record: all fields but the table's own (keys, kind, TTL). Only here does the code
 * trust that an item has its record's type. IAM bounds who can have written the item (`infra/rights.ts`).
 * @throws {TypeError} where the item names an agent, an account, an approval or a task in another spelling than its one.
 */
export function recordOf<T extends object>({ pk: _pk, sk: _sk, kind: _kind, ttl: _ttl, ...fields }: Item): T {
  for (const [name, isSpelled] of Object.entries(SPELLED))
    if (fields[name] !== undefined && !isSpelled(fields[name])) throw new TypeError(`a stored ${name} is misspelt`);
  return fields as T;
}

/**
 * Converts an item of an agent back to its record.
 * @throws {TypeError} where the record's id is no agent's id.
 */
export function agentRecordOf<T extends { readonly id: AgentId }>(item: Item): T {
  if (!isAgentId(item.id)) throw new TypeError("a stored agent's id is misspelt");
  return recordOf<T>(item);
}
