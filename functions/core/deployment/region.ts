import { REGION } from "../../../contract/names.ts";

/** Name of an AWS Region: `eu-central-1`. Only this file makes one of a text from outside. */
export type Region = string & { readonly __brand: "Region" };

/** True for a Region's name in its one spelling. Nothing is folded or trimmed. */
export const isRegion = (value: unknown): value is Region => typeof value === "string" && REGION.test(value);

/**
 * Returns a Region that the caller knows to be one. @throws {TypeError} for any other text.
 * @example regionNamed("eu-central-1")
 */
export function regionNamed(text: string): Region {
  if (!isRegion(text)) throw new TypeError("a Region's name has a form such as eu-central-1");
  return text;
}
