/** Writes `docs/decisions/README.md` from the heads of the decisions' pages. Run it with `npm run decisions`; a test compares both. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { decisionOf, decisionsPage } from "./decisions-page.ts";

const FOLDER = new URL("../docs/decisions/", import.meta.url);
const pages = readdirSync(FOLDER).filter((name) => /^\d{4}-/.test(name));
const index = new URL("README.md", FOLDER);

writeFileSync(
  index,
  decisionsPage(pages.toSorted().map((page) => decisionOf(page, readFileSync(new URL(page, FOLDER), "utf8")))),
);
console.log(fileURLToPath(index));
