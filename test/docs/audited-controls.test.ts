import { describe, expect, it } from "vitest";
import { controlsOf } from "../../client/audit/controls-of.ts";
import { EVENT_TYPES } from "../../contract/journal-types.ts";

const TYPES = Object.keys(EVENT_TYPES);

describe("the controls that an event shows at work", () => {
  it("are there for each type of event", () => {
    expect(TYPES.length).toBeGreaterThan(35);
    expect(TYPES.filter((type) => controlsOf(type) === "")).toEqual([]);
  });

  it("are none of an event that this version does not know", () => {
    expect(controlsOf("task.dreamt")).toBe("");
  });
});
