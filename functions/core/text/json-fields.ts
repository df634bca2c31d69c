import { parseJson } from "./parse-json.ts";

/**
 * Returns the fields of a text that should be a JSON object, unchecked; none for any other text.
 * @param parse parser of the text; refuses repeated members unless given.
 */
export function jsonFields(
  text: string,
  parse: (text: string) => unknown = parseJson,
): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
