/**
 * Writes `valetkey.schema.json`, by which editors check and explain `valetkey.json`, from the schema that the build checks it with.
 * Run it with `npm run schema` after a change of `config-schema.ts`. A test compares the file with this.
 */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { configJsonSchema } from "../config/json-schema.ts";

const ROOT = new URL("../", import.meta.url);
const FILE = fileURLToPath(new URL("valetkey.schema.json", ROOT));

writeFileSync(FILE, JSON.stringify(configJsonSchema(), undefined, 2));
// Written as the linter wants it, so that it stands in a diff like everything else.
execFileSync(fileURLToPath(new URL("node_modules/.bin/biome", ROOT)), ["format", "--write", FILE], { cwd: ROOT });
console.log(FILE);
