import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Catalogue } from "./core/catalogue/catalogue.ts";

/** Path of the catalogue's file. A package has its code in one folder below its root, as deep as this file is here. */
const FILE = fileURLToPath(new URL("../functions/core/catalogue/catalogue.ndjson", import.meta.url));

/** Reads the text of the action catalogue that is deployed. */
export const readCatalogue = (): string => readFileSync(FILE, "utf8");

let catalogue: Catalogue | undefined;

/** Loads the action catalogue once in a process. Each of its services is parsed at its first use. */
export function loadCatalogue(): Catalogue {
  catalogue ??= Catalogue.from(readCatalogue());
  return catalogue;
}
