import { EMPTY_CHAIN, headOf, type JournalEvent } from "../../../functions/core/journal/event.ts";
import { Refusal } from "../../../functions/core/refusal.ts";
import {
  type PolicyWrite,
  type PolicyWrites,
  policyWritten,
  writeOf,
} from "../../../functions/core/revocation/policy-writes.ts";
import type { RoleRef } from "../../../functions/core/revocation/roles.ts";
import { checkEvent } from "../checked-events.ts";

/** Fake record of policy writes, in memory. */
export class FakePolicyWrites implements PolicyWrites {
  readonly events: { readonly role: RoleRef; readonly event: JournalEvent }[] = [];
  before: () => void = () => undefined;

  get writes(): readonly { readonly role: RoleRef; readonly write: PolicyWrite }[] {
    return this.events.map(({ role, event }) => ({ role, write: writeOf(event) }));
  }

  async append(role: RoleRef, event: JournalEvent): Promise<void> {
    this.before();
    if (this.#eventsOf(role).some(({ n }) => n === event.n)) throw new Refusal("contended");
    checkEvent(event);
    this.events.push({ role, event });
  }

  /** Records a write, with the next event of the role's journal. */
  note(role: RoleRef, write: PolicyWrite): void {
    const last = this.#eventsOf(role).at(-1);
    this.events.push({ role, event: policyWritten(last ? headOf(last) : EMPTY_CHAIN, role, write) });
  }

  async last(role: RoleRef): Promise<JournalEvent | undefined> {
    return this.#eventsOf(role).at(-1);
  }

  #eventsOf({ account, role }: RoleRef): readonly JournalEvent[] {
    const own = this.events.filter((each) => each.role.account === account && each.role.role === role);
    return own.map(({ event }) => event).sort((a, b) => a.n - b.n);
  }

  async after(role: RoleRef, atMs: number, most: number): Promise<readonly PolicyWrite[]> {
    const later = this.#eventsOf(role)
      .map(writeOf)
      .filter(({ snapshotAtMs }) => snapshotAtMs > atMs);
    return later.sort((a, b) => a.snapshotAtMs - b.snapshotAtMs).slice(0, most);
  }
}
