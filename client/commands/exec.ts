import { setTimeout as sleep } from "node:timers/promises";
import { defined } from "../../functions/core/defined.ts";
import { cachedCredentials } from "../credentials/cached-credentials.ts";
import { openEndpoint, remembering, type Source } from "../credentials/credential-endpoint.ts";
import { openDelegations } from "../credentials/delegation-endpoint.ts";
import { EXIT_CODES } from "../exit-codes.ts";
import { readDelegation } from "../identity/find-delegation.ts";
import type { PersonSource } from "../identity/find-person.ts";
import { identityToken } from "../identity/identity-token.ts";
import { codeOfSignal, type Ending, runChild } from "../process/child.ts";
import { childEnv, secretsKeptFrom, variableOf } from "../process/child-env.ts";
import { PassOn } from "../process/pass-on.ts";
import { Signals } from "../process/signals.ts";
import type { Reporter } from "../reporter.ts";
import { adviseOnRefused, canAskAgain } from "../task/advise-on-refused.ts";
import type { Task } from "../task/held-task.ts";
import { PersonWatch } from "../task/person-watch.ts";
import { runTask } from "../task/run-task.ts";
import { type EndedElsewhere, endedInWords, TaskWatch } from "../task/task-watch.ts";
import type { ExecOptions } from "./exec-options.ts";

/** Longest wait, before the task is ended, for a reader of the command's last output; milliseconds. */
const LAST_OUTPUT_MS = 1_000;

/** Runs a command within a task: finds the identity, opens the task, runs the command, ends the task. Returns the exit code. */
export async function exec(options: ExecOptions, env: NodeJS.ProcessEnv, report: Reporter): Promise<number> {
  const delegationToken = options.delegation && readDelegation(options.delegation);
  const identity = await report.patiently(
    "getting the identity token",
    identityToken(options.identity, options.audience),
  );
  const person = options.person && (await personToken(options.person, options, env, report));
  const isTerminal = [process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY);
  // Before this line a signal ends the process at once; from here on there may be a task to end first.
  const signals = new Signals({ isTerminal, isNpx: env.npm_lifecycle_event === "npx" });
  const isInterrupted = () => signals.received !== undefined;
  let isEndedBefore = false;
  try {
    const { code, passOn, advised } = await runTask<Ran>(
      { ...options, renews: true, ...defined({ personToken: person, delegationToken }) },
      identity,
      { report, isInterrupted },
      async (task) => {
        if (signals.received) return { value: { code: codeOfSignal(signals.received) }, outcome: NOT_STARTED };
        announce(task, report);
        const watch = watchPerson(options, person, task, report);
        const secrets = new Set([identity, ...secretsOf(task), ...secretsKeptFrom(env, task)]);
        const { ending, ended, passOn } = await runWithCredentials(
          options,
          task,
          env,
          signals,
          report,
          secrets,
        ).finally(() => watch?.close());
        return {
          value: ended
            ? { code: EXIT_CODES.ended[0], passOn }
            : { code: ending.code, passOn, advised: { task, secrets } },
          outcome: { outcome: ending.code === 0 ? "success" : "failure", detail: ending.detail },
        };
      },
      () => {
        isEndedBefore = true;
      },
    );
    await passOn?.finish();
    if (isInterrupted()) return code;
    // A command may end, even well, before this process learns that its keys were dead.
    if (isEndedBefore) return EXIT_CODES.ended[0];
    if (passOn && advised) await adviseOnRefused(options, { ...advised, output: passOn.tail }, report);
    return code;
  } catch (error) {
    if (signals.received === undefined) throw error;
    // Reports the failure; the exit code is the signal's.
    report.failure(error);
    return codeOfSignal(signals.received);
  } finally {
    signals.release();
  }
}

/** Result of the command: its exit code; what passes its stderr on; and what advice on refused calls needs, unless somebody else ended the task. */
interface Ran {
  readonly code: number;
  readonly passOn?: PassOn | undefined;
  readonly advised?: { readonly task: Task; readonly secrets: ReadonlySet<string> };
}

/**
 * Opens what passes the command's stderr on and reads it, where a hint on refused calls may follow. A terminal stays the command's own: programs behave otherwise
 * without one.
 */
const passOnFor = async (options: ExecOptions, report: Reporter): Promise<PassOn | undefined> =>
  process.stderr.isTTY || report.isQuiet || !canAskAgain(options) ? undefined : PassOn.open(process.stderr);

/** Lists the secrets of a task that were issued with it. */
const secretsOf = ({ token, credentials, issued }: Task): readonly string[] => [
  token,
  ...credentials.flatMap(({ credential: { AccessKeyId, SecretAccessKey, Token } }) => [
    AccessKeyId,
    SecretAccessKey,
    Token,
  ]),
  ...issued.flatMap(({ fields }) => Object.values(fields).filter((value) => typeof value === "string")),
];

/** Gets the token of the person for whom the command works. The command itself never gets this token, by environment or file. */
async function personToken(
  source: PersonSource,
  options: Pick<ExecOptions, "url" | "audience">,
  env: NodeJS.ProcessEnv,
  report: Reporter,
): Promise<string> {
  if (source.kind !== "login")
    return report.patiently("getting the person's token", identityToken(source, options.audience));
  const { signInPerson } = await import("../operate/sign-in/sign-in-person.ts");
  return signInPerson(options, env, report);
}

/** Watches a file or an address for new tokens of the person. A variable never changes, and a sign-in is not repeated. */
function watchPerson(
  { person: source, url, audience }: ExecOptions,
  token: string | undefined,
  task: Task,
  report: Reporter,
): PersonWatch | undefined {
  if (token === undefined || (source?.kind !== "file" && source?.kind !== "url")) return undefined;
  return new PersonWatch({ url, audience, source, token, task }, report);
}

const NOT_STARTED = { outcome: "failure", detail: "the command was not started" } as const;

async function runWithCredentials(
  options: ExecOptions,
  task: Task,
  env: NodeJS.ProcessEnv,
  signals: Signals,
  report: Reporter,
  secrets: Set<string>,
): Promise<{ readonly ending: Ending; readonly ended: boolean; readonly passOn: PassOn | undefined }> {
  let ended = false;
  const caches = cachedCredentials(options.url, task, report, () => void watch.look());
  const watch = new TaskWatch(options.url, task, (how) => {
    reportEndedElsewhere(task, how, report);
    // Keys of an ended task are dead. At a deadline, which was known from the beginning, the command may go on without keys.
    if (how.status === "expired") return;
    ended = true;
    for (const cache of caches.values()) cache.end(`Task ${task.id} was ${how.status}.`);
    signals.send("SIGTERM");
  });
  const signing =
    task.signed && (await (await import("../sign/open-signing.ts")).openTaskSigning(options.url, task, env));
  const endpoint = await openEndpoint(
    new Map<string, Source>([
      ...[...caches].map(([name, cache]): [string, Source] => [name, remembering(cache, secrets)]),
      ...(signing?.sources ?? []),
      ...task.issued.map(({ name, fields }): [string, Source] => [
        name,
        { current: async () => ({ credential: fields }) },
      ]),
    ]),
  );
  const delegations =
    options.delegatesTo.length > 0 ? await openDelegations(options.url, task, options.delegatesTo, report) : undefined;
  try {
    const given = { ...childEnv(env, task, endpoint, signing?.variables), ...delegations?.variables };
    for (const each of [endpoint.token, ...Object.values(delegations?.variables ?? {})]) secrets.add(each);
    const passOn = await passOnFor(options, report);
    const ending = await runChild(options.command, options.args, given, signals, passOn);
    // The task must not live on because nobody reads.
    await Promise.race([passOn?.finish(), sleep(LAST_OUTPUT_MS, undefined, { ref: false })]);
    if (!ending.isStarted)
      report.warn("command_not_started", `${options.command} cannot be run (${ending.detail})`, { exit: ending.code });
    return { ending, ended, passOn };
  } finally {
    watch.close();
    await Promise.all([endpoint.close(), delegations?.close(), signing?.close()]);
  }
}

/** Reports an end of the task by somebody else or by the deadline, as soon as this process learns of it. */
function reportEndedElsewhere(task: Task, ended: EndedElsewhere, report: Reporter): void {
  const { status, by, at } = ended;
  const fields = { task: task.id, status, ...defined({ by, at }) };
  if (status === "expired") {
    report.warn("task_expired", `task ${task.id} has ended at its deadline: its credentials work no more`, fields);
    return;
  }
  report.warn(
    "task_ended_elsewhere",
    `${endedInWords(task.id, ended)}: its credentials work no more, and the command gets SIGTERM`,
    fields,
  );
}

function announce(task: Task, report: Reporter): void {
  const until = new Date(task.expiresAtMs).toISOString();
  report.note("task_started", `task ${task.id} started; it ends with the command, or at ${until}`, {
    task: task.id,
    expires_at: until,
  });
  const sessions = [...task.credentials, ...(task.signed ?? [])];
  const [first, ...others] = sessions;
  if (!first || others.length === 0) return;
  const accounts = sessions.map(({ name, account }) => ({ account, variable: variableOf(name) }));
  const listed = accounts.slice(1).map(({ account, variable }) => `${account} at $${variable}`);
  report.warn(
    "several_accounts",
    `the command gets credentials of account ${first.account}; for another account, set AWS_CONTAINER_CREDENTIALS_FULL_URI to its address: ${listed.join(", ")}`,
    { accounts },
  );
}
