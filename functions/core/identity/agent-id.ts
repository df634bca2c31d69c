import { AGENT_ID } from "../../../contract/names.ts";

/** Id of an agent in the form of `AGENT_ID`, registered or not. Only this file makes one of a text from outside. */
export type AgentId = string & { readonly __brand: "AgentId" };

/** True for an agent's id in its one spelling. Nothing is folded or trimmed. */
export const isAgentId = (value: unknown): value is AgentId => typeof value === "string" && AGENT_ID.test(value);
