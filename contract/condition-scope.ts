import { CONDITION_SCOPE } from "./names.ts";

/**
 * Place in which a condition of the world is set: the whole hub, a target account, a team, or an agent.
 * @example "hub", "account:111122223333", "team:data", "agent:reporter"
 */
export type ConditionScope = "hub" | `account:${string}` | `team:${string}` | `agent:${string}`;

/** Returns true for a place in which a condition can be set. */
export const isConditionScope = (text: string): text is ConditionScope => CONDITION_SCOPE.test(text);
