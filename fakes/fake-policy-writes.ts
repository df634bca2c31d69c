import { EMPTY_CHAIN, headOf, type JournalEvent } from "../functions/core/journal/event.ts";
import { Refusal } from "../functions/core/refusal.ts";
import type { PolicyWrite, PolicyWrites } from "../functions/core/revocation/policy-writes.ts";
import { policyWritten } from "../functions/core/revocation/policy-written.ts";
import type { RoleRef } from "../functions/core/revocation/role-ref.ts";

/** Fake record of policy writes, in memory. */
export class FakePolicyWrites implements PolicyWrites {
  readonly events: { readonly role: RoleRef; readonly event: JournalEvent }[] = [];
  readonly writes: { readonly role: RoleRef; readonly write: PolicyWrite }[] = [];
  before: () => void = () => undefined;

  async append(role: RoleRef, write: PolicyWrite, event: JournalEvent): Promise<void> {
    this.before();
    if (this.#eventsOf(role).some(({ n }) => n === event.n)) throw new Refusal("contended");
    this.writes.push({ role, write });
    this.events.push({ role, event });
  }

  /** Records a write with the event that comes next in the role's journal. */
  async note(role: RoleRef, write: PolicyWrite): Promise<void> {
    const last = await this.last(role);
    await this.append(role, write, policyWritten(last ? headOf(last) : EMPTY_CHAIN, role, write));
  }

  async last(role: RoleRef): Promise<JournalEvent | undefined> {
    return this.#eventsOf(role).at(-1);
  }

  #eventsOf({ account, role }: RoleRef): readonly JournalEvent[] {
    const own = this.events.filter((each) => each.role.account === account && each.role.role === role);
    return own.map(({ event }) => event).sort((a, b) => a.n - b.n);
  }

  async after({ account, role }: RoleRef, atMs: number, most: number): Promise<readonly PolicyWrite[]> {
    const later = this.writes.filter(
      (each) => each.role.account === account && each.role.role === role && each.write.snapshotAtMs > atMs,
    );
    const inOrder = later.map(({ write }) => write).sort((a, b) => a.snapshotAtMs - b.snapshotAtMs);
    return inOrder.slice(0, most);
  }
}
