import { CredentialFile } from "../credentials/credential-file.ts";
import { renewCredential } from "../credentials/renew.ts";
import { warnOfIssued } from "../credentials/warn-of-issued.ts";
import { ClientError } from "../exit-codes.ts";
import { identityToken } from "../identity/identity-token.ts";
import type { Reporter } from "../reporter.ts";
import type { Credential, NamedCredential, Task } from "../task/held-task.ts";
import { openUsableTask } from "../task/open-usable-task.ts";
import type { StoredTask } from "../task/stored-task.ts";
import { parseTask, type TaskOptions } from "../task/task-options.ts";

/** Least remaining life of a usable credential, since the call that uses it takes time too. */
const LEAST_MS = 30_000;
/** Age below which a credential is printed again without a renewal. Once less than 15 minutes are left, boto3 requests one at every call. */
const YOUNG_MS = 60_000;

/**
 * Runs `credential_process` of `~/.aws/config`: prints one credential. SDKs start this command for each of their processes, and boto3 before every
 * call. The task is therefore stored in a file, and each credential is requested from the service only once.
 */
export async function credentialProcess(
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
  report: Reporter,
): Promise<number> {
  const { task: options, extra } = parseTask("credential-process", argv, env, ["credential"]);
  const file = new CredentialFile(options, extra.credential, env);
  const stored = file.read();
  const fresh =
    stored && isFresh(stored) ? stored : await file.alone(() => fetchTask(file, options, extra.credential, report));
  process.stdout.write(`${printed(fresh.held)}\n`);
  return 0;
}

/** Fetches a task: one that another process stored during the wait for the lock, else the renewed stored task, else a new one. */
async function fetchTask(
  file: CredentialFile,
  options: TaskOptions,
  name: string | undefined,
  report: Reporter,
): Promise<StoredTask> {
  const stored = file.read();
  if (stored && isFresh(stored)) return stored;
  const renewed = stored && (await renewedTask(stored, options.url));
  const next = renewed ?? (await newTask(options, name, report));
  if (next !== stored) store(file, next, report);
  return next;
}

/** Stores a task. A failure, such as a full disk, only warns: the credential of an open task is printed all the same. */
function store(file: CredentialFile, next: StoredTask, report: Reporter): void {
  try {
    file.write(next);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown";
    report.warn("not_kept", `the credential could not be stored (${code}): the next run opens another task`, { code });
  }
}

/**
 * Renews the credential of a stored task. Returns the task unchanged where the service cannot answer and the credential still works; undefined where
 * the task is over.
 */
async function renewedTask(stored: StoredTask, url: string): Promise<StoredTask | undefined> {
  const now = Date.now();
  const isUsable = endOf(stored.held.credential) - now > LEAST_MS;
  // The last credential lives as long as the task, so a renewal gains nothing.
  if (endOf(stored.held.credential) >= stored.task.expiresAtMs - 2_000) return isUsable ? stored : undefined;
  const renewal = await renewCredential(url, { ...stored.task, credentials: [], issued: [] }, stored.held.name);
  if (renewal.kind === "renewed")
    return { ...stored, held: { ...stored.held, credential: renewal.credential }, issuedAtMs: now };
  return renewal.kind !== "refused" && isUsable ? stored : undefined;
}

async function newTask(options: TaskOptions, name: string | undefined, report: Reporter): Promise<StoredTask> {
  const identity = await report.patiently(
    "getting the identity token",
    identityToken(options.identity, options.audience),
  );
  // Does not wait for people, since an SDK waits for a second or two only. The program's next call gets the same request for approval.
  const {
    credentials,
    issued,
    aheadMs: _,
    ...task
  } = await openUsableTask({ ...options, waits: false }, identity, {
    report,
    isInterrupted: () => false,
  });
  const held = chosen({ ...task, credentials, issued }, name);
  warnOfIssued("credential-process", issued, report);
  report.note("task_started", `task ${task.id} started; it ends at ${new Date(task.expiresAtMs).toISOString()}`, {
    task: task.id,
  });
  return { task, held, issuedAtMs: Date.now() };
}

function chosen(task: Task, name: string | undefined) {
  const held = task.credentials.find((each) => name === undefined || each.name === name);
  if (held) return held;
  const names = task.credentials.map((each) => `${each.name} (${each.account})`).join(", ") || "none";
  throw new ClientError("usage", "no_credential", `the task has no credential ${name ?? "for AWS"}; it has: ${names}`);
}

/** True for a young credential, or one in the first half of its life. */
function isFresh({ held, issuedAtMs }: StoredTask): boolean {
  const [now, end] = [Date.now(), endOf(held.credential)];
  if (end - now <= LEAST_MS || issuedAtMs > now) return false;
  return now - issuedAtMs < YOUNG_MS || now < (issuedAtMs + end) / 2;
}

const endOf = (credential: Credential): number => Date.parse(credential.Expiration);

/** Formats a credential for SDKs, which demand that Version is the number 1. */
const printed = ({ account, credential }: NamedCredential): string =>
  JSON.stringify({
    Version: 1,
    AccessKeyId: credential.AccessKeyId,
    SecretAccessKey: credential.SecretAccessKey,
    SessionToken: credential.Token,
    Expiration: credential.Expiration,
    AccountId: account,
  });
