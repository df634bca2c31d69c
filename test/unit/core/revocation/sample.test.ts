import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { agentId } from "../../../../contract/agent-id.ts";
import { accountId } from "../../../../functions/core/deployment/account-id.ts";
import { type Ended, sampleOf } from "../../../../functions/core/revocation/sample.ts";
import type { TaskPath } from "../../../../functions/core/task-path.ts";

const ACCOUNT = accountId("111122223333");
const ended = (changed: Partial<Ended> = {}): Ended => ({
  path: "k7f3m2q9x4ab." as TaskPath,
  agent: agentId("demo"),
  by: "demo",
  status: "completed",
  endedAtMs: 1_764_000_000_123,
  roles: [{ account: ACCOUNT, role: "valetkey-task-0" }],
  ...changed,
});
const at = (n: number) => `${String(n).padStart(12, "a")}.` as TaskPath;
const receipts = (sample: number, probed = [ACCOUNT]) => ({ receipts: { sample, probed } });
const always = (value: number) => ({ bytes: (count: number) => new Uint8Array(count).fill(value) });
/** The least and the most that chance can be. */
const [LEAST, MOST] = [always(0), always(255)];

describe("the endings that are watched", () => {
  const requested = [
    ["by an operator", { by: "staff|alice", status: "revoked" }],
    ["by a publisher's event", { by: "event:444455556666", status: "revoked" }],
    ["by the check of agents", { by: "check", status: "revoked" }],
  ] as const;
  it.each(requested)("are those that somebody requested: %s", (_, changed) => {
    expect(sampleOf([ended(changed)], receipts(0), MOST)).toEqual([
      {
        path: "k7f3m2q9x4ab.",
        account: ACCOUNT,
        role: "valetkey-task-0",
        agent: "demo",
        endedAtMs: 1_764_000_000_123,
      },
    ]);
  });

  const own = [
    ["completed by its holder", {}],
    ["revoked by its holder", { status: "revoked" }],
    ["past its deadline", { by: "deadline", status: "expired" }],
    ["past its deadline, which the sweep missed", { by: "overdue", status: "expired" }],
    [
      "ended with the task above it",
      { by: "k7f3m2q9x4ab.", status: "revoked", path: "k7f3m2q9x4ab.c1x9." as TaskPath },
    ],
    ["handed out to nobody", { status: "withdrawn" }],
  ] as const;
  it.each(own)("are a share of the others: %s", (_, changed) => {
    expect(sampleOf([ended(changed)], receipts(0.01), MOST)).toEqual([]);
    expect(sampleOf([ended(changed)], receipts(0.01), LEAST)).toHaveLength(1);
    expect(sampleOf([ended(changed)], receipts(0), LEAST)).toEqual([]);
    expect(sampleOf([ended(changed)], receipts(1), MOST)).toHaveLength(1);
  });

  it("are none of an account whose ceiling does not hold the call", () => {
    expect(
      sampleOf([ended({ by: "staff|alice", status: "revoked" })], receipts(1, [accountId("444455556666")]), LEAST),
    ).toEqual([]);
  });

  it("are one for each role, and a requested one before another", () => {
    const role = (name: string) => ({ account: ACCOUNT, role: name });
    const watched = sampleOf(
      [
        ended({ path: at(1) }),
        ended({ path: at(2), by: "staff|alice", status: "revoked" }),
        ended({ path: at(3), by: "staff|alice", status: "revoked" }),
        ended({ path: at(4), roles: [role("valetkey-task-0"), role("valetkey-task-1")] }),
      ],
      receipts(1),
      LEAST,
    );
    expect(watched.map(({ path, role: name }) => [path, name])).toEqual([
      [at(2), "valetkey-task-0"],
      [at(4), "valetkey-task-1"],
    ]);
  });

  it("a flood of endings is no flood of probes: there are never more than roles, whoever ended what", () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ n: fc.nat(99), role: fc.nat(3), isAsked: fc.boolean() }), {
          minLength: 50,
          maxLength: 200,
        }),
        (endings) => {
          const given = endings.map(({ n, role, isAsked }) =>
            ended({
              path: at(n),
              roles: [{ account: ACCOUNT, role: `valetkey-task-${role}` }],
              ...(isAsked ? { by: "staff|alice", status: "revoked" } : {}),
            }),
          );
          expect(sampleOf(given, receipts(1), MOST).length).toBe(new Set(endings.map(({ role }) => role)).size);
        },
      ),
    );
  });

  it("are about as many as the share requires", () => {
    let seed = 1;
    // A generator of our own, so that the count is always the same.
    const random = {
      bytes: (count: number) =>
        Uint8Array.from({ length: count }, () => {
          seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
          return (seed >> 16) & 255;
        }),
    };
    const count = Array.from({ length: 10_000 }, () => sampleOf([ended()], receipts(0.05), random).length);
    const total = count.reduce((sum, each) => sum + each, 0);
    expect(total).toBeGreaterThan(400);
    expect(total).toBeLessThan(600);
  });
});
