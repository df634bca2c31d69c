import { matchesGlob } from "node:path";
import { describe, expect, it } from "vitest";
import all from "../../vitest.config.ts";
import daily from "../../vitest.daily.config.ts";
import { leftToAll } from "../harness/left-to-all.ts";
import { ALL, globsFor, LEFT_TO_ALL, LONG } from "../rings.ts";
import { FOLDERS, importsBelow, reaching, sourcesBelow } from "./imports-below.ts";

const SOURCES = FOLDERS.flatMap(sourcesBelow);
const TESTS = SOURCES.map(({ file }) => file).filter((file) => /\.(?:test|spec)\.tsx?$/.test(file));

/** Files that start a cloud of twenty functions, or a PostgreSQL: no file of the daily ring may wait for these. */
const SLOW_STARTS = ["test/contract/running-cloud.ts", "test/contract/package/deployment-folder.ts"];

/** Projects of a configuration, each as the files that it runs. */
const filesOf = ({ test }: typeof all): readonly (readonly string[])[] =>
  (test?.projects ?? []).map((project) => {
    if (typeof project !== "object" || !("test" in project)) throw new Error("a project without tests");
    const { include = [], exclude = [] } = project.test ?? {};
    const matches = (globs: readonly string[], file: string): boolean => globs.some((glob) => matchesGlob(file, glob));
    return TESTS.filter((file) => matches(include, file) && !matches(exclude, file));
  });

describe("the rings of tests", () => {
  it("have every test file: `npm run test:all` runs it in one project, `npm test` unless it is left to that", () => {
    expect(TESTS.length).toBeGreaterThan(700);
    expect(filesOf(all).flat().toSorted()).toEqual(TESTS.toSorted());
    expect(filesOf(daily).flat().toSorted()).toEqual(TESTS.filter((file) => globsFor(file) === 0).toSorted());
  });

  it("leave out no file that has tests under another name", () => {
    const named = SOURCES.filter(({ text }) => /^import \{[^}]*\b(?:it|test)\b[^}]*\} from "vitest";/m.test(text));
    const reached = new Set(importsBelow("test").map(({ to }) => to));
    expect(
      named
        .map(({ file }) => file)
        .filter((file) => !matchesGlob(file, ALL) && !file.endsWith(".browser.ts") && !reached.has(file)),
    ).toEqual([]);
  });

  it("name a long file once, and nothing that is gone", () => {
    expect(TESTS.filter((file) => globsFor(file) > 1)).toEqual([]);
    expect(LONG.filter((glob) => !TESTS.some((file) => matchesGlob(file, glob)))).toEqual([]);
  });

  it("leave every test that starts a whole cloud to the long one", () => {
    const slow = SLOW_STARTS.flatMap(reaching).filter((file) => TESTS.includes(file));
    expect(slow.length).toBeGreaterThan(40);
    expect(slow.filter((file) => globsFor(file) === 0)).toEqual([]);
  });

  it("are named on the last line of `npm test`", () => {
    for (const what of Object.keys(LEFT_TO_ALL)) expect(leftToAll()).toContain(what);
  });
});
