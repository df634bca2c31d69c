import { homedir } from "node:os";
import { posix, win32 } from "node:path";
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
export function userFolder(
  kind: keyof typeof KINDS,
  env: NodeJS.ProcessEnv,
  platform: string = process.platform,
  homeFolder: () => string = homedir,
): string {
  const { variable, linux, darwin, windows } = KINDS[kind];
  const { isAbsolute, join } = platform === "win32" ? win32 : posix;
  const chosen = env[variable];
  if (chosen && isAbsolute(chosen)) return chosen;
  const home = () => homeOf(variable, homeFolder, isAbsolute);
  if (platform === "win32") return env[windows[0]] ?? join(home(), "AppData", windows[1]);
  return join(home(), ...(platform === "darwin" ? ["Library", darwin] : [linux]));
}

function homeOf(variable: string, homeFolder: () => string, isAbsolute: (path: string) => boolean): string {
  let home = "";
  try {
    home = homeFolder();
  } catch {
    // The user has neither an entry in the system's list nor HOME.
  }
  if (isAbsolute(home)) return home;
  throw new ClientError("usage", "folder_unusable", `there is no home folder to store files in: set ${variable}`);
}
