import { describe, expect, it } from "vitest";
import { within } from "../../bench/within.ts";

describe("a benchmark's time", () => {
  it("does not touch what comes in time, be it a result or an error", async () => {
    expect(await within(5, Promise.resolve("row"))).toBe("row");
    await expect(within(5, Promise.reject(new Error("no port")))).rejects.toThrow("no port");
  });

  it("is over for work that never comes to anything", async () => {
    await expect(within(0.01, new Promise(() => undefined))).rejects.toThrow("longer than 0.01 s");
  });
});
