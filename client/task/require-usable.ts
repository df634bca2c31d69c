import { CONNECTOR_TYPES } from "../credentials/connector-variables.ts";
import { ClientError } from "../exit-codes.ts";
import type { Reporter } from "../reporter.ts";
import { deniedInWords, grantedInWords } from "./denial-lines.ts";
import type { Task } from "./held-task.ts";
import type { TaskOptions } from "./task-options.ts";

/** Types of details for which credentials are issued. Other types, such as `tool`, have none. */
const ISSUED = ["aws", ...CONNECTOR_TYPES];

/**
 * Asserts that the task has its credentials now: one for each requested account and type. A task that waits for an approval is refused, since a
 * program without its credential would look for another one.
 * @throws {ClientError} later, unavailable
 */
export function requireUsable(
  task: Task,
  { details, mode, canSign = false }: Pick<TaskOptions, "details" | "mode" | "canSign">,
  report: Reporter,
): void {
  if (task.status !== "active")
    throw new ClientError("later", "not_active", `task ${task.id} is ${task.status}, and nothing here waits for it`);
  if (task.signed && !canSign)
    throw new ClientError(
      "refused",
      "signed_only",
      "policy hands out no key for this: the hub signs the requests. `valetkey exec --sign -- command` runs a command by that; `valetkey serve` and `valetkey mcp` serve programs",
    );
  const bearing = details.filter(({ type }) => ISSUED.includes(String(type)));
  const missing = bearing.filter((detail) => !hasCredential(detail, task));
  // In mode `narrow`, policy may omit any part of the intent, but not all of it.
  const isLess = mode === "narrow" && (missing.length < bearing.length || bearing.length < details.length);
  const [first] = missing;
  if (first !== undefined && !isLess)
    throw new ClientError(
      "unavailable",
      "credentials_missing",
      `valetkey's answer has no credential for ${nameOf(first)}, which was requested; nothing was run`,
    );
  if (task.aheadMs !== undefined) warnOfClock(task.aheadMs, report);
  warnOfDivided(task, report);
  reportLess(task, report);
}

/** Reports the parts of the request that the task does not have, since the part that policy permits sufficed. */
function reportLess({ id, granted = [], denials = [] }: Task, report: Reporter): void {
  if (denials.length === 0) return;
  const has = granted.length === 0 ? "" : ` (it has ${grantedInWords(granted)})`;
  const sentence = `task ${id} has less than requested${has}; left out: ${deniedInWords(denials)}`;
  report.note("granted_less", sentence, { task: id, granted, denials });
}

/** Warns of accounts whose details did not fit into one session: a program uses one set of credentials. */
function warnOfDivided({ credentials }: Task, report: Reporter): void {
  for (const account of new Set(credentials.map((held) => held.account))) {
    const [first, ...others] = credentials.filter((held) => held.account === account).map(({ name }) => name);
    if (others.length > 0)
      report.warn(
        "several_sessions",
        `the permissions in account ${account} do not fit into one session: ${[first, ...others].join(", ")} have a part each; a program uses one set of credentials only`,
        { account, credentials: [first, ...others] },
      );
  }
}

type Detail = TaskOptions["details"][number];

const hasCredential = ({ type, account }: Detail, task: Task): boolean =>
  type === "aws"
    ? [...task.credentials, ...(task.signed ?? [])].some((held) => account === undefined || held.account === account)
    : task.issued.some((issued) => issued.type === type);

const nameOf = ({ type, account }: Detail): string => (type === "aws" ? `account ${account}` : `${type}`);

function warnOfClock(aheadMs: number, report: Reporter): void {
  const seconds = Math.round(Math.abs(aheadMs) / 1_000);
  report.warn(
    "clock_differs",
    `this machine's clock is ${seconds} s ${aheadMs > 0 ? "ahead of" : "behind"} valetkey's; times here are by this machine's. Set it (NTP): AWS refuses requests whose time is more than five minutes off`,
    { ahead_seconds: Math.sign(aheadMs) * seconds },
  );
}
