import { describe, expect, it } from "vitest";
import { agentId } from "../../contract/agent-id.ts";
import { DynamoRoleLoads } from "../../functions/adapters/dynamodb/leases/dynamo-role-loads.ts";
import type { PlannedLease } from "../../functions/connectors/aws/plan-leases.ts";
import { Refusal } from "../../functions/core/refusal.ts";
import { loadOf } from "../../functions/core/revocation/load.ts";
import { renderRevocations } from "../../functions/core/revocation/render.ts";
import type { RoleEntry } from "../../functions/core/revocation/role-entry.ts";
import { whole } from "../../functions/core/revocation/roles.ts";
import type { TaskPath } from "../../functions/core/task-path.ts";
import { admitToRoles } from "../../functions/exchange/vend/admit-to-roles.ts";
import { ROLE } from "../fakes/samples/task.ts";

const BEGAN = 1_764_000_000;
const LEASES = [{ lease: ROLE } as unknown as PlannedLease];

/**
 * One role, its reconciler and several processes of the exchange. Each process has its own estimate of how full the
 * role is.
 */
class OneRole {
  now = BEGAN;
  entries: { entry: RoleEntry; endsAt: number }[] = [];
  readonly forms = new Map<string, number>();
  readonly let = new Map<string, { in: number; out: number }>();
  readonly #item: { load?: unknown } = {};
  readonly #reconciler = this.#process();
  readonly #exchanges = [this.#process(), this.#process(), this.#process()];
  #count = 0;

  /** The one item, which all processes read and write. */
  #process(): DynamoRoleLoads {
    const table = {
      get: async () => (this.#item.load === undefined ? undefined : { load: this.#item.load }),
      update: async (_: unknown, { values }: { values: { load: unknown } }) => {
        this.#item.load = values.load;
        return true;
      },
    };
    return new DynamoRoleLoads(table as never, () => this.now * 1_000);
  }

  async ask(agent: string, livesSeconds: number): Promise<void> {
    this.#count += 1;
    const path = `${this.#count.toString(36).padStart(12, "0")}.` as TaskPath;
    const loads = this.#exchanges[this.#count % this.#exchanges.length] ?? this.#reconciler;
    const counts = this.let.get(agent) ?? { in: 0, out: 0 };
    this.let.set(agent, counts);
    try {
      await admitToRoles({ path, agent: agentId(agent) }, LEASES, { loads });
    } catch (error) {
      if (!(error instanceof Refusal && error.code === "role_full")) throw error;
      counts.out += 1;
      return;
    }
    counts.in += 1;
    const at = Math.floor(this.now);
    this.entries.push({
      entry: { path, agent: agentId(agent), openedAt: at, startedAt: at, fenceAt: at + 300 },
      endsAt: this.now + livesSeconds,
    });
  }

  async reconcile(): Promise<void> {
    this.entries = this.entries
      .filter(({ entry }) => entry.fenceAt + 300 >= this.now)
      .map((each) =>
        each.entry.endedAt === undefined && each.endsAt <= this.now
          ? { ...each, entry: { ...each.entry, endedAt: Math.floor(each.endsAt) } }
          : each,
      );
    const entries = this.entries.map(({ entry }) => entry);
    const { form } = renderRevocations(whole(entries), this.now);
    this.forms.set(form, (this.forms.get(form) ?? 0) + 1);
    await this.#reconciler.report(ROLE, loadOf(entries, this.now * 1_000, { agents: [] }));
  }
}

describe("admission to a role", () => {
  it("admits all other agents and never overflows the policy during an hour of one agent's flood at growing rates", async () => {
    const role = new OneRole();
    for (let second = 0; second < 3_600; second += 1) {
      role.now = BEGAN + second;
      const rate = 1 + Math.floor(second / 200);
      for (let count = 0; count < rate; count += 1) await role.ask("flood", second % 2 === 0 ? 5 : 300);
      for (let other = 0; other < 5; other += 1) if (second % 10 === other) await role.ask(`quiet-${other}`, 60);
      if (second % 4 === 0) await role.reconcile();
    }
    const { flood, ...others } = Object.fromEntries(role.let);
    expect(flood?.out).toBeGreaterThan(5_000);
    expect(flood?.in).toBeGreaterThan(3_000);
    for (const [agent, counts] of Object.entries(others)) expect([agent, counts]).toEqual([agent, { in: 360, out: 0 }]);
    expect(role.forms.get("cut")).toBeGreaterThan(500);
    expect(role.forms.get("everything")).toBeUndefined();
  });

  it("admits every one of many flooding agents about equally, and never overflows the policy", async () => {
    const role = new OneRole();
    for (let second = 0; second < 600; second += 1) {
      role.now = BEGAN + second;
      for (let agent = 0; agent < 12; agent += 1)
        for (let count = 0; count < 1 + Math.floor(second / 300); count += 1) await role.ask(`flood-${agent}`, 30);
      if (second % 4 === 0) await role.reconcile();
    }
    const admitted = [...role.let.values()].map((counts) => counts.in);
    expect(role.let.get("flood-0")?.out).toBeGreaterThan(50);
    expect(Math.min(...admitted)).toBeGreaterThan(Math.max(...admitted) / 2);
    expect(role.forms.get("everything")).toBeUndefined();
  });
});
