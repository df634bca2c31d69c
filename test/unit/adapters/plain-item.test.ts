import { describe, expect, it } from "vitest";
import { readItem } from "../../../functions/adapters/dynamodb/table/item-version.ts";

describe("an item of the table", () => {
  it.each(["9.9999999999999999999999999999999999999E+125", "-1E-130", "123456789012345678901"])(
    "with the number %s, which JavaScript does not hold, is read, and JSON takes it",
    (N) => {
      const item = readItem({ expiresAt: { N }, deep: { M: { each: { L: [{ N }] } } } });
      expect(item).toEqual({ expiresAt: Number(N), deep: { each: [Number(N)] } });
      expect(() => JSON.stringify(item)).not.toThrow();
    },
  );
});
