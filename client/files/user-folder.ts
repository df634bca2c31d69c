import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { ClientError } from "../exit-codes.ts";

/** Folders by kind of file: the variable and folder on Linux, and those of macOS and Windows. */
const KINDS = {
  cache: { variable: "XDG_CACHE_HOME", linux: ".cache", darwin: "Caches", windows: ["LOCALAPPDATA", "Local"] },
  config: {
    variable: "XDG_CONFIG_HOME",
    linux: ".config",
    darwin: "Application Support",
    windows: ["APPDATA", "Roaming"],
  },
} as const;

/** Returns the variable that chooses the folder of a kind. */
export const variableOfFolder = (kind: keyof typeof KINDS): string => KINDS[kind].variable;

/**
 * Returns the user's folder for a kind of file, by the conventions of the OS. Ignores a variable without an absolute path (XDG Base Directory
 * Specification), which would depend on the working directory.
 * @throws {ClientError} usage where the user has no home.
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
    // The user has neither an entry in the system's list nor HOME.
  }
  if (isAbsolute(home)) return home;
  throw new ClientError("usage", "folder_unusable", `there is no home folder to keep anything in: set ${variable}`);
}
