import { nearest } from "../../functions/core/catalogue/nearest.ts";

/** Makes the end of a sentence about an unknown name: the known name that was probably meant. */
export function meant(typed: string, known: readonly string[]): string {
  const name = nearest(typed, known);
  return name === undefined ? "" : `; did you mean ${name}?`;
}
