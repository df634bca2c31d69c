import { grantInWords } from "../../decision/request-in-words.ts";
import { visibleText } from "../../decision/visible-text.ts";

/**
 * Says grants in the words of the console's page: a title for each, and below it a line for each value, with what a reader could take for less than it
 * is. Nothing in it is hidden: what cannot be seen is an escape.
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
