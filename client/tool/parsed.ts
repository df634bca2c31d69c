import { type Refused, refused } from "./refused.ts";

/** Longest body; bytes. */
export const BODY_BYTES = 4 * 1_024 * 1_024;

/** Parsed body, undefined where there is none, or the reason why it cannot be parsed. */
export type Body = { readonly value: unknown } | Refused;

/** Parses a body as JSON. */
export function parsed(text: string): Body {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return refused(400, "invalid_request", "The body must be JSON.");
  }
}
