import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { ClientError } from "../exit-codes.ts";

/** Folder of each kind of file: the variable that names the folder on Linux, and what the others have in place of it. */
const KINDS = {
  cache: { variable: "XDG_CACHE_HOME", linux: ".cache", darwin: "Caches", windows: ["LOCALAPPDATA", "Local"] },
  config: {
    variable: "XDG_CONFIG_HOME",
    linux: ".config",
    darwin: "Application Support",
    windows: ["APPDATA", "Roaming"],
  },
} as const;

/** The variable that chooses the folder of that kind. */
export const variableOfFolder = (kind: keyof typeof KINDS): string => KINDS[kind].variable;

/**
 * The user's own folder for a kind of file, as the OS has it. A variable that holds no absolute path is not followed (XDG Base Directory
 * Specification): the file would be wherever the program happens to be.
 * @throws {ClientError} usage, where the user has no home.
 */
export function userFolder(kind: keyof typeof KINDS, env: NodeJS.ProcessEnv): string {
  const { variable, linux, darwin, windows } = KINDS[kind];
  const said = env[variable];
  if (said && isAbsolute(said)) return said;
  if (process.platform === "win32") return env[windows[0]] ?? join(homeOf(variable), "AppData", windows[1]);
  return join(homeOf(variable), ...(process.platform === "darwin" ? ["Library", darwin] : [linux]));
}

function homeOf(variable: string): string {
  let home = "";
  try {
    home = homedir();
  } catch {
    // A user without an entry in the system's list, and without HOME.
  }
  if (isAbsolute(home)) return home;
  throw new ClientError("usage", "folder_unusable", `there is no home folder to keep anything in: set ${variable}`);
}
