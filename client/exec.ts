import type { ExecOptions } from "./args.ts";
import { codeOfSignal, type Ending, runChild } from "./child.ts";
import { childEnv, variableOf } from "./child-env.ts";
import { CredentialCache } from "./credential-cache.ts";
import { openEndpoint } from "./credential-endpoint.ts";
import { endTask, type Outcome } from "./end-task.ts";
import { openTask } from "./exchange.ts";
import { ExitError } from "./exit-codes.ts";
import { identityToken } from "./identity-token.ts";
import { renewCredential } from "./renew.ts";
import type { Reporter } from "./reporter.ts";
import { Signals } from "./signals.ts";
import type { Credential, Task } from "./task.ts";

/** Identity, task, command, end of the task. Returns the exit code; whatever happens once the task is open, it is ended. */
export async function exec(options: ExecOptions, env: NodeJS.ProcessEnv, report: Reporter): Promise<number> {
  const isTerminal = [process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY);
  const signals = new Signals({ isTerminal, isNpx: env.npm_lifecycle_event === "npx" });
  try {
    const identity = await report.patiently(
      "getting the identity token",
      identityToken(options.identity, options.audience),
    );
    const isInterrupted = () => signals.received !== undefined;
    const task = await report.patiently("waiting for valetkey", openTask(options, identity, isInterrupted));
    let outcome: Outcome = { outcome: "failure", detail: "the command was not started" };
    try {
      if (signals.received) return codeOfSignal(signals.received);
      requireActive(task);
      announce(task, report);
      const ending = await runWithCredentials(options, task, env, signals, report);
      outcome = { outcome: ending.code === 0 ? "success" : "failure", detail: ending.detail };
      return ending.code;
    } finally {
      await report.patiently("ending the task", endTask(options.url, task, outcome, report));
    }
  } finally {
    signals.release();
  }
}

async function runWithCredentials(
  options: ExecOptions,
  task: Task,
  env: NodeJS.ProcessEnv,
  signals: Signals,
  report: Reporter,
): Promise<Ending> {
  const endpoint = await openEndpoint(
    new Map(task.credentials.map(({ name, credential }) => [name, cacheFor(name, credential)])),
  );
  try {
    const ending = await runChild(options.command, options.args, childEnv(env, task, endpoint), signals);
    if (!ending.isStarted)
      report.warn("command_not_started", `${options.command} cannot be run (${ending.detail})`, { exit: ending.code });
    return ending;
  } finally {
    await endpoint.close();
  }

  function cacheFor(name: string, first: Credential): CredentialCache {
    const renew = async () => {
      const renewal = await renewCredential(options.url, task, name);
      if (renewal.kind === "refused")
        report.warn("credentials_refused", `no more credentials for ${name}: ${renewal.sentence}`, {
          credential: name,
        });
      return renewal;
    };
    return new CredentialCache({ first, taskExpiresAtMs: task.expiresAtMs, renew });
  }
}

/** A task that waits for a person, say, is no use to a command that starts now. */
function requireActive(task: Task): void {
  if (task.status === "active") return;
  throw new ExitError(
    "later",
    "not_active",
    `task ${task.id} is ${task.status}, and valetkey exec does not wait: it ends the task again`,
  );
}

function announce(task: Task, report: Reporter): void {
  const until = new Date(task.expiresAtMs).toISOString();
  report.note("task_started", `task ${task.id} started; it ends with the command, or at ${until}`, {
    task: task.id,
    expires_at: until,
  });
  const [first, ...others] = task.credentials;
  if (!first || others.length === 0) return;
  const accounts = task.credentials.map(({ name, account }) => ({ account, variable: variableOf(name) }));
  const listed = accounts.slice(1).map(({ account, variable }) => `${account} at $${variable}`);
  report.warn(
    "several_accounts",
    `the command gets account ${first.account}; for another, set AWS_CONTAINER_CREDENTIALS_FULL_URI to its address: ${listed.join(", ")}`,
    { accounts },
  );
}
