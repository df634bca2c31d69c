import type { Metadata } from "../../contract/metadata.ts";
import { ClientError } from "../exit-codes.ts";
import { Reporter } from "../reporter.ts";
import { awaitApproval, type Waiting } from "./await-approval.ts";
import { endTask } from "./end-task.ts";
import { openTask } from "./exchange.ts";
import type { Task } from "./held-task.ts";
import { requireUsable } from "./require-usable.ts";
import { callService } from "./service.ts";
import type { TaskOptions } from "./task-options.ts";

/**
 * Opens a task with its credentials; waits for people's approval where policy demands one and the options say so. Ends a task that is not usable.
 * @param identity the agent's token.
 * @throws {ClientError} refused, intent, later, unavailable; later where the request waits for people and the caller does not.
 */
export async function openUsableTask(
  options: Omit<TaskOptions, "identity">,
  identity: string,
  waiting: Waiting,
): Promise<Task> {
  try {
    return await open(options, identity, waiting);
  } catch (error) {
    throw await withVersions(error, options.url);
  }
}

async function open(options: Omit<TaskOptions, "identity">, identity: string, waiting: Waiting): Promise<Task> {
  const { report, isInterrupted } = waiting;
  const opened = await report.patiently("waiting for valetkey", openTask(options, identity, isInterrupted));
  // Leaves the request open. The same command later finds the request again, and its answer has the credentials once people have approved.
  if (opened.approval && !options.waits) throw notNow(opened.approval.url);
  try {
    const task = opened.approval ? await awaitApproval(opened, opened.approval, options, waiting) : opened;
    requireUsable(task, options, report);
    return task;
  } catch (error) {
    await report.patiently(
      "ending the task",
      endTask(options.url, opened, NOT_BEGUN, isDecided(error) ? SILENT : report),
    );
    throw error;
  }
}

/** True where the hub has ended the task, which had no credentials, with its decision. The error itself reports that decision. */
const isDecided = (error: unknown): boolean => error instanceof ClientError && DECIDED.includes(error.event);

const DECIDED = ["approval_denied", "approval_expired", "approval_void"];

const SILENT = new Reporter({ json: false, quiet: true, write: () => undefined });

const NOT_BEGUN = { outcome: "failure", detail: "it was not begun" } as const;

const notNow = (url: string): ClientError =>
  new ClientError(
    "later",
    "approval_pending",
    `people must approve this first: ${url}; run the same command again after that`,
  );

/** Events that incompatible versions of client and hub can cause: one side does not understand a request or an answer of the other. */
const MAY_BE_OF_VERSIONS = [
  ...["answer_unreadable", "credentials_missing", "malformed_request", "not_found", "method_not_allowed"],
  ...["unsupported_grant_type", "unsupported_token_type", "unsupported_media_type", "intent_invalid"],
];

const TIMEOUT_MS = 3_000;

/**
 * Adds the versions of client and hub, and what to install, to an error that incompatible versions may have caused. Requests the hub's version only for
 * such an error, so that a task costs no further request. Returns any other error unchanged.
 */
export async function withVersions(error: unknown, url: string): Promise<unknown> {
  if (!(error instanceof ClientError) || !MAY_BE_OF_VERSIONS.includes(error.event)) return error;
  const address = `${url}/.well-known/oauth-authorization-server`;
  const [answer, { goTogether, ownVersion }] = await Promise.all([
    callService<Metadata>({ url: address, method: "GET", timeoutMs: TIMEOUT_MS }),
    import("../own-version.ts"),
  ]);
  const hub = answer?.body.valetkey_version;
  const own = ownVersion();
  if (typeof hub !== "string" || !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(hub) || goTogether(own, hub)) return error;
  const { reason, event, denials, instead, list, lines, personsReason } = error;
  const next = `install valetkey ${hub} here, or have the hub upgraded (docs/upgrading.md)`;
  const sentence = `${error.message} (versions that do not go together: the hub's is ${hub}, this is ${own}; ${next})`;
  return new ClientError(reason, event, sentence, { denials, instead, list, lines, personsReason });
}
