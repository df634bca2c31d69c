import { describe, expect, it } from "vitest";
import { controlsOf } from "../../client/audit/controls-of.ts";
import { read } from "./pages.ts";

/** Types of events, from their declaration. */
const TYPES = [
  ...(
    /export type EventType =((?:\n {2}\| "[\w.]+")+)/.exec(read("functions/core/journal/event.ts"))?.[1] ?? ""
  ).matchAll(/"([\w.]+)"/g),
].map(([, type = ""]) => type);

describe("the controls that an event shows at work", () => {
  it("are there for each type of event", () => {
    expect(TYPES.length).toBeGreaterThan(35);
    expect(TYPES.filter((type) => controlsOf(type) === "")).toEqual([]);
  });

  it("are none of an event that this version does not know", () => {
    expect(controlsOf("task.dreamt")).toBe("");
  });
});
