import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Reads a JSON file that the build wrote beside a function's bundle. */
export const readBuilt = <T>(dir: string, name: string): T => JSON.parse(readFileSync(join(dir, name), "utf8")) as T;
