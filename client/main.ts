import { readFileSync } from "node:fs";
import { parseExec } from "./args.ts";
import { exec } from "./exec.ts";
import { ExitError } from "./exit-codes.ts";
import { EXEC_HELP, HELP } from "./help.ts";
import { runPolicy } from "./policy.ts";
import { Reporter } from "./reporter.ts";

/** Runs one command line and returns its exit code. Help and version go to stdout, everything else that we say to stderr. */
export async function main(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  // Nobody may be listening any more (`2>&1 | head`): that must not end us before the task is ended.
  process.stderr.on("error", () => {});
  const [command, ...rest] = argv;
  const ours = rest.includes("--") ? rest.slice(0, rest.indexOf("--")) : rest;
  const report = new Reporter({ json: ours.includes("--json"), quiet: ours.includes("--quiet") });
  try {
    if (command === "exec")
      return ours.includes("--help") ? print(EXEC_HELP) : await exec(parseExec(rest, env), env, report);
    if (command === "policy") return await runPolicy(rest);
    if (command === "help" && rest[0] === "policy") return await runPolicy(["--help"]);
    if (command === "help") return print(rest[0] === "exec" ? EXEC_HELP : HELP);
    if (command === "--help" || command === undefined) return print(HELP);
    if (command === "--version") return print(`valetkey ${version()}\n`);
    throw new ExitError("usage", "unknown_command", "there is no such command; valetkey --help lists what there is");
  } catch (error) {
    return report.failure(error);
  }
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}

function version(): string {
  const file: { version: string } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  return file.version;
}
