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

/** Not through a link: what is checked is what is read. Windows has no such flag, and no such owners either. */
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0);

/**
 * The folder is there, and nobody else can put anything into it: whoever could would choose what is read from it, or swap one file of ours for
 * another. Where `/tmp` is somebody's cache, anybody may have made it first.
 * @param variable names the folder around it, for the sentence that says what to do.
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
      `nothing can be kept in ${folder} (${(error as NodeJS.ErrnoException).code ?? "unknown"}): set ${variable} to a folder of your own that can be written to`,
    );
  }
  if (!isPrivateFolder(folder))
    throw new ClientError(
      "usage",
      "folder_not_private",
      `${folder} is not yours alone to write to; nothing is kept there`,
    );
}

/** With those above it. Node's own way of that never ends where a folder of /proc has no such entry. */
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

/** What the file says, or nothing; one that somebody else can read, has written or may have put there is nobody's. */
export function readPrivateFile(path: string): string | undefined {
  let file: number | undefined;
  try {
    if (!isPrivateFolder(dirname(path))) return undefined;
    file = openSync(path, FLAGS);
    // Of the file that is open: by its name, another one could be read than was looked at.
    const { mode, uid } = fstatSync(file);
    const isOurs = process.getuid === undefined || (uid === process.getuid() && (mode & 0o077) === 0);
    return isOurs ? readFileSync(file, "utf8") : undefined;
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** In one step: a reader sees the old or the new, never half of one. */
export function writePrivateFile(path: string, text: string): void {
  const beside = `${path}.${process.pid}`;
  // Of a process that died with it, and had our number.
  rmSync(beside, { force: true });
  writeFileSync(beside, text, { mode: 0o600, flag: "wx" });
  renameSync(beside, path);
}
