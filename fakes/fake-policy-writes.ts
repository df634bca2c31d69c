import type { PolicyWrite, PolicyWrites } from "../functions/core/revocation/policy-writes.ts";
import type { RoleRef } from "../functions/core/revocation/role-ref.ts";

/** Fake record of policy writes, in memory. */
export class FakePolicyWrites implements PolicyWrites {
  readonly writes: { readonly role: RoleRef; readonly write: PolicyWrite }[] = [];
  before: () => void = () => undefined;

  async append(role: RoleRef, write: PolicyWrite): Promise<void> {
    this.before();
    this.writes.push({ role, write });
  }

  async after({ account, role }: RoleRef, atMs: number, most: number): Promise<readonly PolicyWrite[]> {
    const later = this.writes.filter(
      (each) => each.role.account === account && each.role.role === role && each.write.snapshotAtMs > atMs,
    );
    const inOrder = later.map(({ write }) => write).sort((a, b) => a.snapshotAtMs - b.snapshotAtMs);
    return inOrder.slice(0, most);
  }
}
