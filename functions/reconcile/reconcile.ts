import { createHash } from "node:crypto";
import type { Clock, Log } from "../core/ports.ts";
import { reasonOf } from "../core/refusal.ts";
import { deniesAnew } from "../core/revocation/denies-anew.ts";
import { endingsSeen } from "../core/revocation/endings-seen.ts";
import type { Halts } from "../core/revocation/halts.ts";
import { loadOf } from "../core/revocation/load.ts";
import type { Panics } from "../core/revocation/panics.ts";
import type { PolicyWrites } from "../core/revocation/policy-writes.ts";
import { renderRevocations } from "../core/revocation/render.ts";
import type { RevocationPolicies } from "../core/revocation/revocation-policies.ts";
import type { RoleLoads } from "../core/revocation/role-loads.ts";
import type { RoleRef } from "../core/revocation/role-ref.ts";
import type { Roles } from "../core/revocation/roles.ts";
import { untilWritable } from "./until-writable.ts";

export interface ReconcilePorts {
  readonly roles: Roles;
  readonly halts: Halts;
  readonly panics: Panics;
  readonly revocations: RevocationPolicies;
  readonly policyWrites: Pick<PolicyWrites, "append" | "after">;
  readonly loads: Pick<RoleLoads, "report">;
  readonly clock: Clock;
  readonly log: Log;
  pause(ms: number): Promise<void>;
}

/** A role that was reconciled. */
export interface Reconciled {
  /** When the record was read that IAM has a new policy of; nothing where it had the same already. Epoch milliseconds. */
  readonly snapshotAtMs?: number;
  /** The policy stands, and can land once more: the role must not be written again before it is given to the next writer. */
  readonly mayLandAgain: boolean;
}

/**
 * The role's revocation policy says exactly what the record says: read as a whole, rendered as a whole, written as a whole.
 * It may be done any number of times; the queue sees to it that it is done once at a time for each role.
 * @param take takes the role for one write, and says until when that may land (`takeRole`). @param isRepeated the role was asked for before, by whoever
 * did not come to an end: of what was written then, nothing need be recorded.
 */
export async function reconcile(
  role: RoleRef,
  { take, isRepeated }: { readonly take: () => Promise<number>; readonly isRepeated: boolean },
  ports: ReconcilePorts,
): Promise<Reconciled> {
  // The policy before the record: what ends in between is written by the message of its own ending.
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
  const digest = digestOf(wanted.text);
  // IAM may still show what stood before the last write: to whoever wants just that, it would seem to be there.
  const isNew = wanted.text !== ours || isRepeated || (last?.digest ?? digest) !== digest;
  const written = isNew ? await ports.revocations.write(role, wanted.text, await take()) : "done";
  // Without a name of its own an ending may be denied by what IAM has already: by its agent's halt, or with the task above it.
  if (isNew || endings.some((path) => !wanted.text?.includes(path))) {
    const writtenAtMs = ports.clock.nowMs();
    const [seen, isDenied] = [new Set(endings), deniesAnew(wanted.text)];
    const byTimeAlone = entries.filter((entry) => seen.has(entry.path) && !isDenied(entry)).map(({ path }) => path);
    const write = {
      snapshotAtMs,
      writtenAtMs,
      form: wanted.form,
      characters: wanted.text?.length ?? 0,
      digest,
      endings,
      ...(byTimeAlone.length === 0 ? {} : { byTimeAlone }),
    };
    await orLoud("write_not_recorded", role, () => ports.policyWrites.append(role, write), ports);
  }
  await orLoud("load_not_reported", role, () => ports.loads.report(role, load), ports);
  ports.log.write({
    // A foreign inline policy in a task role, or more endings than a policy can name, is for a person to look at.
    level: foreign.length > 0 || wanted.form === "everything" ? "error" : "info",
    event: "reconciled",
    account: role.account,
    role: role.role,
    revoked: wanted.revoked,
    form: wanted.form,
    foreign: foreign.length,
    written: isNew,
    ...(written === "done" ? {} : { lost: true }),
  });
  return { ...(isNew ? { snapshotAtMs } : {}), mayLandAgain: written !== "done" };
}

/** Tells texts of a policy apart. */
const digestOf = (text = ""): string => createHash("sha256").update(text).digest("base64url").slice(0, 16);

/** What the policy does not depend on: it stands, and the next render makes up for it. */
async function orLoud(
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
