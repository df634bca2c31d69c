import { globSync, readFileSync } from "node:fs";
import { join, normalize } from "node:path";
import { expect, it } from "vitest";
import { ROOT } from "../docs/pages.ts";
import { slashed } from "../harness/slashed.ts";
import { TYPE_PROJECTS } from "../harness/type-projects.ts";
import { foldersWithSources } from "./imports-below.ts";

interface Project {
  readonly files?: readonly string[];
  readonly include?: readonly string[];
  readonly references?: readonly { readonly path: string }[];
}

const read = (path: string): Project => JSON.parse(readFileSync(join(ROOT, path), "utf8")) as Project;
const fromRoot = (project: keyof typeof TYPE_PROJECTS, path: string): string =>
  slashed(normalize(join(TYPE_PROJECTS[project], path)));
const names = Object.keys(TYPE_PROJECTS) as (keyof typeof TYPE_PROJECTS)[];

it("every folder with TypeScript is in one project", () => {
  const included = names.flatMap((name) => (read(name).include ?? []).map((path) => fromRoot(name, path)));
  expect(included.filter((path) => /^[\w-]+$/.test(path)).toSorted()).toEqual(foldersWithSources());
});

it("the tests' project builds every other project, and the root names them to editors", () => {
  const built = (read("test/tsconfig.json").references ?? []).map(({ path }) => fromRoot("test/tsconfig.json", path));
  const others = ["console", "tsconfig.functions.json", "tsconfig.tools.json"];
  expect(built.toSorted()).toEqual(others);
  expect((read("tsconfig.json").references ?? []).map(({ path }) => path).toSorted()).toEqual(others);
});

it.each(["tsconfig.tools.json", "test/tsconfig.json"] as const)(
  "%s sees what each connector adds to core's types",
  (name) => {
    const definitions = globSync("functions/connectors/*/definition.ts", { cwd: ROOT }).map((path) => slashed(path));
    const files = (read(name).files ?? []).map((path) => fromRoot(name, path));
    expect(definitions.length).toBeGreaterThan(2);
    expect(files.filter((file) => file.startsWith("functions/")).toSorted()).toEqual(definitions.toSorted());
  },
);
