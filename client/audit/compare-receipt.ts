import { readFile } from "node:fs/promises";
import type { ArchivedEvent } from "../../functions/core/archive/entry.ts";
import { roleName } from "../../functions/core/revocation/policy-writes.ts";
import { jsonFields } from "../../functions/core/text/json-fields.ts";
import { nameOf } from "./event-name.ts";
import { incomplete, type LogFault, tampered } from "./log-fault.ts";
import { plainOf, textOf } from "./text-of.ts";
import type { CheckedKill } from "./verify-kills.ts";

/** Receipt that the service gave: the fields about AWS sessions. */
export interface GivenReceipt {
  readonly task: string;
  readonly ended_at?: unknown;
  readonly leases: readonly Readonly<Record<string, unknown>>[];
}

/**
 * Reads the receipts of a file: what `valetkey receipt --json` prints, or one answer of the API.
 * @returns undefined where the file holds anything else.
 */
export async function readReceipts(file: string): Promise<readonly GivenReceipt[] | undefined> {
  const { receipts, ...one } = jsonFields(await readFile(file, "utf8"));
  const found: readonly unknown[] = Array.isArray(receipts) ? receipts : [one];
  return found.length > 0 && found.every(isReceipt) ? found : undefined;
}

const isReceipt = (value: unknown): value is GivenReceipt =>
  typeof Object(value).task === "string" && Array.isArray(Object(value).leases);

/**
 * Compares a receipt with the log: each moment in the receipt must be that of the event. Later facts, which the log has
 * and the receipt does not have yet, are no fault.
 * @param events verified events of the log.
 */
export function receiptFaults(
  { task, ended_at: endedAt, leases }: GivenReceipt,
  kills: readonly CheckedKill[],
  events: readonly ArchivedEvent[],
): readonly LogFault[] {
  const what = `receipt of ${task}`;
  const ended = events.find(({ of, type }) => of === task && type === "task.ended");
  if (!ended) return endedAt === undefined ? [] : [incomplete(what, "the log has no ending of the task")];
  if (endedAt !== instant(ended.at))
    return [tampered(what, `says that the task ended at ${textOf(endedAt)}, and the log at ${instant(ended.at)}`)];
  return leases.flatMap((lease) => {
    if (lease.type !== "aws" || lease.status !== "written") return [];
    const role = roleName({ account: plainOf(lease.account), role: plainOf(lease.role) });
    const kill = kills.find((each) => each.event === nameOf(ended) && each.role === role);
    const policy = events.find((event) => kill?.policy !== undefined && nameOf(event) === kill.policy);
    if (!policy) return [incomplete(what, `says that ${role} denied its keys, and the log has no such policy`)];
    return instant(policy.at) === lease.policy_written_at
      ? []
      : [
          tampered(
            what,
            `says that ${role} denied its keys from ${textOf(lease.policy_written_at)}, and the log from ${instant(policy.at)}`,
          ),
        ];
  });
}

const instant = (atMs: number): string => new Date(atMs).toISOString();
