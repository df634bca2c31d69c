import type { PolicyWrite, PolicyWrites, RoleRef } from "../../functions/core/ports.ts";

/** What was written when, in memory. */
export class FakePolicyWrites implements PolicyWrites {
  readonly writes: { readonly role: RoleRef; readonly write: PolicyWrite }[] = [];
  before: () => void = () => undefined;

  async append(role: RoleRef, write: PolicyWrite): Promise<void> {
    this.before();
    this.writes.push({ role, write });
  }

  async firstAfter({ account, role }: RoleRef, atMs: number): Promise<PolicyWrite | undefined> {
    const later = this.writes.filter(
      (each) => each.role.account === account && each.role.role === role && each.write.snapshotAtMs > atMs,
    );
    return later.sort((a, b) => a.write.snapshotAtMs - b.write.snapshotAtMs)[0]?.write;
  }
}
