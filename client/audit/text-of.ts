import { visibleText } from "../../contract/decision/visible-text.ts";

/**
 * Writes a fact as a text. A list or an object becomes JSON: a fact may have a member `toString` that is no function.
 */
export const plainOf = (fact: unknown): string =>
  typeof fact === "object" && fact !== null ? JSON.stringify(fact) : String(fact);

/** Writes a fact for a person: control characters, line feeds too, become escapes. "?" where the fact is missing. */
export const textOf = (fact: unknown): string =>
  fact === undefined || fact === null ? "?" : visibleText(plainOf(fact));
