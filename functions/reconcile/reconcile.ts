import { createHash } from "node:crypto";
import { defined } from "../core/defined.ts";
import { EMPTY_CHAIN, headOf, type JournalEvent } from "../core/journal/event.ts";
import type { Clock, Log } from "../core/ports.ts";
import { reasonOf } from "../core/refusal.ts";
import type { Halts } from "../core/revocation/halt.ts";
import { loadOf, percentOf, type RoleLoads } from "../core/revocation/load.ts";
import type { Panics } from "../core/revocation/panic.ts";
import {
  type PolicyWrite,
  type PolicyWrites,
  policyWritten,
  type RevocationPolicies,
} from "../core/revocation/policy-writes.ts";
import { deniesAnew, renderRevocations } from "../core/revocation/render.ts";
import { endingsSeen, MOST_SEEN } from "../core/revocation/role-entry.ts";
import type { RoleRef, Roles } from "../core/revocation/roles.ts";
import { whileContended, withoutPause } from "../core/while-contended.ts";
import { untilWritable } from "./until-writable.ts";

export interface ReconcilePorts {
  readonly roles: Pick<Roles, "snapshot">;
  readonly halts: Halts;
  readonly panics: Panics;
  readonly revocations: RevocationPolicies;
  readonly policyWrites: Pick<PolicyWrites, "append" | "last">;
  readonly loads: Pick<RoleLoads, "report" | "reportFailure">;
  readonly clock: Clock;
  readonly log: Log;
  pause(ms: number): Promise<void>;
}

/** Result of reconciling a role. */
export interface Reconciled {
  /** Time of the snapshot behind the policy that was written, epoch milliseconds; absent where IAM already had that policy. */
  readonly snapshotAtMs?: number;
  /** True where the policy is in force, and an earlier attempt may still land. Nobody may write the role before its time with this writer is over. */
  readonly mayLandAgain: boolean;
}

/**
 * Makes the role's revocation policy match the record: reads, renders and writes the policy as a whole. May be repeated. The queue ensures that each role
 * has one writer at a time.
 * @param take takes the role for one write, and returns the moment until which the write may land (`takeRole`).
 * @param isRepeated true where an earlier delivery did not finish: a policy may have been written without a record.
 */
export async function reconcile(
  role: RoleRef,
  { take, isRepeated }: { readonly take: () => Promise<number>; readonly isRepeated: boolean },
  ports: ReconcilePorts,
): Promise<Reconciled> {
  // Reads the policy before the record. A task that ends in between has a message of its own, which writes the policy again.
  const [{ ours, foreign }, last] = await Promise.all([ports.revocations.read(role), untilWritable(role, ports)]);
  const snapshotAtMs = ports.clock.nowMs();
  const [snapshot, agents, panic] = await Promise.all([
    ports.roles.snapshot(role, snapshotAtMs / 1_000),
    ports.halts.list(),
    ports.panics.read(),
  ]);
  const { entries } = snapshot;
  const wanted = renderRevocations(snapshot, snapshotAtMs / 1_000, { agents, panic });
  const load = loadOf(entries, snapshotAtMs, { agents, panic });
  const endings = endingsSeen(entries, snapshotAtMs);
  const sha256 = wanted.text === undefined ? undefined : sha256Of(wanted.text);
  // IAM may still return the policy from before the last write. If that equals the wanted text, a comparison with IAM alone would skip the write. A policy
  // that the journal does not have is written again too, so that the journal gets it.
  const isNew = wanted.text !== ours || isRepeated || last?.facts.policy_sha256 !== sha256;
  const written = isNew ? await ports.revocations.write(role, wanted.text, await take()) : "done";
  // An unchanged policy is recorded in two cases. One: it denies an ending without naming its path, by its agent's halt or with the task above it. Two: the
  // last record had no room for all endings.
  if (isNew || endings.some((path) => !wanted.text?.includes(path)) || isFull(last)) {
    const writtenAtMs = ports.clock.nowMs();
    const [seen, isDenied] = [new Set(endings), deniesAnew(wanted.text)];
    const byTimeAlone = entries.filter((entry) => seen.has(entry.path) && !isDenied(entry)).map(({ path }) => path);
    const write = {
      snapshotAtMs,
      writtenAtMs,
      form: wanted.form,
      endings,
      ...defined({ sha256, startedBefore: wanted.startedBefore }),
      ...(isNew ? {} : ({ isFound: true } as const)),
      ...(byTimeAlone.length === 0 ? {} : { byTimeAlone }),
    };
    await orLoud("write_not_recorded", role, () => recordWrite(role, write, last, ports), ports);
  }
  await orLoud("load_not_reported", role, () => ports.loads.report(role, load), ports);
  ports.log.write({
    // An error needs a person: a foreign inline policy in a task role, or too many endings for one policy.
    level: foreign.length > 0 || wanted.form === "everything" ? "error" : "info",
    event: "reconciled",
    account: role.account,
    role: role.role,
    revoked: wanted.revoked,
    form: wanted.form,
    foreign: foreign.length,
    written: isNew,
    load_percent: percentOf(load),
    ...(written === "done" ? {} : { lost: true }),
  });
  return { ...(isNew ? { snapshotAtMs } : {}), mayLandAgain: written !== "done" };
}

/** True for the event of a write with as many endings as one event may list. The write may have had more. */
const isFull = (event: JournalEvent | undefined): boolean =>
  Array.isArray(event?.facts.endings) && event.facts.endings.length >= MOST_SEEN;

const sha256Of = (text: string): string => createHash("sha256").update(text).digest("base64url");

/** Adds the write's event to the role's journal. @param last event that the journal ended with before the write. */
const recordWrite = (
  role: RoleRef,
  write: PolicyWrite,
  last: JournalEvent | undefined,
  { policyWrites }: Pick<ReconcilePorts, "policyWrites">,
): Promise<void> =>
  whileContended(async ({ number }) => {
    // A writer that had the role before may have recorded its write meanwhile.
    const before = number === 1 ? last : await policyWrites.last(role);
    await policyWrites.append(role, policyWritten(before ? headOf(before) : EMPTY_CHAIN, role, write));
  }, withoutPause(ATTEMPTS));

/** Attempts at recording a write, while another writer takes its place in the journal. */
const ATTEMPTS = 3;

/** Logs a failure of work that the policy does not depend on, and continues. The next render repeats the work. */
export async function orLoud(
  event: string,
  role: RoleRef,
  work: () => Promise<void>,
  { log }: Pick<ReconcilePorts, "log">,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    log.write({ level: "error", event, ...role, why: reasonOf(error) });
  }
}
