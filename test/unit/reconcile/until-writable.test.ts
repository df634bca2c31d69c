import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { accountId } from "../../../functions/core/deployment/account-id.ts";
import { untilWritable, WRITE_GAP_MS } from "../../../functions/reconcile/until-writable.ts";
import { FakePolicyWrites } from "../../fakes/revocation/policy-writes.ts";

const ROLE = { account: accountId("111122223333"), role: "valetkey-task-0" };

class Writer {
  nowMs = 1_764_000_000_000;
  readonly policyWrites = new FakePolicyWrites();

  /** A reconciliation, somewhere: as long as it takes until its snapshot, and until IAM has answered. */
  async write(role: typeof ROLE, readingMs: number, writingMs: number): Promise<number> {
    await untilWritable(role, {
      policyWrites: this.policyWrites,
      clock: { nowMs: () => this.nowMs },
      pause: async (ms) => {
        this.nowMs += ms;
      },
    });
    const snapshotAtMs = this.nowMs;
    const beganAtMs = snapshotAtMs + readingMs;
    this.nowMs = beganAtMs + writingMs;
    const write = { snapshotAtMs, writtenAtMs: this.nowMs, form: "list", endings: [] } as const;
    await this.policyWrites.note(role, write);
    return beganAtMs;
  }
}

describe("the writes of a role's policy", () => {
  it("are two a second at most, however fast they are requested and however fast IAM is", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ idleMs: fc.nat(900), readingMs: fc.nat(300), writingMs: fc.nat(1_500) }), {
          minLength: 3,
          maxLength: 20,
        }),
        async (requests) => {
          const writer = new Writer();
          const at: number[] = [];
          for (const { idleMs, readingMs, writingMs } of requests) {
            writer.nowMs += idleMs;
            at.push(await writer.write(ROLE, readingMs, writingMs));
          }
          for (const from of at)
            expect(at.filter((ms) => ms >= from && ms < from + 1_000).length).toBeLessThanOrEqual(2);
        },
      ),
    );
  });

  it("wait for nothing where the last one is half a second past, or another role's", async () => {
    const writer = new Writer();
    await writer.write(ROLE, 0, 0);
    const other = await writer.write({ ...ROLE, role: "valetkey-task-1" }, 0, 0);
    writer.nowMs += WRITE_GAP_MS;
    expect([other, await writer.write(ROLE, 0, 0)]).toEqual([1_764_000_000_000, 1_764_000_000_000 + WRITE_GAP_MS]);
  });

  it("wait no longer than the gap for one that a clock ahead of ours has dated", async () => {
    const writer = new Writer();
    await writer.write(ROLE, 0, 0);
    writer.nowMs -= 1_000;
    expect(await writer.write(ROLE, 0, 0)).toBe(1_764_000_000_000 - 1_000 + WRITE_GAP_MS);
  });
});
