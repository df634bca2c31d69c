import { expect, it } from "vitest";
import type { RefusalCode } from "../../../contract/refusals.ts";
import { revocationOf } from "../../../functions/connectors/revocation-of.ts";
import { Refusal } from "../../../functions/core/refusal.ts";

it.each<[string, RefusalCode | undefined]>([
  ["revoked", undefined],
  ["unknown", "connector_unavailable"],
  ["unknown", "store_unavailable"],
  ["failed", "connector_refused"],
])("a revocation is %s after %s", async (expected, code) => {
  expect(await revocationOf(code ? Promise.reject(new Refusal(code)) : Promise.resolve())).toBe(expected);
});

it("a bug is no answer about a revocation", async () => {
  await expect(revocationOf(Promise.reject(new TypeError("a bug")))).rejects.toThrow(TypeError);
});
