import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Metafile } from "esbuild";
import { CEDAR_MODULE } from "../../infra/constructs/least-function.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Options of esbuild, equal to those in `infra/constructs/least-function.ts`; a test compares the two. */
export const BUNDLING = {
  bundle: true,
  splitting: true,
  platform: "node",
  format: "esm",
  target: "node24",
  mainFields: ["module", "main"],
  minify: true,
  banner: {
    js: [
      'import{createRequire as bundleRequire}from"node:module";',
      "const require=bundleRequire(import.meta.url),__dirname=import.meta.dirname;",
    ].join(""),
  },
  alias: { "@aws-sdk/credential-provider-node": `${ROOT}infra/bundled/environment-credentials.ts` },
} as const;

export interface Bundle {
  /** File to import. */
  readonly file: string;
  /** Size of the JavaScript that is loaded before the first answer, without Cedar's module. */
  readonly bytes: number;
}

/** Bundles a function as it is deployed: JavaScript, separate files for code that only some requests need, and Cedar's module. */
export async function bundleOf(entry: string, folder: string): Promise<Bundle> {
  mkdirSync(folder, { recursive: true });
  const { metafile } = await build({
    ...BUNDLING,
    mainFields: [...BUNDLING.mainFields],
    entryPoints: [entry],
    outdir: folder,
    entryNames: "index",
    outExtension: { ".js": ".mjs" },
    metafile: true,
    logLevel: "error",
  });
  copyFileSync(`${ROOT}node_modules/@cedar-policy/cedar-wasm/nodejs/${CEDAR_MODULE}`, join(folder, CEDAR_MODULE));
  return { file: join(folder, "index.mjs"), bytes: loadedBytes(metafile) };
}

/** Modules that are imported lazily, but at every start. */
const ALWAYS = ["functions/adapters/cedar/cedar-policies.ts", "functions/connectors/secret/secret-connector.ts"];

function loadedBytes({ outputs }: Metafile): number {
  const loaded = new Set<string>();
  const load = (name: string): void => {
    if (loaded.has(name)) return;
    loaded.add(name);
    for (const { kind, path } of outputs[name]?.imports ?? [])
      if (kind === "import-statement" && outputs[path]) load(path);
  };
  for (const [name, { entryPoint }] of Object.entries(outputs))
    if (name.endsWith("/index.mjs") || ALWAYS.some((each) => entryPoint?.endsWith(each))) load(name);
  return [...loaded].reduce((bytes, name) => bytes + (outputs[name]?.bytes ?? 0), 0);
}
