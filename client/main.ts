import { readFileSync } from "node:fs";
import { COMMANDS, overview } from "./commands.ts";
import { ClientError } from "./exit-codes.ts";
import { nearest } from "./nearest.ts";
import { helpAsTyped, ownCommand } from "./own-command.ts";
import { leaveMemoryOutOfCoreFiles } from "./process/core-files.ts";
import { Reporter } from "./reporter.ts";

/**
 * Runs one command line and returns its exit code. Prints help and version on stdout, all other messages on stderr.
 * @param manifest package.json with the version of valetkey.
 */
export async function main(argv: readonly string[], env: NodeJS.ProcessEnv, manifest: URL): Promise<number> {
  leaveMemoryOutOfCoreFiles();
  // The reader of stderr may be gone (`2>&1 | head`), which must not end the process before the task is ended.
  process.stderr.on("error", () => {});
  const [first, ...rest] = argv;
  // The reader of stdout may be gone, too (`| head`): nobody wants the rest. An MCP server has to end its tasks first.
  if (first !== "mcp")
    process.stdout.on("error", ({ code }: NodeJS.ErrnoException) => process.exit(code === "EPIPE" ? PIPE_CLOSED : 1));
  const options = rest.includes("--") ? rest.slice(0, rest.indexOf("--")) : rest;
  const report = new Reporter({ json: isJson(options), quiet: options.includes("--quiet") });
  try {
    if (first === undefined || first === "--help" || (first === "help" && rest.length === 0))
      return print(helpAsTyped(overview()));
    if (first === "--version") return print(`valetkey ${versionIn(manifest)}\n`);
    const name = first === "help" ? (rest[0] ?? "") : first;
    const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    if (!command) throw await unknownCommand(name);
    const wantsHelp = first === "help" || options.includes("--help");
    // The policy tools have their own help, for each of their commands.
    if (name === "policy")
      return await command.run(first === "help" ? ["--help"] : rest, env, report, () => versionIn(manifest));
    return wantsHelp
      ? print(helpAsTyped(await command.help()))
      : await command.run(rest, env, report, () => versionIn(manifest));
  } catch (error) {
    return report.failure(error);
  }
}

/** Exit code of a program that a closed pipe ended: 128 and the number of SIGPIPE. */
const PIPE_CLOSED = 141;

/** True where the command line requests JSON. The command itself parses its options, and refuses wrong ones. */
const isJson = (words: readonly string[]): boolean =>
  words.some(
    (word, at) =>
      /^(--json|--output=json|-ojson)$/.test(word) || (/^(-o|--output)$/.test(word) && words[at + 1] === "json"),
  );

async function unknownCommand(name: string): Promise<ClientError> {
  const meant = (await longerCommand(name)) ?? nearest(name, Object.keys(COMMANDS));
  const hint = meant ? `did you mean ${ownCommand()} ${meant}?` : `${ownCommand()} --help lists the commands`;
  return new ClientError("usage", "unknown_command", `there is no such command; ${hint}`);
}

/** Finds the command whose second word is this: `agents suspend` for `suspend`. */
async function longerCommand(name: string): Promise<string | undefined> {
  const { OPERATOR_HELP } = await import("./operate/help.ts");
  const first = Object.entries(OPERATOR_HELP).find(([, text]) =>
    [...text.matchAll(/valetkey (\S+ [a-z-]+)/g)].some(([, words]) => words?.split(" ")[1] === name),
  );
  return first && `${first[0]} ${name}`;
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}

function versionIn(manifest: URL): string {
  const { version }: { version: string } = JSON.parse(readFileSync(manifest, "utf8"));
  return version;
}
