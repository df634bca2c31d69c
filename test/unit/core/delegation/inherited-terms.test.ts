import { describe, expect, it } from "vitest";
import { inheritedTerms } from "../../../../functions/core/delegation/inherited-terms.ts";

const parent = { openedAt: 1_000, expiresAt: 2_000, facts: { sourceIp: "203.0.113.7" } };
const free = { bindIp: false, rotateAfterUse: false };
/** Terms of a task without a bound. */
const NONE = {
  endsAt: 9_000,
  allowedAddresses: [],
  rotateAfterUse: false,
  requiresRevocation: false,
  fenceSeconds: 900,
};

describe("a term that a child inherits", () => {
  it("is its parent's deadline, or what policy lets that one live by now, or an earlier one above", () => {
    expect(inheritedTerms(parent, free, undefined).endsAt).toBe(2_000);
    expect(inheritedTerms(parent, { ...free, maxTtlSeconds: 300 }, undefined).endsAt).toBe(1_300);
    const above = { ...NONE, endsAt: 1_200 };
    expect(inheritedTerms(parent, { ...free, maxTtlSeconds: 300 }, above).endsAt).toBe(1_200);
  });

  it("is every address that one above is bound to, each once", () => {
    expect(inheritedTerms(parent, free, undefined).allowedAddresses).toEqual([]);
    expect(inheritedTerms(parent, { ...free, bindIp: true }, undefined).allowedAddresses).toEqual(["203.0.113.7"]);
    expect(inheritedTerms({ ...parent, facts: {} }, { ...free, bindIp: true }, undefined).allowedAddresses).toEqual([]);
    const above = { ...NONE, allowedAddresses: ["203.0.113.7", "198.51.100.1"] };
    expect(inheritedTerms(parent, { ...free, bindIp: true }, above).allowedAddresses).toEqual(above.allowedAddresses);
  });

  it("is to rotate after use where any of them must", () => {
    const above = (rotateAfterUse: boolean) => ({ ...NONE, rotateAfterUse });
    expect(inheritedTerms(parent, free, undefined).rotateAfterUse).toBe(false);
    expect(inheritedTerms(parent, { ...free, rotateAfterUse: true }, above(false)).rotateAfterUse).toBe(true);
    expect(inheritedTerms(parent, free, above(true)).rotateAfterUse).toBe(true);
  });

  it("is to require revocation where any of them does", () => {
    expect(inheritedTerms(parent, { ...free, requiresRevocation: true }, NONE).requiresRevocation).toBe(true);
    expect(inheritedTerms(parent, free, { ...NONE, requiresRevocation: true }).requiresRevocation).toBe(true);
    expect(inheritedTerms(parent, free, NONE).requiresRevocation).toBe(false);
  });

  it("is the shortest fence of them", () => {
    expect(inheritedTerms(parent, free, undefined).fenceSeconds).toBe(900);
    expect(inheritedTerms(parent, { ...free, fenceSeconds: 120 }, NONE).fenceSeconds).toBe(120);
    expect(inheritedTerms(parent, { ...free, fenceSeconds: 300 }, { ...NONE, fenceSeconds: 60 }).fenceSeconds).toBe(60);
  });

  it("is never an approval", () => {
    expect(inheritedTerms(parent, { ...free, approval: [{ group: "sre", count: 1 }] }, undefined)).toEqual({
      ...NONE,
      endsAt: 2_000,
    });
  });
});
