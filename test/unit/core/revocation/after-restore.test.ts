import { describe, expect, it } from "vitest";
import { EMPTY_CHAIN } from "../../../../functions/core/journal/event.ts";
import { afterRestore, deadBefore, isHalted } from "../../../../functions/core/revocation/panic.ts";

const RESTORED_AT = 1_795_784_400;
const panic = (liftedAt?: number) => ({
  declaredAt: 1_000,
  declaredBy: "staff|alice",
  reason: "drill",
  chain: { n: 2, hash: "h" },
  ...(liftedAt === undefined ? {} : { liftedAt, liftedBy: "staff|alice" }),
});

describe("the halt of a restored table", () => {
  it.each([
    ["no panic", undefined, EMPTY_CHAIN],
    ["one that was lifted before the restore", panic(RESTORED_AT - 1), { n: 2, hash: "h" }],
  ])("remains where the copy holds %s, and goes on in its journal", (_, stored, chain) => {
    const now = afterRestore(stored, RESTORED_AT);
    expect(now).toMatchObject({ declaredAt: RESTORED_AT, declaredBy: "restore", chain });
    expect([isHalted(now, RESTORED_AT * 2), deadBefore(now)]).toEqual([true, Number.POSITIVE_INFINITY]);
  });

  it("ends with a lift after the restore, and what was opened before the lift stays dead", () => {
    const lifted = panic(RESTORED_AT);
    expect(afterRestore(lifted, RESTORED_AT)).toBe(lifted);
    expect(deadBefore(lifted)).toBeGreaterThan(RESTORED_AT);
  });

  it("leaves a panic that lasts to whoever lifts it, and a table that was not restored as it is", () => {
    const lasting = panic();
    expect(afterRestore(lasting, RESTORED_AT)).toBe(lasting);
    expect(afterRestore(undefined, undefined)).toBeUndefined();
    expect(afterRestore(panic(5), undefined)).toEqual(panic(5));
  });
});
