import { cpSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { defined } from "../functions/core/defined.ts";
import type { Config } from "../infra/config/schema.ts";

const HERE = fileURLToPath(new URL(".", import.meta.url));

/** Copies the shipped policies and those of the tour into one folder. @returns the folder. */
export function tourPolicies(folder: string): string {
  rmSync(folder, { recursive: true, force: true });
  cpSync(join(HERE, "../policies"), folder, { recursive: true });
  for (const name of ["publishing.cedar", "production.cedar", "freezing.cedar", "remembering.cedar"])
    cpSync(join(HERE, name), join(folder, name));
  return folder;
}

/** Reads the sections of `local/valetkey.json` that the tour's policies need. */
export function tourSections(): Pick<Config, "conditions" | "conflicts"> {
  const { conditions, conflicts } = JSON.parse(readFileSync(join(HERE, "valetkey.json"), "utf8")) as Config;
  return { ...defined({ conditions, conflicts }) };
}
