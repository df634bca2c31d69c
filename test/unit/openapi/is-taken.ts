import type { FakeWorld } from "../../fakes/world/world.ts";
import { answerTo, type Call } from "../../openapi/recording/call.ts";

/** Refusals of a request's form, and not of its intent. */
const MALFORMED = [
  "malformed_request",
  "unsupported_grant_type",
  "unsupported_token_type",
  "intent_invalid",
  "agent_invalid",
];

/** Returns whether the handler took the request for a well-formed one, whatever it then decided. */
export async function isTaken(call: Call, world: FakeWorld): Promise<boolean> {
  const { statusCode, body } = await answerTo(call, world);
  return statusCode < 300 || !MALFORMED.includes(JSON.parse(body).code);
}

/** A request that differs from one that is taken in one thing, and whether it is taken. */
export type Row = readonly [says: string, taken: boolean, changed: Readonly<Record<string, unknown>>];

export const numbered = (count: number, prefix: string): string[] =>
  Array.from({ length: count }, (_, n) => `${prefix}${n}`);
