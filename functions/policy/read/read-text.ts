import { readFileSync } from "node:fs";
import { Problem } from "../problem.ts";

/** Reads the text of a file. @throws {Problem} where it cannot be read. */
export function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    throw new Problem(`${file} cannot be read`);
  }
}
