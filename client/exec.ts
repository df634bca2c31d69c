import { cachedCredentials } from "./cached-credentials.ts";
import { codeOfSignal, type Ending, runChild } from "./child.ts";
import { childEnv, variableOf } from "./child-env.ts";
import { openEndpoint } from "./credential-endpoint.ts";
import { endTask, type Outcome } from "./end-task.ts";
import { openTask } from "./exchange.ts";
import type { ExecOptions } from "./exec-options.ts";
import { identityToken } from "./identity/identity-token.ts";
import type { Reporter } from "./reporter.ts";
import { requireActive } from "./require-active.ts";
import { Signals } from "./signals.ts";
import type { Task } from "./task.ts";

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
      requireActive(task, "exec");
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
  const endpoint = await openEndpoint(cachedCredentials(options.url, task, report));
  try {
    const ending = await runChild(options.command, options.args, childEnv(env, task, endpoint), signals);
    if (!ending.isStarted)
      report.warn("command_not_started", `${options.command} cannot be run (${ending.detail})`, { exit: ending.code });
    return ending;
  } finally {
    await endpoint.close();
  }
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
