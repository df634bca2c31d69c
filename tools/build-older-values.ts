/**
 * Writes `docs/reference/older-values.md` from `tools/older-values.ts` and `infra/item-kinds.ts`. Run it with `npm run older-values` after a change of either.
 * A test compares the page with them.
 */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { olderValuesPage } from "./older-values-page.ts";

const FILE = fileURLToPath(new URL("../docs/reference/older-values.md", import.meta.url));

writeFileSync(FILE, olderValuesPage());
process.stdout.write(`${FILE}\n`);
