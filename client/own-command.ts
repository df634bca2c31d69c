import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { NPX_VALETKEY } from "../contract/decision/typed-command.ts";

/** Files of the command in a folder of `PATH`: for shells of Unix, and for Windows. */
const FILES = ["valetkey", "valetkey.cmd"];

/** Folder that npm puts on the `PATH` of the programs that npm starts. A user's shell finds nothing there. */
const OF_NPM = /node_modules[\\/]\.bin[\\/]?$/;

/**
 * Spells this command as the user's shell finds it: `valetkey` where it is installed for the machine, otherwise by npx. Every printed command line begins
 * with it, so that the line runs as printed.
 * @param env `process.env` unless given.
 */
export function ownCommand({ PATH = "" }: NodeJS.ProcessEnv = process.env): string {
  const folders = PATH.split(delimiter).filter((folder) => folder !== "" && !OF_NPM.test(folder));
  return folders.some((folder) => FILES.some((file) => existsSync(join(folder, file)))) ? "valetkey" : NPX_VALETKEY;
}

/** Command at the beginning of a line of a help's examples and lists, behind variables, or behind another command. */
const IN_HELP = /(?<=^ +(?:.*(?:&& |[<$]\(|[A-Z_]+=\S+ ))?)(?:npx )?valetkey (?=[a-z-])/gm;

/** Spells the commands of a help's examples and lists as the user's shell finds them. */
export const helpAsTyped = (help: string): string => help.replace(IN_HELP, `${ownCommand()} `);
