import fc from "fast-check";
import { expect, it } from "vitest";
import { byHead } from "../../../../functions/core/policy/by-head.ts";

it("items by their heads are those that a text begins with, however long", () => {
  const text = fc.array(fc.constantFrom("a", "b"), { maxLength: 5 }).map((letters) => letters.join(""));
  fc.assert(
    fc.property(fc.array(text, { maxLength: 12 }), text, (heads, action) => {
      const found = byHead(heads, (head) => head)(action);
      expect(found.toSorted()).toEqual(heads.filter((head) => action.startsWith(head)).sort());
    }),
  );
});
