import { copyFileSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { CEDAR_MODULE } from "../../infra/constructs/least-function.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** What `infra/constructs/least-function.ts` gives to esbuild; a test holds the two together. */
export const BUNDLING = {
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node24",
  mainFields: ["module", "main"],
  minify: true,
  banner: {
    js: [
      'import{createRequire as createBundleRequire}from"node:module";',
      "const require=createBundleRequire(import.meta.url),__dirname=import.meta.dirname,__filename=import.meta.filename;",
    ].join(""),
  },
  alias: { "@aws-sdk/credential-provider-node": `${ROOT}infra/bundled/environment-credentials.ts` },
} as const;

export interface Bundle {
  /** The file to import. */
  readonly file: string;
  /** Of the JavaScript; Cedar's module lies beside it. */
  readonly bytes: number;
}

/** The function as it is deployed: one file of JavaScript, Cedar's module beside it. */
export async function bundleOf(entry: string, folder: string): Promise<Bundle> {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "index.mjs");
  await build({
    ...BUNDLING,
    mainFields: [...BUNDLING.mainFields],
    entryPoints: [entry],
    outfile: file,
    logLevel: "error",
  });
  copyFileSync(`${ROOT}node_modules/@cedar-policy/cedar-wasm/nodejs/${CEDAR_MODULE}`, join(folder, CEDAR_MODULE));
  return { file, bytes: statSync(file).size };
}
