import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const HERE = fileURLToPath(new URL(".", import.meta.url));

/** Writes the shipped policies and that of the tour into one folder. @returns the folder. */
export function tourPolicies(folder: string): string {
  rmSync(folder, { recursive: true, force: true });
  cpSync(join(HERE, "../policies"), folder, { recursive: true });
  cpSync(join(HERE, "publishing.cedar"), join(folder, "publishing.cedar"));
  return folder;
}
