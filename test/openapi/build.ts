/**
 * Writes `docs/openapi.json` from the route table, the schemas and the handlers' answers on the fakes. Run it with `npm run openapi` after a change of a route, a
 * limit, a refusal or an answer. Read the diff: clients will see it. A test compares the file with this.
 */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { formatFile } from "../../tools/format-file.ts";
import { buildDocument } from "./document.ts";

const ROOT = new URL("../../", import.meta.url);
const FILE = fileURLToPath(new URL("docs/openapi.json", ROOT));

writeFileSync(FILE, JSON.stringify(await buildDocument(), undefined, 2));
formatFile(FILE);
console.log(FILE);
