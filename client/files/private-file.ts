import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { ClientError } from "../exit-codes.ts";

/** Flags that refuse symbolic links, so that the checked file is the one that is read. Windows has neither the flag nor such owners. */
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0);

/**
 * Creates a folder and checks that nobody else can write to it, since others could replace its files. Another user may have created the folder first
 * where the cache is in `/tmp`.
 * @param variable name of the variable that chooses the folder, for the error's sentence.
 * @throws {ClientError} usage
 */
export function ensurePrivateFolder(folder: string, variable: string): void {
  try {
    makeFolder(folder);
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw new ClientError(
      "usage",
      "folder_unusable",
      `no file can be stored in ${folder} (${(error as NodeJS.ErrnoException).code ?? "unknown"}): set ${variable} to a folder of your own that can be written to`,
    );
  }
  if (!isPrivateFolder(folder))
    throw new ClientError(
      "usage",
      "folder_not_private",
      `${folder} is not yours alone to write to, so nothing is stored there`,
    );
}

/** Creates a folder and those above it. Node's `recursive` option never returns for a missing entry of /proc. */
function makeFolder(folder: string): void {
  const above = dirname(folder);
  if (above !== folder && !existsSync(above)) makeFolder(above);
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

function isPrivateFolder(folder: string): boolean {
  const { uid, mode } = statSync(folder);
  return process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0);
}

/** Reads a private file; undefined where it is missing, or where others could have read or written it. */
export function readPrivateFile(path: string): string | undefined {
  let file: number | undefined;
  try {
    if (!isPrivateFolder(dirname(path))) return undefined;
    file = openSync(path, FLAGS);
    // Checks the open file. After a check by name, another file could be read.
    const { mode, uid } = fstatSync(file);
    const isOurs = process.getuid === undefined || (uid === process.getuid() && (mode & 0o077) === 0);
    return isOurs ? readFileSync(file, "utf8") : undefined;
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** Writes a private file atomically: a reader sees the old or the new content. */
export function writePrivateFile(path: string, text: string): void {
  const beside = `${path}.${process.pid}`;
  // Removes the leftover of a dead process with the same id.
  rmSync(beside, { force: true });
  writeFileSync(beside, text, { mode: 0o600, flag: "wx" });
  renameSync(beside, path);
}
