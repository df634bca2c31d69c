import { describe, expect, it } from "vitest";
import {
  ancestorsOf,
  childPath,
  depthOf,
  knownPath,
  parentOf,
  poolIndex,
  rootOf,
  rootPath,
  type TaskPath,
  taskPath,
} from "../../../functions/core/task-path.ts";

const path = (text: string) => text as TaskPath;

describe("a task's path", () => {
  it.each([
    ["k7f3m2q9x4ab_", "a root"],
    ["k7f3m2q9x4ab_c1x9_", "a child"],
    [`k7f3m2q9x4ab_${"c1x9_".repeat(9)}`, "ten levels, 58 of STS's 64 characters"],
    ["k7f3m2q9x4ab.", "an earlier root"],
    [`k7f3m2q9x4ab.${"c1x9.".repeat(9)}`, "ten levels with dots"],
  ])("is %s: %s", (text) => {
    expect(taskPath(text)).toBe(text);
    expect(knownPath(text)).toBe(text);
    expect(text).toMatch(/^[\w+=,.@-]{2,64}$/);
  });

  it.each([
    ["", "nothing"],
    ["k7f3m2q9x4ab", "no separator behind it, so that a sibling with a longer name would be named too"],
    ["k7f3m2q9x4a.", "a root too short"],
    ["k7f3m2q9x4abc.", "a root too long"],
    ["K7f3m2q9x4ab.", "a capital"],
    ["k7f3m2q9x4ab.c1x.", "a child too short"],
    ["k7f3m2q9x4ab..", "an empty level"],
    ["k7f3m2q9x4ab.c1x9", "no last separator"],
    ["k7f3m2q9x4ab_c1x9.", "two separators"],
    ["k7f3m2q9x4ab.c1x9_", "two separators"],
    ["k7f3m2q9x4ab__", "an empty level"],
    ["k7f3m2q9x4ab.*", "a wildcard"],
    ["k7f3m2q9x4ab.\n", "a line end"],
    [`k7f3m2q9x4ab.${"c1x9.".repeat(10)}`, "eleven levels"],
  ])("is not %j: %s", (text) => {
    expect(taskPath(text)).toBeUndefined();
    expect(() => knownPath(text)).toThrow(TypeError);
  });
});

describe("a new root", () => {
  it("is a path made of the random bytes, and nothing else", () => {
    const bytes = Uint8Array.from({ length: 12 }, (_, index) => index * 3);
    expect(rootPath(bytes)).toBe("adgjmpsvy147_");
    expect(taskPath(rootPath(bytes))).toBeDefined();
  });

  it("uses every character equally often: a byte that would favour some is left out", () => {
    const counts = new Map<string, number>();
    for (let byte = 0; byte < 256; byte += 1) {
      const letters = byte < 252 ? rootPath(new Uint8Array(12).fill(byte)) : "";
      const [letter] = letters;
      if (letter !== undefined) counts.set(letter, (counts.get(letter) ?? 0) + 1);
    }
    expect(counts.size).toBe(36);
    expect(new Set(counts.values())).toEqual(new Set([7]));
  });

  it("takes the next bytes for those left out", () => {
    expect(rootPath(Uint8Array.from([252, 255, ...new Array(12).fill(1)]))).toBe("bbbbbbbbbbbb_");
  });

  it("is not made of too few bytes", () => {
    expect(() => rootPath(new Uint8Array(11))).toThrow(RangeError);
    expect(() => rootPath(new Uint8Array(20).fill(253))).toThrow("more random bytes");
  });
});

describe("a new child", () => {
  it("is its parent's path and four random characters more", () => {
    const child = childPath(path("k7f3m2q9x4ab."), Uint8Array.from([252, 0, 3, 6, 9, 12]));
    expect(child).toBe("k7f3m2q9x4ab.adgj.");
    expect(childPath(child, Uint8Array.from([0, 0, 0, 0]))).toBe("k7f3m2q9x4ab.adgj.aaaa.");
  });

  it("has its parent's separator", () => {
    expect(childPath(path("k7f3m2q9x4ab_"), new Uint8Array(4))).toBe("k7f3m2q9x4ab_aaaa_");
  });

  it("is not made of too few bytes, nor below the tenth level", () => {
    expect(() => childPath(path("k7f3m2q9x4ab."), new Uint8Array(3))).toThrow("more random bytes");
    const tenth = path(`k7f3m2q9x4ab.${"c1x9.".repeat(9)}`);
    expect(() => childPath(tenth, new Uint8Array(4))).toThrow("ten levels");
  });
});

describe("the paths above", () => {
  it.each([
    ["k7f3m2q9x4ab.", [], undefined, 0],
    ["k7f3m2q9x4ab.c1x9.", ["k7f3m2q9x4ab."], "k7f3m2q9x4ab.", 1],
    ["k7f3m2q9x4ab_c1x9_d2d2_", ["k7f3m2q9x4ab_", "k7f3m2q9x4ab_c1x9_"], "k7f3m2q9x4ab_c1x9_", 2],
    ["k7f3m2q9x4ab.c1x9.d2d2.", ["k7f3m2q9x4ab.", "k7f3m2q9x4ab.c1x9."], "k7f3m2q9x4ab.c1x9.", 2],
  ] as const)("%s has %j", (text, above, parent, depth) => {
    expect(ancestorsOf(path(text))).toEqual(above);
    expect([parentOf(path(text)), depthOf(path(text))]).toEqual([parent, depth]);
  });
});

describe("the role of the pool", () => {
  it("is the same for a whole tree, so that a renewal finds it again", () => {
    expect(poolIndex(path("k7f3m2q9x4ab.c1x9.d2d2."), 8)).toBe(poolIndex(path("k7f3m2q9x4ab."), 8));
    expect(rootOf(path("k7f3m2q9x4ab.c1x9."))).toBe("k7f3m2q9x4ab");
    expect(rootOf(path("k7f3m2q9x4ab_c1x9_"))).toBe("k7f3m2q9x4ab");
  });

  it("does not change from one release to the next", () => {
    expect(["k7f3m2q9x4ab.", "aaaaaaaaaaaa.", "aaaaaaaaaaab."].map((text) => poolIndex(path(text), 100))).toEqual([
      86, 89, 32,
    ]);
  });

  it("is spread evenly over the pool", () => {
    const counts = new Array<number>(8).fill(0);
    for (let n = 0; n < 8_000; n += 1) {
      const index = poolIndex(path(`${n.toString(36).padStart(12, "a")}.`), 8);
      counts[index] = (counts[index] ?? 0) + 1;
    }
    expect(Math.min(...counts)).toBeGreaterThan(800);
    expect(Math.max(...counts)).toBeLessThan(1_200);
  });

  it("is the only one of a pool of one", () => {
    expect(poolIndex(path("k7f3m2q9x4ab."), 1)).toBe(0);
  });
});
