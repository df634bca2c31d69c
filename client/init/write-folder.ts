import { constants, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { TemplateFile } from "./template.ts";

/** Outcome for each file of a folder. */
export interface WrittenFolder {
  readonly written: readonly string[];
  /** Existing files, left unchanged. */
  readonly kept: readonly string[];
  /** Existing files that belong to a version of valetkey, and differ from this version's. */
  readonly differing: readonly string[];
}

/** Writes the files that the folder lacks, the first policy only where it has none. Overwrites nothing, and follows no link in the place of a file. */
export function writeFolder(folder: string, files: readonly TemplateFile[]): WrittenFolder {
  const written: string[] = [];
  const kept: string[] = [];
  const differing: string[] = [];
  const hasPolicies = policiesIn(folder);
  for (const { path, text, kind } of files) {
    if (kind === "first" && hasPolicies) continue;
    if (isNew(() => writeFileSync(placeOf(folder, path), text, { flag: "wx" }))) written.push(path);
    else {
      kept.push(path);
      if (kind === "shipped" && textIn(join(folder, path)) !== text) differing.push(path);
    }
  }
  return { written, kept, differing };
}

/** True where the folder has policies. A person who removed the first policy does not want it back. */
const policiesIn = (folder: string): boolean =>
  existsSync(join(folder, "policies")) && readdirSync(join(folder, "policies")).some((name) => name.endsWith(".cedar"));

/** Copies an archive into the folder, unless the folder has a file of that name. @returns true where the archive was copied. */
export const copyArchive = (archive: string, folder: string, path: string): boolean =>
  isNew(() => copyFileSync(archive, placeOf(folder, path), constants.COPYFILE_EXCL));

function placeOf(folder: string, path: string): string {
  const place = join(folder, path);
  mkdirSync(dirname(place), { recursive: true });
  return place;
}

function isNew(write: () => void): boolean {
  try {
    write();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return false;
  }
}

/** Reads a file, with Unix line endings, since git on Windows may have changed them; empty where there is none. */
const textIn = (file: string): string => (existsSync(file) ? readFileSync(file, "utf8").replaceAll("\r\n", "\n") : "");
