import { realpathSync, rmSync } from "node:fs";
import { parseArgs } from "node:util";
import { defined } from "../../functions/core/defined.ts";
import { secondsIn } from "../duration.ts";
import { ClientError } from "../exit-codes.ts";
import { findDelegation, readDelegation } from "../identity/find-delegation.ts";
import { findIdentity } from "../identity/find-identity.ts";
import { Accesses } from "../mcp/accesses.ts";
import { serveJsonRpc } from "../mcp/json-rpc.ts";
import { mcpMethods } from "../mcp/mcp-methods.ts";
import { serverFolder } from "../mcp/profile.ts";
import { programsOf } from "../mcp/run-program.ts";
import { toolDefinitions } from "../mcp/tool-definitions.ts";
import { toolsOver } from "../mcp/tools.ts";
import { ownCommand } from "../own-command.ts";
import { Signals } from "../process/signals.ts";
import type { Reporter } from "../reporter.ts";
import { safeUrl } from "../task/safe-url.ts";
import { optionError } from "../unknown-option.ts";
import { subAgentsOf } from "./exec-options.ts";

const OPTIONS = {
  url: { type: "string" },
  audience: { type: "string" },
  account: { type: "string" },
  allow: { type: "string", multiple: true },
  "delegation-file": { type: "string" },
  "delegate-to": { type: "string", multiple: true },
  folder: { type: "string" },
  timeout: { type: "string" },
  "token-file": { type: "string" },
  "token-url": { type: "string" },
  "token-command": { type: "string" },
  identity: { type: "string" },
  json: { type: "boolean" },
  quiet: { type: "boolean" },
  sign: { type: "boolean" },
} as const;

/** Runs the MCP server on stdin and stdout until stdin closes or a signal arrives; then ends every task that it opened. */
export async function mcp(
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
  report: Reporter,
  version: string,
): Promise<number> {
  if (argv[0] === "credential") return (await import("../mcp/credential.ts")).printCredential(argv[1] ?? "");
  const flags = parsed(argv);
  const url = safeUrl(flags.url ?? env.VALETKEY_URL ?? missingUrl(), "--url");
  const delegation = findDelegation(flags["delegation-file"], env);
  // A file may be written later, for the first access or a further one; a variable stays as it is.
  if (delegation?.kind === "token") readDelegation(delegation);
  const options = {
    url,
    audience: flags.audience ?? env.VALETKEY_AUDIENCE ?? url,
    identity: findIdentity(flags, env),
    ...defined({ delegation, signs: flags.sign }),
  };
  const programs = programsOf(flags.allow ?? [], env);
  const seconds = secondsIn(flags.timeout ?? "60");
  if (seconds === undefined || seconds > 600) throw usage("--timeout takes seconds, 600 at most");
  const folder = realpathSync(flags.folder ?? process.cwd());
  const own = serverFolder(env);
  const command = [process.execPath, realpathSync(process.argv[1] ?? "")];
  const signals = new Signals({ isTerminal: false, isNpx: env.npm_lifecycle_event === "npx" });
  const accesses = new Accesses(options, report, { folder: own, command, env });
  const settings = {
    account: flags.account ?? env.VALETKEY_ACCOUNT,
    programs,
    delegatesTo: subAgentsOf(flags["delegate-to"]),
    folder,
    timeoutMs: seconds * 1_000,
    env,
  };
  // Ignores errors of stdout: where the host is gone, stdin ends too, and ends the server.
  process.stdout.on("error", () => undefined);
  const methods = mcpMethods(toolsOver(accesses, settings), toolDefinitions(programs, settings.delegatesTo), version);
  try {
    await Promise.race([serveJsonRpc(process.stdin, process.stdout, methods), signals.first()]);
  } finally {
    // Cancels running programs, which would otherwise run until their time-out.
    process.stdin.destroy();
    await accesses.close();
    rmSync(own, { recursive: true, force: true });
    signals.release();
  }
  return 0;
}

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw optionError(error, Object.keys(OPTIONS), "mcp");
  }
}

const usage = (sentence: string): ClientError => new ClientError("usage", "usage", sentence);

function missingUrl(): never {
  throw usage(`--url (or VALETKEY_URL) is required; ${ownCommand()} mcp --help shows an example`);
}
