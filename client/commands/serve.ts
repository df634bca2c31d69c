import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { RefusalCode } from "../../contract/refusals.ts";
import { cachedCredentials } from "../credentials/cached-credentials.ts";
import type { Current } from "../credentials/credential-cache.ts";
import { openEndpoint, type Source } from "../credentials/credential-endpoint.ts";
import { IssuedFiles } from "../credentials/issued-files.ts";
import { warnOfIssued } from "../credentials/warn-of-issued.ts";
import { ClientError } from "../exit-codes.ts";
import { findPerson } from "../identity/find-person.ts";
import { identityToken } from "../identity/identity-token.ts";
import type { IdentitySource } from "../identity/source.ts";
import { Signals } from "../process/signals.ts";
import type { Reporter } from "../reporter.ts";
import { openSigning, type Signing } from "../sign/open-signing.ts";
import { type Signature, type SignatureRequest, Signatures } from "../sign/signatures.ts";
import { endTask } from "../task/end-task.ts";
import type { SignedSession, Task } from "../task/held-task.ts";
import { openUsableTask } from "../task/open-usable-task.ts";
import { PersonWatch } from "../task/person-watch.ts";
import { parseTask, type TaskOptions } from "../task/task-options.ts";

/** Reason why there is no task now. */
interface NoTask {
  /** False where a later try may help. */
  readonly refused: boolean;
  readonly sentence: string;
}

/** Longest wait for the next task before a request is answered: the JavaScript SDK waits one second. */
const PATIENCE_MS = 700;

/** Answer while the next task is being opened. SDKs try again after it. */
const OPENING: NoTask = { refused: false, sentence: "The next task is being opened, or waits for an approval." };

/** Refusals of a signature that say that the task is over: any other one is about the request, or passes. */
const OVER: ReadonlySet<string> = new Set<RefusalCode>([
  ...(["task_token_invalid", "task_ended", "lease_unknown", "consent_ended", "agent_inactive"] as const),
]);

/** Time before the end of what is in files from which the next task is opened; milliseconds. */
const LEAD_MS = 15_000;

/** Pause between two openings, unless the task ends earlier, so that an SDK in a loop causes no loop of exchanges. */
const PAUSE_MS = 10_000;

/**
 * Runs a sidecar: serves the container-credentials protocol on loopback until a signal ends it. When a task is over, it proves its identity again and
 * opens the next one.
 */
export async function serve(argv: readonly string[], env: NodeJS.ProcessEnv, report: Reporter): Promise<number> {
  const extras = ["port", "token-out", "credentials-out", "on-behalf-of", "sign"] as const;
  const { task: options, extra } = parseTask("serve", argv, env, extras);
  const port = portOf(extra.port);
  const { "token-out": tokenFile, "credentials-out": folder } = extra;
  if (tokenFile === undefined && (folder === undefined || options.details.some(({ type }) => type === "aws")))
    throw new ClientError("usage", "usage", "--token-out is required: the file from which the SDKs read their token");
  if (tokenFile !== undefined && !existsSync(dirname(tokenFile)))
    throw new ClientError("usage", "usage", `--token-out: there is no folder ${dirname(tokenFile)}; create it first`);
  const person = personOf(extra["on-behalf-of"], env);
  const files = folder === undefined ? undefined : new IssuedFiles(folder);
  const signals = new Signals({ isTerminal: false, isNpx: env.npm_lifecycle_event === "npx" });
  const tasks = new ServedTasks(
    { ...options, person, files, canSign: true, ...(extra.sign && { signs: true }) },
    report,
    () => signals.received !== undefined,
  );
  try {
    const first = await tasks.open();
    const taken = () => {
      throw new ClientError(
        "usage",
        "port_taken",
        `cannot listen on port ${port}${first.signed ? ", or on one of those after it" : ""}; give another --port, or none`,
      );
    };
    const signing = first.signed && (await signingFor(first.signed, tasks, env, port).catch(taken));
    const sources = new Map<string, Source>([
      ...first.credentials.map(({ name }): [string, Source] => [name, { current: () => tasks.current(name) }]),
      ...(signing?.sources ?? []),
    ]);
    const endpoint = await openEndpoint(sources, port).catch(taken);
    try {
      if (tokenFile !== undefined) {
        // Removes an existing file first: it would keep its mode, and processes that have it open.
        await rm(tokenFile, { force: true });
        await writeFile(tokenFile, endpoint.token, { mode: 0o600, flag: "wx" });
        announce(first, { uri: endpoint.uri, tokenFile, ports: signing?.variables ?? {} }, report);
      }
      if (files) announceFiles(first, files, report);
      else warnOfIssued("serve", first.issued, report);
      await signals.first();
    } finally {
      await Promise.all([endpoint.close(), signing?.close()]);
    }
    return 0;
  } catch (error) {
    if (signals.received === undefined) throw error;
    return 0; // a signal ended the wait for people's approval
  } finally {
    await tasks.end();
    signals.release();
  }
}

/** Opens the ports of sessions that stay in the hub, behind the credentials' own port. */
const signingFor = (
  sessions: readonly SignedSession[],
  tasks: ServedTasks,
  env: NodeJS.ProcessEnv,
  port: number,
): Promise<Signing> =>
  openSigning(
    sessions.map((session) => ({ session, signatures: { of: (request) => tasks.sign(session.name, request) } })),
    env,
    port === 0 ? 0 : port + 1,
  );

interface Served extends TaskOptions {
  /** Source of the tokens of the person for whom all the tasks are; undefined for tasks of the agent itself. */
  readonly person: IdentitySource | undefined;
  /** Files of what connectors issue; undefined where it is not handed on. */
  readonly files: IssuedFiles | undefined;
}

/** Sequence of tasks with the same intent, one at a time, for one person or for nobody. */
class ServedTasks {
  readonly #options: Served;
  readonly #report: Reporter;
  readonly #isInterrupted: () => boolean;
  #task: Task | undefined;
  #watch: PersonWatch | undefined;
  /** Person of the first task. Every later task must be for the same person. */
  #person: string | undefined;
  #caches: ReturnType<typeof cachedCredentials> = new Map();
  #signatures: ReadonlyMap<string, Signatures> = new Map();
  #reopening: Promise<NoTask | undefined> | undefined;
  #notBeforeMs = 0;
  /** Timers of the files: the next task is opened, and what has ended is removed. */
  #timers: readonly NodeJS.Timeout[] = [];

  constructor(options: Served, report: Reporter, isInterrupted: () => boolean) {
    this.#options = options;
    this.#report = report;
    this.#isInterrupted = isInterrupted;
  }

  async open(): Promise<Task> {
    const { url, audience, person } = this.#options;
    this.#watch?.close();
    const identity = await identityToken(this.#options.identity, audience);
    const personToken = person && (await identityToken(person, audience));
    const task = await openUsableTask(
      { ...this.#options, renews: true, ...(personToken ? { personToken } : {}) },
      identity,
      {
        report: this.#report,
        isInterrupted: this.#isInterrupted,
      },
    );
    await this.#refuseOther(task);
    this.#task = task;
    if (person && personToken)
      this.#watch = new PersonWatch({ url, audience, source: person, token: personToken, task }, this.#report);
    this.#caches = cachedCredentials(url, task, this.#report);
    this.#signatures = new Map(
      (task.signed ?? []).map((session) => [session.name, new Signatures(url, task, session)]),
    );
    this.#writeFiles(task);
    const until = new Date(task.expiresAtMs).toISOString();
    this.#report.note("task_started", `task ${task.id} started; it ends at ${until}`, { task: task.id });
    return task;
  }

  /** Writes the task's files, and opens the next task before they end: whoever reads a file does not wait for the next one. */
  #writeFiles({ issued, expiresAtMs, aheadMs = 0 }: Task): void {
    const { files } = this.#options;
    if (!files || this.#isInterrupted()) return;
    files.write(issued);
    const ends = issued.map(({ fields }) => Date.parse(String(fields.expires_at)) + aheadMs);
    const endsMs = Math.min(expiresAtMs, ...ends.filter((each) => !Number.isNaN(each))) - Date.now();
    this.#stopTimers();
    this.#timers = [
      setTimeout(() => void this.#replaceFiles(), Math.max(endsMs - LEAD_MS, endsMs / 2)),
      setTimeout(() => files.clear(), endsMs),
    ];
  }

  /** Opens the next task, and tries again while there is none. */
  async #replaceFiles(): Promise<void> {
    this.#reopening ??= this.#reopen();
    if (await this.#reopening) this.#timers = [...this.#timers, setTimeout(() => void this.#replaceFiles(), PAUSE_MS)];
  }

  #stopTimers(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers = [];
  }

  /** Ends a task whose person differs from the first task's, before any of its credentials is served. @throws {ClientError} refused. */
  async #refuseOther(task: Task): Promise<void> {
    this.#person ??= task.person;
    if (task.person === this.#person) return;
    await endTask(this.#options.url, task, { outcome: "failure", detail: "for another person" }, this.#report);
    throw new ClientError(
      "refused",
      "another_person",
      `the person's token is of another person than the first one: start \`valetkey serve\` anew for that person`,
    );
  }

  async current(name: string): Promise<Current> {
    const untilMs = Date.now() + PATIENCE_MS;
    let current = await this.#held(name);
    // A credential may end a moment before its task: the next task is worth that moment.
    const overAtMs = this.#task?.expiresAtMs ?? 0;
    if (!("credential" in current || current.refused) && overAtMs < untilMs) {
      await sleep(Math.max(0, overAtMs - Date.now()), undefined, { ref: false });
      current = await this.#held(name);
    }
    if ("credential" in current || !current.refused || Date.now() < this.#notBeforeMs) return current;
    // A final refusal ends the task. The service decides again about the next one.
    return (await this.#next(untilMs)) ?? this.#held(name);
  }

  /** Gets the signature of a request by a session of the task; of the next task, where this one is over. */
  async sign(name: string, request: SignatureRequest): Promise<Signature> {
    const untilMs = Date.now() + PATIENCE_MS;
    const signature = await this.#signed(name, request);
    if (!("code" in signature) || !OVER.has(signature.code) || Date.now() < this.#notBeforeMs) return signature;
    const failed = await this.#next(untilMs);
    if (!failed) return this.#signed(name, request);
    const { refused, sentence } = failed;
    return { status: refused ? 403 : 503, code: signature.code, sentence };
  }

  async #signed(name: string, request: SignatureRequest): Promise<Signature> {
    const signatures = this.#signatures.get(name);
    return (
      (await signatures?.of(request)) ?? { status: 403, code: "no_session", sentence: "The task has no such session." }
    );
  }

  /** Opens the next task, once for all who ask. Returns the reason where there is none, or none yet. */
  async #next(untilMs: number): Promise<NoTask | undefined> {
    this.#reopening ??= this.#reopen();
    // Answers before an SDK's time-out, since people may have to approve the next task first. The SDK tries again.
    return Promise.race([this.#reopening, sleep(untilMs - Date.now(), OPENING, { ref: false })]);
  }

  /** Opens the next task. Returns the reason where there is none. */
  async #reopen(): Promise<NoTask | undefined> {
    try {
      const { expiresAtMs } = await this.open();
      // A task may be shorter than the pause, and nobody waits past its end. One that is over at once would be opened in a loop.
      const pausesUntilMs = Date.now() + PAUSE_MS;
      this.#notBeforeMs = expiresAtMs > Date.now() ? Math.min(pausesUntilMs, expiresAtMs) : pausesUntilMs;
      return undefined;
    } catch (error) {
      this.#notBeforeMs = Date.now() + PAUSE_MS;
      this.#report.failure(error);
      return {
        refused: !(error instanceof ClientError && error.reason === "unavailable"),
        sentence: `No new task was opened; see the log of \`valetkey serve\`.`,
      };
    } finally {
      this.#reopening = undefined;
    }
  }

  async end(): Promise<void> {
    this.#watch?.close();
    this.#stopTimers();
    this.#options.files?.clear();
    if (this.#task)
      await endTask(this.#options.url, this.#task, { outcome: "success", detail: "no longer served" }, this.#report);
  }

  async #held(name: string): Promise<Current> {
    return (await this.#caches.get(name)?.current()) ?? { refused: true, sentence: "The task has no such credential." };
  }
}

/** Finds the source of a person's tokens from which more than one can come. @throws {ClientError} usage. */
function personOf(from: string | undefined, env: NodeJS.ProcessEnv): IdentitySource | undefined {
  if (from === undefined) return undefined;
  const source = from === "env" || from === "login" ? undefined : findPerson(from, env);
  if (source?.kind === "file" || source?.kind === "url") return source;
  throw new ClientError(
    "usage",
    "usage",
    "serve opens one task after another, and each needs a new token of the person: give --on-behalf-of a file or an address",
  );
}

/** Reports the variables by which programs beside this one get the credentials of each account. */
function announce(
  task: Task,
  {
    uri,
    tokenFile,
    ports,
  }: {
    readonly uri: (name: string) => string;
    readonly tokenFile: string;
    readonly ports: Readonly<Record<string, string>>;
  },
  report: Reporter,
): void {
  for (const { name, account } of [...task.credentials, ...(task.signed ?? [])]) {
    const variables = {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: uri(name),
      AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: tokenFile,
      ...ports,
    };
    const assigned = Object.entries(variables).map(([variable, value]) => `${variable}=${value}`);
    report.warn("serving", `account ${account}: ${assigned.join(" ")}`, { account, ...variables });
  }
}

/** Reports the files of each credential that a connector issued. */
function announceFiles({ issued }: Task, files: IssuedFiles, report: Reporter): void {
  for (const credential of issued) {
    const paths = files.pathsOf(credential);
    report.warn("credential_files", `${credential.name}: ${paths.join(" ")}`, { name: credential.name, files: paths });
  }
}

function portOf(text: string | undefined): number {
  if (text === undefined) return 0;
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535)
    throw new ClientError("usage", "usage", "--port takes a port, 0 to 65535; 0 is any that is free");
  return Number(text);
}
