import { existsSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { ClientError } from "../exit-codes.ts";
import { type InitOptions, parseInit, usage } from "../init/options.ts";
import { packedName } from "../init/packed-name.ts";
import { type TemplateFile, templateFiles } from "../init/template.ts";
import { copyArchive, type WrittenFolder, writeFolder } from "../init/write-folder.ts";
import { ownCommand } from "../own-command.ts";
import { ownVersion } from "../own-version.ts";
import { shellWord } from "../shell-quoting.ts";

/** File of a checkout of valetkey, which no folder of a deployment has. */
const IN_CHECKOUT = "client/template/shipped.json";

/** Runs `valetkey init [folder]`: writes the missing files of a deployment's folder, and prints them and the next steps. Overwrites nothing. */
export async function init(argv: readonly string[]): Promise<number> {
  const options = parseInit(argv);
  const archive = options.archive === undefined ? undefined : archiveOf(options.archive);
  const files = templateFiles(options.filled, (own) => (archive ? `file:${archive.path}` : own));
  if (options.show !== undefined) return show(files, options.show);
  if (existsSync(join(options.folder, IN_CHECKOUT)))
    throw usage(`${options.folder} is a checkout of valetkey itself: name a new folder`);
  const done = written(options.folder, files);
  const copied = archive && copyArchive(archive.from, options.folder, archive.path) ? [archive.path] : [];
  const result = { ...done, written: [...done.written, ...copied] };
  if (options.json)
    process.stdout.write(`${JSON.stringify({ folder: options.folder, ...result, next: next(options, result) })}\n`);
  else process.stdout.write(sentences(options, result));
  return 0;
}

/** Names of the package of a deployment, and of the agents' package. */
const [PACKAGE, AGENTS] = ["@valetkey/deploy", "valetkey"];

/** Finds the archive, and its place in the folder. @throws {ClientError} usage */
function archiveOf(from: string): { readonly from: string; readonly path: string } {
  if (!/\.tgz$/.test(from) || !existsSync(from))
    throw usage(`--archive takes the archive of @valetkey/deploy; ${from} is no .tgz file`);
  const name = packedName(from);
  if (name !== PACKAGE)
    throw usage(
      `--archive takes the archive of ${PACKAGE}, valetkey-deploy-${ownVersion()}.tgz; ${from} is ${name === AGENTS ? "that of the agents' package" : "another file"}`,
    );
  return { from, path: `vendor/${basename(from)}` };
}

function show(files: readonly TemplateFile[], path: string): number {
  const file = files.find((each) => each.path === path);
  if (!file) throw usage(`--show takes one of ${files.map((each) => each.path).join(", ")}`);
  process.stdout.write(file.text);
  return 0;
}

function written(folder: string, files: readonly TemplateFile[]): WrittenFolder {
  try {
    return writeFolder(folder, files);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown";
    throw new ClientError(
      "usage",
      "folder_unusable",
      `nothing can be written to ${folder} (${code}): name another folder`,
    );
  }
}

function sentences(options: InitOptions, result: WrittenFolder): string {
  const { written: fresh, kept, differing } = result;
  return [
    `${resolve(options.folder)}`,
    ...(fresh.length > 0 ? ["", "written:", ...fresh.map((path) => `  ${path}`)] : []),
    ...(kept.length > 0 ? ["", `unchanged: ${kept.join(", ")}`] : []),
    ...(differing.length > 0
      ? [
          "",
          `different from those of version ${ownVersion()}:`,
          ...differing.map(
            (path) => `  ${path}    ${ownCommand()} init --show ${shellWord(path)} prints this version's file`,
          ),
        ]
      : []),
    ...(fresh.length > 0 ? ["", "next:", ...next(options, result).map((line) => `  ${line}`)] : []),
    "",
  ].join("\n");
}

function next({ folder, archive, filled }: InitOptions, { written: fresh }: WrittenFolder): readonly string[] {
  return [
    ...(archive === undefined && fresh.includes("package.json")
      ? [
          "@valetkey/deploy is not published on npm: install it from your own registry, or run init again in a new folder with --archive <file>",
        ]
      : []),
    ...(resolve(folder) === process.cwd() ? [] : [`cd ${folder}`]),
    "npm install",
    ...(Object.keys(filled).length < FILLED
      ? ["replace each placeholder (replace-with-...) and the accounts' ids by your own values"]
      : []),
    "npm run check",
    `${ownCommand()} doctor --before-deploy`,
    "npx cdk deploy --all",
  ];
}

/** Number of values that fill every placeholder. */
const FILLED = 12;
