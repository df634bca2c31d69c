import { isAgentId } from "../../contract/agent-id.ts";
import { isConditionScope } from "../../contract/condition-scope.ts";
import { CONDITION_NAME } from "../../contract/names.ts";
import { AGENTS_IN_MESSAGE, type Recheck } from "../core/conditions/recheck.ts";
import { jsonFields } from "../core/text/json-fields.ts";

/** Reads a condition and its place; undefined where either is malformed. */
export const recheckIn = (condition: unknown, scope: unknown): Recheck | undefined =>
  typeof condition === "string" &&
  CONDITION_NAME.test(condition) &&
  typeof scope === "string" &&
  isConditionScope(scope)
    ? { condition, scope }
    : undefined;

/** Reads a message of the queue; undefined for a malformed one. */
export function parseRecheck(body: string): Recheck | undefined {
  const { condition, scope, agents } = jsonFields(body);
  const recheck = recheckIn(condition, scope);
  if (recheck === undefined || agents === undefined) return recheck;
  const isList = Array.isArray(agents) && agents.length <= AGENTS_IN_MESSAGE && agents.every(isAgentId);
  return isList ? { ...recheck, agents } : undefined;
}
