import { grantInWords } from "../../contract/decision/request-in-words.ts";
import { visibleText } from "../../contract/decision/visible-text.ts";

/**
 * Describes grants in the words of the console's page. Each has a title and a line for each value, with a remark where the value covers more than a reader
 * may expect. Writes invisible characters as escapes, so that nothing is hidden.
 * @param grants entries of a record's `grants`.
 */
export const grantsInWords = (grants: readonly unknown[]): readonly string[] =>
  grants.map(grantInWords).flatMap(({ title, rows }) => {
    const width = Math.max(0, ...rows.map(({ name }) => visibleText(name).length));
    return [
      `  ${visibleText(title)}`,
      ...rows.flatMap(({ name, values }) =>
        values.map(({ text, remark }, index) => {
          const label = index === 0 ? visibleText(name) : "";
          return `    ${label.padEnd(width)}  ${visibleText(text)}${remark === undefined ? "" : `  (${remark})`}`;
        }),
      ),
    ];
  });
