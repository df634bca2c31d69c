import { defined } from "../../functions/core/defined.ts";
import { warnOfIssued } from "../credentials/warn-of-issued.ts";
import { ClientError } from "../exit-codes.ts";
import { readDelegation } from "../identity/find-delegation.ts";
import { identityToken } from "../identity/identity-token.ts";
import { ownCommand } from "../own-command.ts";
import type { Reporter } from "../reporter.ts";
import { type Shell, shellOf, shellQuoted } from "../shell-quoting.ts";
import type { NamedCredential } from "../task/held-task.ts";
import { openUsableTask } from "../task/open-usable-task.ts";
import { parseTask } from "../task/task-options.ts";

/** Assignments in each shell's syntax. */
const SHELLS: Readonly<Record<Shell, (name: string, value: string) => string>> = {
  sh: (name, value) => `export ${name}=${shellQuoted(value, "sh")}`,
  fish: (name, value) => `set -gx ${name} ${shellQuoted(value, "fish")}`,
  powershell: (name, value) => `$env:${name} = ${shellQuoted(value, "powershell")}`,
};

/** Writes the line by which a shell reads what this command prints. */
const readBy = (shell: Shell): string =>
  shell === "powershell"
    ? `${ownCommand()} env --shell powershell ... | Out-String | Invoke-Expression`
    : shell === "fish"
      ? `${ownCommand()} env --shell fish ... | source`
      : `eval "$(${ownCommand()} env ...)"`;

/**
 * Prints a task's credentials as variables for a shell. Nothing renews the credentials, so they are for work of 15 minutes at most. Only the deadline
 * ends the task.
 */
export async function printEnv(argv: readonly string[], env: NodeJS.ProcessEnv, report: Reporter): Promise<number> {
  const { task: options, extra } = parseTask("env", argv, env, ["shell", "credential", "delegation-file"]);
  const shell = extra.shell ?? "sh";
  if (!isShell(shell)) throw new ClientError("usage", "usage", `--shell takes ${Object.keys(SHELLS).join(", ")}`);
  // On a terminal the credentials would stay in the scrollback.
  if (process.stdout.isTTY)
    throw new ClientError(
      "usage",
      "usage",
      `\`valetkey env\` prints secrets for a shell to read: ${readBy(extra.shell === undefined ? shellOf(process.env) : shell)}`,
    );
  const delegationToken = options.delegation && readDelegation(options.delegation);
  const identity = await report.patiently(
    "getting the identity token",
    identityToken(options.identity, options.audience),
  );
  const task = await openUsableTask({ ...options, ...defined({ delegationToken }) }, identity, {
    report,
    isInterrupted: () => false,
  });
  const held = task.credentials.find(({ name }) => extra.credential === undefined || name === extra.credential);
  if (!held)
    throw new ClientError("usage", "no_credential", `the task has no credential ${extra.credential ?? "for AWS"}`);
  warnOfIssued("env", task.issued, report);
  process.stdout.write(
    `${variablesOf(held, task.id)
      .map(([name, value]) => SHELLS[shell](name, value))
      .join("\n")}\n`,
  );
  report.note("task_started", `task ${task.id}: these work until ${held.credential.Expiration}`, { task: task.id });
  return 0;
}

const isShell = (text: string): text is Shell => Object.hasOwn(SHELLS, text);

const variablesOf = ({ credential, region }: NamedCredential, task: string): [string, string][] => [
  ["AWS_ACCESS_KEY_ID", credential.AccessKeyId],
  ["AWS_SECRET_ACCESS_KEY", credential.SecretAccessKey],
  ["AWS_SESSION_TOKEN", credential.Token],
  ["AWS_CREDENTIAL_EXPIRATION", credential.Expiration],
  ...(region ? [["AWS_REGION", region] as [string, string]] : []),
  ["VALETKEY_TASK", task],
];
