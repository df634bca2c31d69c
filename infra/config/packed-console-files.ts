import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type * as fromSources from "./console-files.ts";

// The package of a deployment has this file in place of `console-files.ts` (tools/build-deploy.ts): the console was built when it was packed.
const FILES = new URL("../console/", import.meta.url);

/** Reads a packed file of the console. */
export const consoleFile: typeof fromSources.consoleFile = (name) => readFileSync(fileURLToPath(new URL(name, FILES)));
