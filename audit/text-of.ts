import { visibleText } from "../decision/visible-text.ts";

/** Writes a fact as a text. A list or an object is JSON: as an object of JavaScript it may have a `toString` that is no function. */
export const plainOf = (fact: unknown): string =>
  typeof fact === "object" && fact !== null ? JSON.stringify(fact) : String(fact);

/** Writes a fact for a person: what a terminal would obey, a line feed among it, becomes an escape. "?" where there is none. */
export const textOf = (fact: unknown): string =>
  fact === undefined || fact === null ? "?" : visibleText(plainOf(fact));
