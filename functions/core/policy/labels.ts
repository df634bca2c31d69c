import { CONDITION_NAME, SHORT_NAME } from "../../../contract/names.ts";

/**
 * Parses the text of `@label`: names, separated by a comma and a space.
 * @returns the labels in order, or a sentence about the fault.
 * @example parseLabels("payroll") // ["payroll"]
 */
export function parseLabels(text: string): readonly string[] | string {
  const labels = text.split(", ");
  if (!labels.every((each) => CONDITION_NAME.test(each)))
    return `@label takes names such as "payroll", separated by a comma and a space: ${SHORT_NAME.words}`;
  if (new Set(labels).size < labels.length) return "@label names a label twice";
  return labels.toSorted();
}

/** Lists the labels in a permit's annotations. The build has checked their form; another form is no label. */
export function labelsIn({ label }: Readonly<Record<string, string>>): readonly string[] {
  const labels = label === undefined ? [] : parseLabels(label);
  return typeof labels === "string" ? [] : labels;
}
