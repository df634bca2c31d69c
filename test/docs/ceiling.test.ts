import { describe, expect, it } from "vitest";
import { DEFAULT_CEILING, NEVER } from "../../functions/core/ceiling/ceiling-actions.ts";
import { read } from "./pages.ts";

const [defaults = "", never = ""] = [...read("docs/reference/ceiling.md").matchAll(/^```\n([^`]*)^```$/gm)].map(
  ([, block = ""]) => block,
);
const actionsIn = (block: string): readonly string[] => block.split(/\s+/).filter((word) => word !== "");

describe("docs/reference/ceiling.md", () => {
  it("lists the default ceiling, whole", () => {
    expect(actionsIn(defaults).toSorted()).toEqual(DEFAULT_CEILING.toSorted());
  });

  it("lists what no account lets a task do, whole", () => {
    expect(actionsIn(never).toSorted()).toEqual(NEVER.toSorted());
  });
});
