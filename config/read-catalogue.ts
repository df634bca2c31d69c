import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const CATALOGUE = fileURLToPath(new URL("../functions/core/catalogue/catalogue.ndjson", import.meta.url));

/** Reads the text of the action catalogue, as it is deployed. */
export const readCatalogue = (): string => readFileSync(CATALOGUE, "utf8");
