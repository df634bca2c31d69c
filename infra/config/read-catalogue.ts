import { readFileSync } from "node:fs";
import { CATALOGUE_FILE } from "../../functions/catalogue-file.ts";
import { Catalogue } from "../../functions/core/catalogue/catalogue.ts";

/** Reads the text of the action catalogue that is deployed. */
export const readCatalogue = (): string => readFileSync(CATALOGUE_FILE, "utf8");

let catalogue: Catalogue | undefined;

/** Loads the action catalogue once in a process. Each of its services is parsed at its first use. */
export function loadCatalogue(): Catalogue {
  catalogue ??= Catalogue.from(readCatalogue());
  return catalogue;
}
