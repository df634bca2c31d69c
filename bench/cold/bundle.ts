import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Metafile } from "esbuild";
import { BUNDLING, CEDAR_MODULE } from "../../infra/bundle-function.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

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
    entryPoints: { index: entry },
    outdir: folder,
    splitting: true,
    metafile: true,
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
