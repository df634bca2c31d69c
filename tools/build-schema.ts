/**
 * Writes `valetkey.schema.json`, by which editors check and explain `valetkey.json`, from the schema of the build. Run it with `npm run schema` after a change of
 * a schema in `infra/config/`. A test compares the file with this.
 */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { configJsonSchema } from "../infra/config/json-schema.ts";
import { formatFile } from "./format-file.ts";

const ROOT = new URL("../", import.meta.url);
const FILE = fileURLToPath(new URL("valetkey.schema.json", ROOT));

writeFileSync(FILE, JSON.stringify(configJsonSchema(), undefined, 2));
formatFile(FILE);
console.log(FILE);
