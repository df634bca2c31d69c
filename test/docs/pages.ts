import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { slashed } from "../harness/slashed.ts";

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** The text of a file, by its path from the root. */
export const read = (file: string): string => readFileSync(join(ROOT, file), "utf8");

/** Every file under a folder whose name ends so; paths from the root. */
export const filesIn = (folder: string, ending: string): readonly string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(ending))
    .map((name) => slashed(join(folder, name)));

/** Every page for readers: the ones at the top, and all of docs/. */
export const PAGES: readonly string[] = [
  ...readdirSync(ROOT).filter((name) => name.endsWith(".md")),
  ...filesIn("docs", ".md"),
];

/** The anchors of a page's headings, as GitHub makes them. */
export const anchorsIn = (text: string): ReadonlySet<string> =>
  new Set(
    withoutCode(text)
      .split("\n")
      .flatMap((line) => /^#+ (.+)$/.exec(line)?.slice(1) ?? [])
      .map((heading) =>
        heading
          .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
          .toLowerCase()
          .replace(/[^\p{L}\p{N} _-]/gu, "")
          .replaceAll(" ", "-"),
      ),
  );

/** The text without its blocks of code. Each line of a block is an empty line. */
export function withoutCode(text: string): string {
  let isCode = false;
  return text
    .split("\n")
    .map((line) => {
      const isFence = /^\s*```/.test(line);
      const isHidden = isCode || isFence || line.startsWith("    ");
      if (isFence) isCode = !isCode;
      return isHidden ? "" : line;
    })
    .join("\n");
}

/** The rows of the table whose header begins so, each as its cells. */
export function table(text: string, header: string): readonly (readonly string[])[] {
  const lines = text.split("\n");
  const from = lines.findIndex((line) => line.startsWith(header));
  if (from < 0) return [];
  const rows = lines.slice(from + 2);
  const end = rows.findIndex((line) => !line.startsWith("|"));
  return rows.slice(0, end < 0 ? rows.length : end).map((row) =>
    row
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}
