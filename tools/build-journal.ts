/** Writes `docs/reference/journal.md` from the contract. Run it with `npm run journal` after a change of an event. A test compares the page with it. */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { journalPage } from "./journal-page.ts";

const FILE = fileURLToPath(new URL("../docs/reference/journal.md", import.meta.url));

writeFileSync(FILE, journalPage());
process.stdout.write(`${FILE}\n`);
