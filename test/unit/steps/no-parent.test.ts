import { describe, expect, it } from "vitest";
import { childPath, rootPath } from "../../../functions/core/task-path.ts";
import { noParentAbove } from "../../../functions/steps/tasks/no-parent.ts";

const BYTES = new Uint8Array(32).fill(7);

describe("the proof that a task has no parent", () => {
  it("is made of a root", () => {
    expect(noParentAbove({ path: rootPath(BYTES) })).toEqual({});
  });

  it("is not made of a child, whose bounds would be left out (I3)", () => {
    const path = childPath(rootPath(BYTES), BYTES);
    expect(() => noParentAbove({ path })).toThrow(new RangeError("a child is decided within its parent"));
  });
});
