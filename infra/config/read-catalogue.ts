import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Catalogue } from "../../functions/core/catalogue/catalogue.ts";

const CATALOGUE = fileURLToPath(new URL("../../functions/core/catalogue/catalogue.ndjson", import.meta.url));

/** Reads the text of the action catalogue that is deployed. */
export const readCatalogue = (): string => readFileSync(CATALOGUE, "utf8");

let catalogue: Catalogue | undefined;

/** Loads the action catalogue once in a process. Each of its services is parsed at its first use. */
export function loadCatalogue(): Catalogue {
  catalogue ??= Catalogue.from(readCatalogue());
  return catalogue;
}
