import { fileURLToPath } from "node:url";

/** Folder for what Node has compiled of the sources, for `NODE_COMPILE_CACHE`. */
export const COMPILED = fileURLToPath(new URL("../node_modules/.cache/valetkey/compiled", import.meta.url));
