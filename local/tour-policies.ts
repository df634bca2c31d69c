import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const HERE = fileURLToPath(new URL(".", import.meta.url));

/** Copies the shipped policies and those of the tour into one folder. @returns the folder. */
export function tourPolicies(folder: string): string {
  rmSync(folder, { recursive: true, force: true });
  cpSync(join(HERE, "../policies"), folder, { recursive: true });
  for (const name of ["publishing.cedar", "production.cedar", "freezing.cedar"])
    cpSync(join(HERE, name), join(folder, name));
  return folder;
}
