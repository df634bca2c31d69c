import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildOptions, buildSync, type OutputFile } from "esbuild";
import { FUNCTIONS, type FunctionName } from "../contract/names.ts";
import { bundleInPieces } from "./bundle-in-pieces.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

/** File that the Cedar loader reads from the bundle's directory as soon as it is imported. */
export const CEDAR_MODULE = "cedar_wasm_bg.wasm";

/** Place of that file on this machine. */
export const CEDAR_FILE = `${ROOT}node_modules/@cedar-policy/cedar-wasm/nodejs/${CEDAR_MODULE}`;

/** Options of esbuild for every bundle. The AWS SDK is bundled: Lambda's own is an older version that differs between Regions. */
export const BUNDLING = {
  bundle: true,
  minify: true,
  format: "esm",
  platform: "node",
  target: "node24",
  mainFields: ["module", "main"],
  outExtension: { ".js": ".mjs" },
  // CommonJS code inside the bundle (the Cedar loader) expects these names, which an ES module does not have. The import has a long name: the bundler does not
  // see the banner, and gives short names to everything else.
  banner: {
    js: [
      'import{createRequire as bundleRequire}from"node:module";',
      "const require=bundleRequire(import.meta.url),__dirname=import.meta.dirname;",
    ].join(""),
  },
  alias: { "@aws-sdk/credential-provider-node": `${ROOT}infra/bundled/environment-credentials.ts` },
  logLevel: "error",
} satisfies BuildOptions;

/** Functions whose dynamic imports become files of their own, so that a cold start does not read them. */
export const IN_PIECES: readonly FunctionName[] = ["exchange"];

/** Files of a function's bundle, by their path in it. */
export type Bundle = ReadonlyMap<string, Uint8Array>;

/** Directory of a function's sources. */
export const sourceOf = (name: FunctionName): string => `${ROOT}functions/${name}`;

/** Bundles a function from its sources. The package of a deployment has `packed-bundle.ts` in place of this file. */
export const bundleOf = (name: FunctionName): Bundle =>
  IN_PIECES.includes(name) ? bundleInPieces(handlerOf(name), BUNDLING) : inOneFile(name);

const handlerOf = (name: FunctionName): string => `${sourceOf(name)}/handler.ts`;

let others: readonly OutputFile[] | undefined;

/** Bundles all functions of one file at the first call, so that shared sources are parsed once. */
function inOneFile(name: FunctionName): Bundle {
  const names = FUNCTIONS.filter((each) => !IN_PIECES.includes(each));
  others ??= buildSync({
    ...BUNDLING,
    entryPoints: Object.fromEntries(names.map((each) => [each, handlerOf(each)])),
    outdir: ROOT,
    write: false,
  }).outputFiles;
  const file = others.find(({ path }) => path === join(ROOT, `${name}.mjs`));
  if (!file) throw new Error(`${name} was not bundled`);
  return new Map([["index.mjs", file.contents]]);
}
