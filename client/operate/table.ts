/** Formats rows under headings, in columns. Removes control characters, which a terminal would obey, from the cells. */
export function table(headings: readonly string[], rows: readonly (readonly unknown[])[]): string {
  const texts = rows.map((row) => row.map((cell) => String(cell ?? "").replace(/\p{C}/gu, " ")));
  const widths = headings.map((heading, index) =>
    Math.max(heading.length, ...texts.map((row) => (row[index] ?? "").length)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join("  ")
      .trimEnd();
  return `${[line(headings.map((heading) => heading.toUpperCase())), ...texts.map(line)].join("\n")}\n`;
}

/** Colours a text, on a terminal only and not where NO_COLOR is set (no-color.org). */
export const coloured = (text: string, colour: "red" | "green" | "yellow" | "dim"): string =>
  process.stdout.isTTY && !process.env.NO_COLOR ? `\u001b[${CODES[colour]}m${text}\u001b[0m` : text;

const CODES = { red: 31, green: 32, yellow: 33, dim: 2 } as const;
