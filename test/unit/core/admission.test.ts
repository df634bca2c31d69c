import { describe, expect, it } from "vitest";
import { Admission, type Place } from "../../../functions/core/admission.ts";

/** Requests that are there at once, each answered after `tookMs`; the number admitted comes back. */
function crowd(admission: Admission, asking: number, tookMs: number, nowMs: number): number {
  const places = Array.from({ length: asking }, () => admission.enter(nowMs)).filter((place) => place !== undefined);
  for (const place of places) admission.leave(place, nowMs + tookMs);
  return places.length;
}

describe("how many requests a process works on at a time", () => {
  it("are eight at first, and a place that is left is free again", () => {
    const admission = new Admission();
    const places = Array.from({ length: 8 }, () => admission.enter(0));
    expect(places.every((place) => place !== undefined)).toBe(true);
    expect(admission.enter(0)).toBeUndefined();
    admission.leave(places[0] as Place, 10);
    expect(admission.enter(10)).toBeDefined();
    expect(admission.enter(10)).toBeUndefined();
  });

  it("become more while all places are taken and answers are quick, up to 32", () => {
    const admission = new Admission();
    for (let round = 0; round < 10; round += 1) crowd(admission, 100, 250, round * 1_000);
    expect(admission.limit).toBeGreaterThan(8);
    for (let round = 10; round < 500; round += 1) crowd(admission, 100, 250, round * 1_000);
    expect(admission.limit).toBe(32);
  });

  it("stay as they are while there is room", () => {
    const admission = new Admission();
    for (let round = 0; round < 500; round += 1) crowd(admission, 7, 250, round * 1_000);
    expect(admission.limit).toBe(8);
  });

  it("become fewer where answers are slow, once for all that were there at once, down to two", () => {
    const admission = new Admission();
    crowd(admission, 8, 251, 0);
    expect(admission.limit).toBe(6);
    for (let round = 1; round < 20; round += 1) crowd(admission, 8, 251, round * 1_000);
    expect(admission.limit).toBe(2);
    expect(crowd(admission, 100, 10, 30_000)).toBe(2);
  });
});

describe("requests that wait for a place", () => {
  /** A process whose places are all taken, and requests that wait, by caller. */
  function full(...callers: readonly string[]) {
    const admission = new Admission();
    const places = Array.from({ length: 8 }, () => admission.enter(0) as Place);
    const given: string[] = [];
    const refused: string[] = [];
    const wait = (caller: string): void => {
      const never = () => new Promise<void>(() => undefined);
      void admission.enterSoon(0, () => caller, never).then((place) => (place ? given : refused).push(caller));
    };
    for (const caller of callers) wait(caller);
    const leave = async (count: number): Promise<readonly string[]> => {
      for (const place of places.splice(0, count)) admission.leave(place, 10);
      await new Promise(setImmediate);
      return given;
    };
    return { wait, leave, refused };
  }

  it("get places in turn by caller, so that many of one delay another's by one", async () => {
    const { leave } = full("many", "many", "many", "many", "one", "two", "one");
    expect(await leave(3)).toEqual(["many", "one", "two"]);
    expect(await leave(4)).toEqual(["many", "one", "two", "many", "one", "many", "many"]);
  });

  it("give up where another caller has fewer, and as many wait as may", async () => {
    const { wait, leave, refused } = full(...Array.from({ length: 33 }, () => "many"));
    await leave(0);
    expect(refused).toEqual(["many"]);
    wait("one");
    await leave(0);
    expect(refused).toEqual(["many", "many"]);
    expect(await leave(2)).toEqual(["many", "one"]);
  });
});

/**
 * Simulates a process that needs so many milliseconds of work for each request. It works on all admitted requests at
 * once, each a little at a time.
 */
function simulate(perSecond: number, seconds: number, workMs: number, admission: Pick<Admission, "enter" | "leave">) {
  const waiting: { place: Place; left: number; at: number }[] = [];
  let [good, late, refused] = [0, 0, 0];
  let due = 0;
  for (let now = 0; now < seconds * 1_000; now += 1) {
    for (; due <= now; due += 1_000 / perSecond) {
      const place = admission.enter(now);
      if (place) waiting.push({ place, left: workMs, at: now });
      else refused += 1;
    }
    // One millisecond of work is shared by all that are there.
    const share = 1 / Math.max(1, waiting.length);
    for (const each of waiting) each.left -= share;
    for (const each of waiting.filter(({ left }) => left <= 1e-9)) {
      waiting.splice(waiting.indexOf(each), 1);
      admission.leave(each.place, now);
      if (now - each.at <= 2_000) good += 1;
      else late += 1;
    }
  }
  return { goodPerSecond: good / seconds, late, refused };
}

describe("past saturation", () => {
  const everybody = { enter: (enteredAtMs: number): Place => ({ enteredAtMs }), leave: () => undefined };

  it.each([1, 2, 4, 10])("at %d times what can be done, at least four fifths of that is done in time", (times) => {
    // 40 ms each: 25 a second.
    const seen = simulate(25 * times, 60, 40, new Admission());
    expect(seen.goodPerSecond).toBeGreaterThanOrEqual(0.8 * 25);
    expect(seen.late).toBe(0);
  });

  it("without a limit nearly everybody is answered too late", () => {
    expect(simulate(50, 60, 40, everybody).goodPerSecond).toBeLessThan(0.2 * 25);
  });
});
