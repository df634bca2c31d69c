import { fileURLToPath } from "node:url";

/** Folder of Node's compile cache, for `NODE_COMPILE_CACHE`. */
export const COMPILED = fileURLToPath(new URL("../node_modules/.cache/valetkey/compiled", import.meta.url));
