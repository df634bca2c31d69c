import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildClient } from "../../tools/build-client.ts";
import { ACCOUNT, type RunningCloud } from "./running-cloud.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Folder with the package installed in it, as a project has it, and its programs. */
export interface RecipeProject {
  readonly folder: string;
  /** Environment of a deployment's users, with the embedded AWS in place of AWS. */
  environmentFor(running: RunningCloud): Readonly<Record<string, string>>;
  remove(): void;
}

/** Installs the package in a new folder. */
export async function installProject(): Promise<RecipeProject> {
  const folder = mkdtempSync(join(tmpdir(), "valetkey-recipes-"));
  mkdirSync(join(folder, "node_modules"));
  await buildClient(join(folder, "node_modules", "valetkey"), false);
  for (const scope of ["@aws-sdk", "@smithy"])
    symlinkSync(join(ROOT, "node_modules", scope), join(folder, "node_modules", scope));
  mkdirSync(join(folder, "bin"));
  const program = (name: string, line: string): void => {
    const path = join(folder, "bin", name);
    writeFileSync(path, `#!/bin/sh\n${line}\n`);
    chmodSync(path, 0o755);
  };
  const bin = join(folder, "node_modules", "valetkey", "bin", "valetkey.mjs");
  program("valetkey", `exec "${process.execPath}" "${bin}" "$@"`);
  program("node", `exec "${process.execPath}" "$@"`);
  return {
    folder,
    environmentFor: ({ url, cloud }) => ({
      PATH: `${join(folder, "bin")}:${process.env.PATH}`,
      HOME: folder,
      VALETKEY_URL: url,
      VALETKEY_ACCOUNT: ACCOUNT,
      AWS_ENDPOINT_URL: cloud.aws.endpoint,
      AWS_REGION: "us-east-1",
    }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export const recipe = (name: string): string => readFileSync(join(ROOT, "docs", "recipes", name), "utf8");

/** Lists the code in one language, block after block. */
export const blocks = (name: string, language: string): readonly string[] =>
  [...recipe(name).matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "gms"))].map(([, code = ""]) => code);

export const block = (name: string, language: string, index = 0): string => {
  const code = blocks(name, language)[index];
  if (code === undefined) throw new Error(`${name} has no ${language}`);
  return code;
};

/** Imports the block of a recipe that contains a text, as a module without packages. */
export async function importBlock<T>(name: string, language: string, holding: string): Promise<T> {
  const code = blocks(name, language).find((each) => each.includes(holding));
  if (code === undefined) throw new Error(`${name} has no ${language} with ${holding}`);
  return import(`data:text/javascript,${encodeURIComponent(code)}`);
}
