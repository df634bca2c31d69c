import { counted, few } from "./counted.ts";
import { grantInWords } from "./request-in-words.ts";

/** Describes grants in one line, for a list: the first grant with some values, and the number of further ones. No decision is made from a list. */
export function mayInWords(details: readonly unknown[]): string {
  const [first, ...others] = details.map(grantInWords);
  if (!first) return "Nothing is granted";
  const values = first.rows.flatMap((row) => row.values.map(({ text }) => text));
  const shown = values.length === 0 ? "" : `: ${few(values, MOST_VALUES)}`;
  const rest = others.length === 0 ? "" : `, and ${counted(others.length, "more grant")}`;
  return `${first.title}${shown}${rest}`;
}

/** Largest number of values of the first grant in a line. */
const MOST_VALUES = 4;
