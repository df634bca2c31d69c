import { globSync, readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { dayInWords, hourInWords, instantInWords } from "../../../console/parts/time-in-words.ts";

const ROOT = new URL("../../../", import.meta.url);

describe("a time on a page", () => {
  const zone = process.env.TZ;
  beforeEach(() => {
    process.env.TZ = "America/New_York";
  });
  afterEach(() => {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  });

  it("is in the reader's time zone, and a day is the same day everywhere", () => {
    expect(instantInWords("2026-11-27T02:01:00Z")).toBe("26 Nov 2026, 21:01:00");
    expect(instantInWords(Date.UTC(2026, 10, 27, 12))).toBe("27 Nov 2026, 07:00:00");
    expect(hourInWords(Date.UTC(2026, 10, 27, 12))).toBe("07:00");
    expect(dayInWords("2026-11-27")).toBe("27 Nov 2026");
  });

  it("is shown as it is where it is none", () => {
    expect(instantInWords("soon")).toBe("soon");
    expect(dayInWords("")).toBe("");
  });

  it("is written in one module alone", () => {
    const others = globSync("console/**/*.{ts,tsx}", { cwd: ROOT }).filter((file) => {
      const text = readFileSync(new URL(file, ROOT), "utf8");
      return /toLocale(Date|Time)String|new Date\([^)]*\)\.toLocaleString|DateTimeFormat/.test(text);
    });
    expect(others).toEqual(["console/parts/time-in-words.ts"]);
  });
});
