import { describe, expect, it } from "vitest";
import { once } from "../../../../functions/core/proof/once.ts";

describe("a value that is made once", () => {
  it.each([new Map<object, number>(), new WeakMap<object, number>()])("is not made again for its key: %o", (store) => {
    const [one, two] = [{}, {}];
    let makes = 0;
    const number = (key: object) => once(store, key, () => makes++);
    expect([number(one), number(one), number(two), number(one)]).toEqual([0, 0, 1, 0]);
    expect(makes).toBe(2);
  });
});
