import { fileURLToPath } from "node:url";

/** Path of the catalogue of actions. A package has its code in one folder below its root, as deep as this file is here. */
export const CATALOGUE_FILE = fileURLToPath(new URL("../functions/core/catalogue/catalogue.ndjson", import.meta.url));
