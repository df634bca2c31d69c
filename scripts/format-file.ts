import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
/** Run by Node: what `node_modules/.bin` has is a shell script on Windows, which cannot be started as a program. */
const BIOME = fileURLToPath(import.meta.resolve("@biomejs/biome/bin/biome"));

/** Writes a generated file as the linter wants it, so that it stands in a diff like everything else. */
export function formatFile(file: string, how: "format" | "check" = "format"): void {
  execFileSync(process.execPath, [BIOME, how, "--write", file], { cwd: ROOT });
}
