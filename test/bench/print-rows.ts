import type { Row } from "./row.ts";

/** Formats rows as a table for people, with each row's notes below it. */
export function printRows(rows: readonly Row[]): string {
  const table = [HEAD, ...rows.map(({ name, measured, target, verdict }) => [name, measured, target, verdict])];
  const widths = HEAD.map((_, column) => Math.max(...table.map((cells) => [...(cells[column] ?? "")].length)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  const [head = HEAD, ...body] = table;
  const rule = widths.map((width) => "-".repeat(width)).join("  ");
  const notes = rows
    .filter((row) => row.notes.length > 0)
    .map((row) => [row.name, ...row.notes.map((note) => `  ${note}`)].join("\n"));
  return [line(head), rule, ...body.map(line), "", ...notes.flatMap((block) => [block, ""])].join("\n").trimEnd();
}

const HEAD = ["what", "measured", "target", ""] as const satisfies readonly string[];
