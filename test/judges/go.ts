import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { install } from "./install.ts";
import { BUILT } from "./python.ts";

/** Builds a judge's program from its folder, with the modules of its `go.sum`. @returns the program's path. */
export function goProgramOf(judge: string): string {
  mkdirSync(BUILT, { recursive: true });
  const program = join(BUILT, judge);
  const cwd = fileURLToPath(new URL(`${judge}/`, import.meta.url));
  install("go", ["mod", "download"], { cwd });
  execFileSync("go", ["build", "-o", program, "."], { cwd, stdio: ["ignore", "inherit", "inherit"] });
  return program;
}
