/**
 * Writes `docs/openapi.json` from the route table, the schemas and what the handlers answer on the fakes. Run it with `npm run openapi` after a
 * change of a route, a limit, a refusal or an answer, and read the diff: it is what clients will see. A test compares the file with this.
 */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { buildDocument } from "../openapi/document.ts";

const ROOT = new URL("../", import.meta.url);
const FILE = fileURLToPath(new URL("docs/openapi.json", ROOT));

writeFileSync(FILE, JSON.stringify(await buildDocument(), undefined, 2));
// Written as the linter wants it, so that it stands in a diff like everything else.
execFileSync(fileURLToPath(new URL("node_modules/.bin/biome", ROOT)), ["format", "--write", FILE], { cwd: ROOT });
console.log(FILE);
