import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { install } from "./install.ts";
import { BUILT } from "./python.ts";

/**
 * Builds a judge's program with the modules of its `go.sum`. @returns the program's path.
 * @param packagePath package of the program: the judge's own folder unless given.
 */
export function goProgramOf(judge: string, packagePath = "."): string {
  mkdirSync(BUILT, { recursive: true });
  const program = join(BUILT, judge);
  const cwd = fileURLToPath(new URL(`${judge}/`, import.meta.url));
  install("go", ["mod", "download"], { cwd });
  execFileSync("go", ["build", "-o", program, packagePath], { cwd, stdio: ["ignore", "inherit", "inherit"] });
  return program;
}
