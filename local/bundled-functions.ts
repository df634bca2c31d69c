import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";
import { FUNCTIONS, type FunctionName } from "../contract/names.ts";
import { BUNDLING, CEDAR_FILE, CEDAR_MODULE, IN_PIECES, sourceOf } from "../infra/bundle-function.ts";
import { inPieces, joinPieces } from "../infra/bundle-in-pieces.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const CACHE = join(ROOT, "node_modules/.cache/valetkey/functions");

/** Sources of the bundles and of their bundler. The lock file covers the packages. */
const SOURCES = [
  "{contract,functions,decision,policy-tools,infra/bundled}/**/*.{ts,json}",
  "{infra/bundle-function,infra/bundle-in-pieces,local/bundled-functions}.ts",
  "package-lock.json",
];

/**
 * Age at which bundles of other sources are removed. A process that started with such bundles has imported them by
 * then.
 */
const KEPT_MS = 24 * 3_600_000;

/** Age at which a lock counts as abandoned; milliseconds. */
const LOCK_MS = 60_000;

/** Factor of the bounds of a patient cloud: a busy machine must not count as an outage of the other service. */
const PATIENCE = 20;

/** Bound of a connect, of an attempt or of a whole call, as sources of adapters write it; milliseconds. */
const BOUND =
  /\b(connectMs|attemptMs|wholeMs|statementMs|requestMs|\w*TIMEOUT_MS|connectionTimeout|requestTimeout)(: | = )(\d[\d_]*)/g;

/** Makes the bounds of calls to other services longer, for which deployed code has no option. */
const patient: Plugin = {
  name: "patient",
  setup: ({ onLoad }) =>
    onLoad({ filter: /[\\/]functions[\\/]adapters[\\/].*\.ts$/ }, async ({ path }) => ({
      contents: withPatience(await readFile(path, "utf8")),
      loader: "ts",
    })),
};

/** Returns the source of an adapter with `PATIENCE` times its bounds. */
export const withPatience = (source: string): string =>
  source.replace(BOUND, (_, name, sign, ms) => `${name}${sign}${PATIENCE * Number(ms.replaceAll("_", ""))}`);

const bundled = new Map<boolean, Promise<string>>();

/**
 * Bundles all functions in one run of esbuild, or finds the bundles of the same sources. Importing some two hundred
 * TypeScript files takes three times the CPU time of importing a bundle. Names stay readable; otherwise the bundles are
 * those of a deployment (decision 56).
 * @param isPatient true where a call of another service may take minutes, for tests on a busy machine; by default as
 * deployed.
 * @returns file to import for a function.
 */
export async function bundledFunctions(isPatient = false): Promise<(name: FunctionName) => string> {
  const known = bundled.get(isPatient) ?? bundlesIn(CACHE, isPatient);
  bundled.set(isPatient, known);
  const folder = await known;
  return (name) => join(folder, IN_PIECES.includes(name) ? `${name}/index.mjs` : `${name}.mjs`);
}

async function bundlesIn(cache: string, isPatient: boolean): Promise<string> {
  mkdirSync(cache, { recursive: true });
  const folder = join(cache, `${hashOfSources(ROOT)}${isPatient ? "-patient" : ""}`);
  const lock = `${folder}.lock`;
  // Several processes of a test run start at once. The lock only saves work: each would make the same bundles.
  while (!existsSync(folder)) {
    if (isFree(lock))
      await bundleInto(folder, cache, isPatient).finally(() => rmSync(lock, { recursive: true, force: true }));
    else await sleep(50);
  }
  return folder;
}

/** Takes the lock, unless another process holds it. A lock that is older than any run of esbuild is abandoned. */
function isFree(lock: string): boolean {
  const since = statSync(lock, { throwIfNoEntry: false })?.mtimeMs;
  if (since !== undefined && Date.now() - since > LOCK_MS) rmSync(lock, { recursive: true, force: true });
  return mkdirSync(lock, { recursive: true }) !== undefined;
}

/** Hash of the path and the contents of every source, so that bundles are never older than their sources. */
export function hashOfSources(root: string): string {
  const hash = createHash("sha256");
  for (const path of globSync(SOURCES, { cwd: root }).sort()) {
    const contents = readFileSync(join(root, path));
    hash.update(`${path}\0${contents.length}\0`).update(contents);
  }
  return hash.digest("hex").slice(0, 32);
}

async function bundleInto(folder: string, cache: string, isPatient: boolean): Promise<void> {
  const made = mkdtempSync(join(cache, "made-"));
  const plugins = isPatient ? [patient] : [];
  const inOneFile = FUNCTIONS.filter((name) => !IN_PIECES.includes(name));
  const [{ metafile }, ...inputsOfPieces] = await Promise.all([
    build({
      ...BUNDLING,
      minify: false,
      metafile: true,
      absWorkingDir: ROOT,
      outdir: made,
      plugins,
      entryPoints: Object.fromEntries(inOneFile.map((name) => [name, `functions/${name}/handler.ts`])),
    }),
    ...IN_PIECES.map((name) => writeInPieces(name, join(made, name), plugins)),
  ]);
  const inputs = [...Object.keys(metafile.inputs), ...inputsOfPieces.flat()];
  const sources = new Set(globSync(SOURCES, { cwd: ROOT }));
  const uncounted = inputs.find((path) => !path.startsWith("node_modules/") && !sources.has(path));
  if (uncounted)
    throw new Error(`a function imports ${uncounted}: add its folder to SOURCES in local/bundled-functions.ts`);
  copyFileSync(CEDAR_FILE, join(made, CEDAR_MODULE));
  try {
    renameSync(made, folder);
  } catch (error) {
    // Another process treated the lock as abandoned and has made the same bundles.
    if (!existsSync(folder)) throw error;
    rmSync(made, { recursive: true });
  }
  for (const name of readdirSync(cache)) {
    const path = join(cache, name);
    if (path !== folder && Date.now() - statSync(path).mtimeMs > KEPT_MS)
      rmSync(path, { recursive: true, force: true });
  }
}

/** Bundles a function in the pieces that are deployed. @returns paths of its sources. */
async function writeInPieces(name: FunctionName, into: string, plugins: Plugin[]): Promise<readonly string[]> {
  // Whitespace is left out, since the second pass reads imports as they are deployed.
  const options = { ...BUNDLING, minify: false, minifyWhitespace: true };
  const first = inPieces(`${sourceOf(name)}/handler.ts`, options);
  const result = await build({ ...first, plugins });
  mkdirSync(into);
  for (const [file, contents] of joinPieces(result, options)) writeFileSync(join(into, file), contents);
  copyFileSync(CEDAR_FILE, join(into, CEDAR_MODULE));
  return Object.keys(result.metafile.inputs).map((path) =>
    relative(ROOT, join(first.absWorkingDir, path)).replaceAll("\\", "/"),
  );
}
