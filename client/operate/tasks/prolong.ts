import { parseArgs } from "node:util";
import { addressOf } from "../../deployments/address-of.ts";
import { ClientError } from "../../exit-codes.ts";
import { findPerson } from "../../identity/find-person.ts";
import { identityToken } from "../../identity/identity-token.ts";
import { ownCommand } from "../../own-command.ts";
import type { Reporter } from "../../reporter.ts";
import { isHeaderSafe } from "../../task/fields.ts";
import { type Prolonged, prolongTask } from "../../task/prolong-task.ts";
import { optionError } from "../../unknown-option.ts";
import type { OperatorCommand } from "../operator.ts";
import { readText } from "../operator-options.ts";
import { loadPrinter, outputForm } from "../print/print.ts";
import { shown } from "../print/shown.ts";

const OPTIONS = {
  "task-token-file": { type: "string" },
  "on-behalf-of": { type: "string" },
  url: { type: "string" },
  deployment: { type: "string" },
  audience: { type: "string" },
  output: { type: "string", short: "o" },
  json: { type: "boolean" },
  quiet: { type: "boolean" },
} as const;

/**
 * Runs `valetkey tasks prolong`, which sends a person's fresh token with the token of a task that acts for the person. The task's hour then counts from
 * the fresh token. Takes no token from the command line, which every user of the machine can read.
 */
export const prolong: OperatorCommand = async (argv, env, report) => {
  const options = optionsIn(argv);
  const url = addressOf(options, env);
  const [file, from] = [options["task-token-file"], options["on-behalf-of"]];
  if (url === undefined || file === undefined || from === undefined)
    throw usage(
      `--url, --task-token-file and --on-behalf-of are required; ${ownCommand()} tasks --help shows an example`,
    );
  const token = readText(file).trim();
  if (!isHeaderSafe(token) || !token.startsWith("vk_"))
    throw usage("--task-token-file must hold a task token, as POST /v1/token answers it (access_token)");
  const audience = options.audience ?? env.VALETKEY_AUDIENCE ?? url;
  const person = await personToken(from, { url, audience }, env, report);
  const outcome = await report.patiently("waiting for valetkey", prolongTask(url, { token }, person));
  const expires_at = until(outcome);
  (await loadPrinter({ form: outputForm(options) }))(
    { expires_at },
    () => shown`The task goes on until ${expires_at}.\n`,
  );
  return 0;
};

/** Returns the task's new deadline. @throws {ClientError} refused, unavailable. */
function until(outcome: Prolonged): string {
  if (outcome.kind === "prolonged") return new Date(outcome.expiresAtMs).toISOString();
  if (outcome.kind === "refused") throw new ClientError("refused", outcome.code, outcome.sentence);
  throw new ClientError("unavailable", "not_prolonged", "valetkey did not decide: run it again with the same token");
}

async function personToken(
  from: string,
  service: { readonly url: string; readonly audience: string },
  env: NodeJS.ProcessEnv,
  report: Reporter,
): Promise<string> {
  const source = findPerson(from, env);
  if (source.kind !== "login") return identityToken(source, service.audience);
  const { signInPerson } = await import("../sign-in/sign-in-person.ts");
  return signInPerson(service, env, report);
}

function optionsIn(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw optionError(error, Object.keys(OPTIONS), "tasks");
  }
}

const usage = (sentence: string): ClientError => new ClientError("usage", "usage", sentence);
