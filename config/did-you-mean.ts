import { nearest } from "../functions/core/catalogue/nearest.ts";

/** Ends a sentence about an unknown name with the known one that was probably meant. */
export function meant(typed: string, known: readonly string[]): string {
  const name = nearest(typed, known);
  return name === undefined ? "" : `; did you mean ${name}?`;
}
