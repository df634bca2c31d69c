import { describe, expect, it } from "vitest";
import { Chance } from "../../bench/sim/chance.ts";
import { rateAt, simulateDay } from "../../bench/sim/day.ts";
import { largestLoad } from "../../bench/sim/largest-load.ts";
import { HELP, type SimOptions, simOptions } from "../../bench/sim/options.ts";
import { plot } from "../../bench/sim/plot.ts";

const options = (change: Partial<SimOptions> = {}): SimOptions => {
  const read = simOptions([]);
  if (read === "help") throw new Error("it is help");
  return { ...read, rate: 0.05, ...change };
};
/** An hour and a half at its busiest. */
const day = (change: Partial<SimOptions> = {}) => simulateDay(options(change), () => {}, { from: 13, to: 14.5 });

describe("the simulated day", () => {
  it("has as many tasks as requested on average, and the peak where requested", () => {
    const seconds = Array.from({ length: 1_440 }, (_, minute) => rateAt(minute * 60, { rate: 5, peak: 3 }));
    expect(seconds.reduce((sum, rate) => sum + rate, 0) / 1_440).toBeCloseTo(5, 5);
    const tasks = day({ peak: 1, rate: 0.2 }).reduce((sum, { beganASecond }) => sum + beganASecond * 60, 0);
    expect(tasks).toBeGreaterThan(0.2 * 5_400 * 0.9);
    expect(tasks).toBeLessThan(0.2 * 5_400 * 1.1);
    expect(rateAt(14 * 3_600, { rate: 5, peak: 3 })).toBeCloseTo(15, 5);
    expect(rateAt(2 * 3_600, { rate: 5, peak: 3 })).toBeCloseTo(0, 5);
    expect(rateAt(14 * 3_600, { rate: 5, peak: 1 })).toBeCloseTo(5, 5);
  });

  it("is the same day for the same seed, and another for another", () => {
    expect(day()).toEqual(day());
    expect(day({ seed: 2 })).not.toEqual(day());
  });

  it("obeys Little's law: alive are rate times life", () => {
    const minutes = day({ peak: 1, rate: 0.2, lifeSeconds: 300, forgotten: 0 }).slice(30);
    const alive = minutes.reduce((sum, each) => sum + each.alive, 0) / minutes.length;
    expect(alive).toBeGreaterThan(0.2 * 300 * 0.75);
    expect(alive).toBeLessThan(0.2 * 300 * 1.25);
  });

  it("calls STS again for tasks that outlive half a fence", () => {
    const calls = (lifeSeconds: number) =>
      Math.max(...day({ lifeSeconds, rate: 0.3 }).map(({ stsASecond }) => stsASecond));
    expect(calls(7_200)).toBeGreaterThan(calls(30));
  });

  it("reports when a policy does not fit: one role for what needs several", () => {
    const crowded = day({ rate: 2, peak: 1, lifeSeconds: 1_500, roles: 1 });
    expect(crowded.some(({ overflowing }) => overflowing > 0)).toBe(true);
  });
});

describe("the largest load", () => {
  it("grows with the roles, until STS is in the way", () => {
    const [one, four] = [1, 4].map((roles) => largestLoad(options({ roles })));
    expect(one?.by).toBe("policy");
    expect((four?.tasksASecond ?? 0) / (one?.tasksASecond ?? 1)).toBeCloseTo(4, 5);
    expect(one?.next).toMatch(/more task roles: \d+ carry/);
    expect(largestLoad(options({ roles: 100, lifeSeconds: 10 })).by).toBe("sts");
  });
});

describe("chance", () => {
  it("counts and lives as its means give", () => {
    const chance = new Chance(7);
    const mean = (draw: () => number) => Array.from({ length: 20_000 }, draw).reduce((a, b) => a + b, 0) / 20_000;
    expect(mean(() => chance.count(3))).toBeCloseTo(3, 1);
    expect(mean(() => chance.count(50)) / 50).toBeCloseTo(1, 2);
    expect(mean(() => chance.life(100, 43_200)) / 100).toBeCloseTo(1, 1);
  });
});

describe("npm run sim", () => {
  it.each([
    [["--rate", "x"], /--rate takes a number/],
    [["--roles", "0"], /--roles takes a number from 1/],
    [["--roles", "1.5"], /whole number/],
    [["--forgotten", "2"], /from 0 to 1/],
    [["--nope"], /nope/],
  ])("refuses %j", (argv, sentence) => {
    expect(() => simOptions(argv)).toThrow(sentence);
  });

  it("has help, and plots every figure", () => {
    expect(simOptions(["--help"])).toBe("help");
    expect(HELP).toContain("npm run sim -- --svg");
    const svg = plot(day(), "A day");
    expect(svg.match(/<polyline/g)).toHaveLength(6);
    expect(svg).toMatch(/^<svg[\s\S]*<\/svg>\n$/);
  });
});
