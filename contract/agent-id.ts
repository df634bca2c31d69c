import { AGENT_ID } from "./names.ts";

/** Id of an agent in the form of `AGENT_ID`, registered or not. Only this file makes one of a text from outside. */
export type AgentId = string & { readonly __brand: "AgentId" };

/** True for an agent's id in its one spelling. Nothing is folded or trimmed. */
export const isAgentId = (value: unknown): value is AgentId => typeof value === "string" && AGENT_ID.test(value);

/**
 * Returns an agent's id that the caller knows to be one. @throws {TypeError} for any other text.
 * @example agentId("reports")
 */
export function agentId(text: string): AgentId {
  if (!isAgentId(text)) throw new TypeError("an agent's id has 2 to 64 of a-z, 0-9 and hyphens, with none at its ends");
  return text;
}
