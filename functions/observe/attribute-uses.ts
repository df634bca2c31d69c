import type { ApiUse } from "../core/ledger/api-use.ts";
import type { CopiedKey, Ledger } from "../core/ledger/ledger.ts";
import type { Task } from "../core/tasks/task.ts";
import { hasForgottenKeys, keyIdsOf } from "../core/tasks/task.ts";
import { PROBE_ACTION, PROBE_IDENTITY } from "../names.ts";

/** Uses by sessions of one name, split by who made them. */
export interface AttributedUses<Use> {
  /** Uses by keys that are recorded for the task, in the account and role of the use. */
  readonly own: readonly Use[];
  /** Uses by keys that nobody recorded. */
  readonly foreign: readonly Use[];
  /** Uses that cannot be attributed: by a service for the session, without a key, or by a possibly forgotten key. */
  readonly unattributed: readonly Use[];
}

/**
 * Attributes uses to the task that the name of their sessions names. The exchange records every key before it hands the key out. An unrecorded
 * key was made by somebody else, or by a session that copied itself: the event about the copy may still come.
 * @param uses uses of one session name. @param task task of that name, if there is one, read strongly after the uses were received.
 */
export async function attributeUses<Use extends ApiUse>(
  uses: readonly Use[],
  task: Task | undefined,
  ledger: Pick<Ledger, "learnCopy" | "copies">,
): Promise<AttributedUses<Use>> {
  const calls = uses.filter((use) => !isProbes(use));
  const isIssued = (use: ApiUse): boolean =>
    leasesOf(use, task).some((lease) => keyIdsOf(lease).includes(use.accessKeyId));
  const own = new Set(calls.filter(isIssued));
  if (task && own.size < calls.length) {
    const copies = [...(await ledger.copies(task.path))];
    for (let known = -1; known < own.size; ) {
      known = own.size;
      copies.push(...(await learnCopies(task, [...own], copies, ledger)));
      for (const use of calls) if (copies.some((copy) => isBy(use, copy))) own.add(use);
    }
  } else if (task) {
    await learnCopies(task, [...own], [], ledger);
  }
  const others = calls.filter((use) => !own.has(use));
  const unattributed = others.filter(
    (use) =>
      use.isByService ||
      use.accessKeyId === "" ||
      // Forgotten copies do not count here: an agent could make many, and hide its calls behind them.
      leasesOf(use, task).some(hasForgottenKeys),
  );
  return { own: [...own], unattributed, foreign: others.filter((use) => !unattributed.includes(use)) };
}

/** True for a probe's call. A probe has the task's name and role, and makes one kind of call. */
const isProbes = ({ sourceIdentity, action }: ApiUse): boolean =>
  sourceIdentity === PROBE_IDENTITY && action === PROBE_ACTION;

const leasesOf = ({ account, role }: ApiUse, task: Task | undefined): Task["leases"] =>
  task?.leases.filter((lease) => lease.account === account && lease.role === role) ?? [];

const isBy = ({ account, role, accessKeyId }: ApiUse, copy: CopiedKey): boolean =>
  copy.keyId === accessKeyId && copy.account === account && copy.role === role;

/** Records the keys of copies that the task's own sessions made. @returns those that were not known. */
async function learnCopies(
  { path }: Task,
  own: readonly ApiUse[],
  known: readonly CopiedKey[],
  ledger: Pick<Ledger, "learnCopy">,
): Promise<readonly CopiedKey[]> {
  const made = own.flatMap(({ account, role, copyKeyId: keyId }) =>
    keyId === undefined ? [] : [{ account, role, keyId }],
  );
  const fresh = made.filter(({ keyId }) => !known.some((copy) => copy.keyId === keyId));
  for (const copy of fresh) await ledger.learnCopy(path, copy);
  return fresh;
}
