import { chmodSync, cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";
import { copyTemplate } from "./copy-template.ts";
import { declareTypes } from "./declare-types.ts";
import { packagesIn, writeThirdParty } from "./third-party.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

/** Modules that are in the repository and in `@valetkey/deploy` alone. */
const LEFT_OUT = [
  "client/audit/who-could/who-could.ts",
  "client/policy/main.ts",
  "client/doctor/inspect.ts",
  "client/doctor/try-sign-in.ts",
  "client/doctor/aws/assumptions/run.ts",
  "client/threat/main.ts",
  "infra/config/check-files.ts",
  "infra/config/issuers-of.ts",
];

/** Leaves those modules out, however a file names them. The path that an import gets exists in no package, so that it fails as missing. */
const leftOut: Plugin = {
  name: "left-out",
  setup: ({ onResolve }) =>
    onResolve({ filter: /^\..*\.ts$/ }, ({ path, resolveDir }) => {
      const file = relative(ROOT, resolve(resolveDir, path)).replaceAll("\\", "/");
      return LEFT_OUT.includes(file) ? { path: `./left-out/${file}`, external: true } : undefined;
    }),
};

/**
 * Builds the package that an agent's image installs: the command and the SDK, without a dependency. Code for one command alone is in a file of its own, which is
 * read when that command runs. The workbench for policies is left out, since it needs the whole repository.
 * @param into folder of the package, which is made anew.
 * @param hasTypes false leaves out the types, if nobody compiles against the package.
 */
export async function buildClient(into: string, hasTypes = true): Promise<void> {
  rmSync(into, { recursive: true, force: true });
  const { metafile } = await build({
    metafile: true,
    absWorkingDir: ROOT,
    entryPoints: {
      "bin/valetkey": `${ROOT}client/valetkey.ts`,
      sdk: `${ROOT}client/with-task.ts`,
      tool: `${ROOT}client/tool/guard-tools.ts`,
    },
    outdir: into,
    outExtension: { ".js": ".mjs" },
    chunkNames: "bin/parts/[name]-[hash]",
    bundle: true,
    splitting: true,
    platform: "node",
    format: "esm",
    target: "node20",
    mainFields: ["module", "main"],
    minifySyntax: true,
    minifyWhitespace: true,
    // Node prints the source line of an error that nobody catches.
    lineLimit: 120,
    plugins: [leftOut],
    legalComments: "none",
    // CommonJS packages load Node's modules by `require`.
    banner: { js: 'import { createRequire as __cr } from "node:module"; const require = __cr(import.meta.url);' },
    logLevel: "warning",
  });
  chmodSync(`${into}/bin/valetkey.mjs`, 0o755);
  copyTemplate(into);
  if (hasTypes) declareTypes(["client/with-task.ts", "client/tool/guard-tools.ts"], `${into}/types`);
  const { version, description, license } = JSON.parse(readFileSync(`${ROOT}package.json`, "utf8"));
  const manifest = {
    name: "valetkey",
    version,
    description,
    license,
    type: "module",
    engines: { node: ">=20" },
    bin: { valetkey: "bin/valetkey.mjs" },
    exports: {
      ".": { types: "./types/client/with-task.d.ts", default: "./sdk.mjs" },
      "./tool": { types: "./types/client/tool/guard-tools.d.ts", default: "./tool.mjs" },
    },
  };
  writeFileSync(`${into}/package.json`, `${JSON.stringify(manifest, null, 2)}\n`);
  cpSync(`${ROOT}LICENSE`, `${into}/LICENSE`);
  writeThirdParty(into, packagesIn(metafile));
  writeFileSync(`${into}/README.md`, withoutRelativeLinks(readFileSync(`${ROOT}docs/client.md`, "utf8")));
}

/** Replaces links to other pages of docs/, which are not in the package, by the text and the page's path. Links within the page stay. */
export const withoutRelativeLinks = (page: string): string =>
  page.replace(/\[([^\]]+)\]\((?!https?:|#)([^)#\s]+)[^)]*\)/g, (_, text: string, path: string) => {
    const place = `\`docs/${path}\` in the repository`;
    return path === text ? place : `${text} (${place})`;
  });
