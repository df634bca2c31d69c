import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build, type Plugin } from "esbuild";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

/** What needs a large library is in files of its own: whoever does not need it does not read it. */
const APART = ["identity/aws-web-identity", "scoped-credentials", "operate/oidc-login", "operate/parse-yaml"];

/**
 * The package that an agent's image installs: the command in one file, the SDK in another, no dependency. The workbench for policies stays
 * behind, since it needs the whole repository.
 * @param into the folder of the package; made anew.
 */
export async function buildClient(into: string): Promise<void> {
  rmSync(into, { recursive: true, force: true });
  mkdirSync(`${into}/bin`, { recursive: true });
  const shared: BuildOptions = {
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    mainFields: ["module", "main"],
    minifySyntax: true,
    minifyWhitespace: true,
    external: ["../workbench/main.ts"],
    legalComments: "none",
    // Packages that are CommonJS ask for Node's modules by `require`.
    banner: { js: 'import { createRequire as __cr } from "node:module"; const require = __cr(import.meta.url);' },
    logLevel: "warning",
  };
  const parts = [
    { from: "valetkey", to: "bin/valetkey.mjs", apart: "./" },
    { from: "with-task", to: "sdk.mjs", apart: "./bin/" },
    ...APART.map((from) => ({ from, to: `bin/${basename(from)}.mjs`, apart: undefined })),
  ];
  for (const { from, to, apart } of parts) {
    const plugins = apart === undefined ? [] : [leftOut(apart)];
    await build({ ...shared, plugins, entryPoints: [`${ROOT}client/${from}.ts`], outfile: `${into}/${to}` });
  }
  chmodSync(`${into}/bin/valetkey.mjs`, 0o755);
  declareTypes(into);
  const { version, description, license } = JSON.parse(readFileSync(`${ROOT}package.json`, "utf8"));
  const manifest = {
    name: "valetkey",
    version,
    description,
    license,
    type: "module",
    engines: { node: ">=20" },
    bin: { valetkey: "bin/valetkey.mjs" },
    exports: { ".": { types: "./types/with-task.d.ts", default: "./sdk.mjs" } },
  };
  writeFileSync(`${into}/package.json`, `${JSON.stringify(manifest, null, 2)}\n`);
  cpSync(`${ROOT}LICENSE`, `${into}/LICENSE`);
  cpSync(`${ROOT}docs/client.md`, `${into}/README.md`);
}

/** Leaves the files that stand apart where they are: beside the command. */
const leftOut = (folder: string): Plugin => ({
  name: "apart",
  setup: ({ onResolve }) => {
    for (const name of APART.map((from) => basename(from)))
      onResolve({ filter: new RegExp(`/${name}\\.ts$`) }, ({ kind }) =>
        kind === "dynamic-import" ? { path: `${folder}${name}.mjs`, external: true } : undefined,
      );
  },
});

function declareTypes(into: string): void {
  const options = ["--declaration", "--emitDeclarationOnly", "--noEmit", "false", "--outDir", `${into}/types`];
  const strict = ["--strict", "--skipLibCheck", "--allowImportingTsExtensions", "--rewriteRelativeImportExtensions"];
  const target = ["--target", "es2024", "--module", "nodenext", "--types", "node"];
  execFileSync(
    process.execPath,
    [
      `${ROOT}node_modules/typescript/bin/tsc`,
      "--ignoreConfig",
      ...options,
      ...strict,
      ...target,
      `${ROOT}client/with-task.ts`,
    ],
    { stdio: "inherit", cwd: ROOT },
  );
}

if (import.meta.main) {
  const into = `${ROOT}build/package`;
  await buildClient(into);
  process.stdout.write(`built ${into}; npm pack build/package makes the archive that npx and npm install take\n`);
}
