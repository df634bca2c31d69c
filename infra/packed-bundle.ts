import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type * as fromSources from "./bundle-function.ts";

// The package of a deployment has this file in place of `bundle-function.ts` (tools/build-deploy.ts): the functions were bundled when it was packed.
const BUNDLES = fileURLToPath(new URL("../bundles/", import.meta.url));

export const CEDAR_MODULE: typeof fromSources.CEDAR_MODULE = "cedar_wasm_bg.wasm";

/** Place of Cedar's module, beside the files of the package that read it. */
export const CEDAR_FILE: typeof fromSources.CEDAR_FILE = fileURLToPath(new URL(`./${CEDAR_MODULE}`, import.meta.url));

/** Directory of a function's packed bundle. */
export const sourceOf: typeof fromSources.sourceOf = (name) => `${BUNDLES}${name}`;

/** Reads a function's packed bundle. */
export const bundleOf: typeof fromSources.bundleOf = (name) =>
  new Map(readdirSync(sourceOf(name)).map((file) => [file, readFileSync(`${sourceOf(name)}/${file}`)]));
