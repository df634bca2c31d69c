import type {
  Clock,
  Halts,
  Log,
  Panics,
  PolicyWrite,
  PolicyWrites,
  RevocationPolicies,
  RoleRef,
  Roles,
} from "../core/ports.ts";
import { reasonOf } from "../core/refusal.ts";
import { type RevocationPolicy, renderRevocations } from "../core/revocation/render.ts";

export interface ReconcilePorts {
  readonly roles: Roles;
  readonly halts: Halts;
  readonly panics: Panics;
  readonly revocations: RevocationPolicies;
  readonly policyWrites: PolicyWrites;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * The role's revocation policy says exactly what the record says: read as a whole, rendered as a whole, written as a whole.
 * It may be done any number of times; the queue sees to it that it is done once at a time for each role.
 */
export async function reconcile(role: RoleRef, ports: ReconcilePorts): Promise<void> {
  // The policy before the record: what ends in between is written by the message of its own ending.
  const { ours, foreign } = await ports.revocations.read(role);
  const snapshotAtMs = ports.clock.nowMs();
  const [entries, agents, panic] = await Promise.all([
    ports.roles.entries(role, snapshotAtMs / 1_000),
    ports.halts.list(),
    ports.panics.read(),
  ]);
  const wanted = renderRevocations(entries, snapshotAtMs / 1_000, { agents, panic });
  if (wanted.text !== ours) {
    await ports.revocations.write(role, wanted.text);
    await recordWrite(role, { snapshotAtMs, writtenAtMs: ports.clock.nowMs(), ...formOf(wanted) }, ports);
  }
  ports.log.write({
    // A foreign inline policy in a task role, or more endings than a policy can name, is for a person to look at.
    level: foreign.length > 0 || wanted.form === "everything" ? "error" : "info",
    event: "reconciled",
    account: role.account,
    role: role.role,
    revoked: wanted.revoked,
    form: wanted.form,
    foreign: foreign.length,
    written: wanted.text !== ours,
  });
}

const formOf = ({ form, text }: RevocationPolicy) => ({ form, characters: text?.length ?? 0 });

/** The policy stands whether or not this can be shown later; a later write shows more, and never less. */
async function recordWrite(role: RoleRef, write: PolicyWrite, { policyWrites, log }: ReconcilePorts): Promise<void> {
  try {
    await policyWrites.append(role, write);
  } catch (error) {
    log.write({ level: "error", event: "write_not_recorded", ...role, why: reasonOf(error) });
  }
}
