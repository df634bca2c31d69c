/**
 * Writes `docs/threats/`: a page for each connector and each way to delegate.
 * Run it with `npm run threats` after a change of a connector's definition, or of `client/threat/`. A test compares the pages with this.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { threatPages } from "../client/threat/pages.ts";

const FOLDER = fileURLToPath(new URL("../docs/threats/", import.meta.url));

rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(FOLDER);
for (const [name, text] of threatPages()) {
  writeFileSync(`${FOLDER}${name}`, text);
  process.stdout.write(`${FOLDER}${name}\n`);
}
