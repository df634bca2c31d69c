import type { AccountNames } from "./account-names.ts";
import { counted, few } from "./counted.ts";
import { namedGrantInWords } from "./request-in-words.ts";

/** Describes grants in one line, for a list: the first grant with some values and its account's name, and the number of further ones. No decision is made from a list. */
export function mayInWords(details: readonly unknown[], names: AccountNames = {}): string {
  const [first, ...others] = details.map((detail) => namedGrantInWords(detail, names));
  if (!first) return "Nothing is granted";
  const values = first.rows.flatMap((row) => row.values.map(({ text }) => text));
  const shown = values.length === 0 ? "" : `: ${few(values, MOST_VALUES)}`;
  const rest = others.length === 0 ? "" : `, and ${counted(others.length, "more grant")}`;
  return `${first.title}${shown}${rest}`;
}

/** Largest number of values of the first grant in a line. */
const MOST_VALUES = 4;
