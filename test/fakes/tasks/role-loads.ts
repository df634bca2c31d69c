import { noLoad, type RoleLoad, type RoleLoads, withOpened } from "../../../functions/core/revocation/load.ts";
import type { RoleRef } from "../../../functions/core/revocation/roles.ts";
import type { RoleWrites } from "../../../functions/core/revocation/unwritable.ts";

/** Fake loads of the roles' policies, in memory. */
export class FakeRoleLoads implements RoleLoads {
  readonly loads = new Map<string, RoleLoad>();
  /** Last success of a role without a report: none, unless a world says that IAM can be written everywhere. */
  readonly #unreportedMs: number;
  readonly #reported = new Map<string, RoleWrites>();
  alive = 0;

  constructor({ isWritable = false } = {}) {
    this.#unreportedMs = isWritable ? Number.POSITIVE_INFINITY : 0;
  }

  before: (method: string) => void | Promise<void> = () => undefined;

  async read(role: RoleRef): Promise<RoleLoad> {
    await this.before("read");
    return this.loads.get(nameOf(role)) ?? noLoad(0);
  }

  recordOpened(role: RoleRef, agent: string, characters: number): void {
    this.loads.set(nameOf(role), withOpened(this.loads.get(nameOf(role)) ?? noLoad(0), [{ agent, characters }]));
  }

  async report(role: RoleRef, load: RoleLoad): Promise<void> {
    await this.before("report");
    this.loads.set(nameOf(role), load);
    if (load.snapshotAtMs > (this.#reported.get(nameOf(role))?.succeededAtMs ?? -1))
      this.#reported.set(nameOf(role), { succeededAtMs: load.snapshotAtMs });
  }

  putWrites(role: RoleRef, writes: RoleWrites): void {
    this.#reported.set(nameOf(role), writes);
  }

  async reportFailure(role: RoleRef, atMs: number): Promise<void> {
    await this.before("reportFailure");
    const { succeededAtMs = 0, failingSinceMs = atMs } = this.#reported.get(nameOf(role)) ?? {};
    if (atMs <= succeededAtMs) return;
    this.#reported.set(nameOf(role), { succeededAtMs, failingSinceMs });
  }

  async writes(role: RoleRef): Promise<RoleWrites> {
    await this.before("writes");
    return this.#reported.get(nameOf(role)) ?? { succeededAtMs: this.#unreportedMs };
  }

  async living(): Promise<number> {
    return this.alive;
  }

  async reportLiving(count: number): Promise<void> {
    await this.before("reportLiving");
    this.alive = count;
  }
}

const nameOf = ({ account, role }: RoleRef): string => `${account}#${role}`;
