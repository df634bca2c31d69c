import { styleText } from "node:util";
import { plainLine } from "../../../contract/decision/plain-line.ts";
import { Shown } from "./shown.ts";

/** Least width of the last column after a cut. */
const LEAST_COLUMN = 16;

let isWhole = false;

/** Runs the work with tables that are not cut to the terminal's width. */
export function wholeTables<T>(work: () => T): T {
  isWhole = true;
  try {
    return work();
  } finally {
    isWhole = false;
  }
}

/**
 * Formats rows under headings, in columns. Removes control characters, which a terminal would obey, from the cells. Cuts the last column on a terminal that
 * is too narrow; `-o wide` and a pipe get all of it.
 */
export function table(headings: readonly string[], rows: readonly (readonly unknown[])[]): Shown {
  const texts = rows.map((row) => row.map((cell) => plainLine(cell)));
  const widths = headings.map((heading, index) =>
    Math.max(heading.length, ...texts.map((row) => (row[index] ?? "").length)),
  );
  const most = lastColumn(widths);
  const line = (row: readonly string[]) =>
    row
      .map((cell, index) => (index === widths.length - 1 ? cutTo(most, cell) : cell.padEnd(widths[index] ?? 0)))
      .join("  ")
      .trimEnd();
  return new Shown(`${[line(headings.map((heading) => heading.toUpperCase())), ...texts.map(line)].join("\n")}\n`);
}

/** Computes the width left for the last column; unlimited without a terminal. */
function lastColumn(widths: readonly number[]): number {
  const { isTTY, columns } = process.stdout;
  if (isWhole || !isTTY || !columns) return Number.POSITIVE_INFINITY;
  return Math.max(LEAST_COLUMN, columns - widths.slice(0, -1).reduce((sum, width) => sum + width + 2, 0));
}

const cutTo = (most: number, cell: string): string => (cell.length > most ? `${cell.slice(0, most - 1)}…` : cell);

/** Colours a text, on a terminal only and not where NO_COLOR is set (no-color.org). */
export const coloured = (text: unknown, colour: "red" | "green" | "yellow" | "dim"): Shown => {
  const plain = plainLine(text);
  return new Shown(
    process.stdout.isTTY && !process.env.NO_COLOR ? styleText(colour, plain, { validateStream: false }) : plain,
  );
};
