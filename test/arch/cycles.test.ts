import { dirname } from "node:path";
import { describe, expect, it } from "vitest";
import { FOLDERS, type Import, importsBelow } from "./imports-below.ts";

/**
 * Names the folder that must be readable without those that build on it: a top-level one; in `functions/` each below
 * it, with each noun of core and each technology's adapters apart. A file that lies in core itself is a folder of its
 * own.
 */
function folderOf(file: string): string {
  const [top = "", ...below] = dirname(file).split("/");
  if (top !== "functions") return top;
  if (below[0] === "core" && below.length === 1) return file;
  return [top, ...below.slice(0, below[0] === "adapters" || below[0] === "core" ? 2 : 1)].join("/");
}

describe("imports go one way", () => {
  const imports = FOLDERS.flatMap(importsBelow).filter(({ to }) => to.endsWith(".ts"));

  it("has no cycle of files, types included", () => {
    expect(cycleIn(imports)).toBeUndefined();
  });

  it("has no cycle of folders, types included", () => {
    expect(cycleIn(betweenFolders(imports))).toBeUndefined();
  });

  it("finds a cycle where there is one", () => {
    const one = { from: "client/main.ts", to: "infra/inspect.ts" };
    const other = { from: "infra/inspect.ts", to: "client/main.ts" };
    const third = { from: "infra/finding.ts", to: "client/main.ts" };
    expect(cycleIn([one, other])).toEqual(["client/main.ts", "infra/inspect.ts", "client/main.ts"]);
    expect(cycleIn([one, third])).toBeUndefined();
    expect(cycleIn(betweenFolders([one, third]))).toEqual(["client", "infra", "client"]);
    const [down, up, world] = [
      { from: "functions/core/tasks/task.ts", to: "functions/core/intent/detail.ts" },
      { from: "functions/core/intent/parse-intent.ts", to: "functions/core/tasks/sessions.ts" },
      { from: "functions/core/intent/parse-intent.ts", to: "functions/core/ports.ts" },
    ];
    const ofCore = ["functions/core/tasks", "functions/core/intent", "functions/core/tasks"];
    expect(cycleIn(betweenFolders([down, up]))).toEqual(ofCore);
    expect(cycleIn(betweenFolders([down, world, { from: "functions/core/ports.ts", to: down.from }]))).toContain(
      "functions/core/ports.ts",
    );
  });
});

const betweenFolders = (imports: readonly Import[]): readonly Import[] =>
  imports
    .map(({ from, to }) => ({ from: folderOf(from), to: folderOf(to) }))
    .filter(({ from, to }) => from !== to && from !== "." && to !== ".");

/** Finds one way that leads back to where it began. */
function cycleIn(imports: readonly Import[]): readonly string[] | undefined {
  const graph = Map.groupBy(imports, ({ from }) => from);
  const done = new Set<string>();
  const visit = (node: string, record: readonly string[]): readonly string[] | undefined => {
    if (record.includes(node)) return [...record.slice(record.indexOf(node)), node];
    if (done.has(node)) return undefined;
    for (const { to } of graph.get(node) ?? []) {
      const cycle = visit(to, [...record, node]);
      if (cycle) return cycle;
    }
    done.add(node);
    return undefined;
  };
  for (const node of graph.keys()) {
    const cycle = visit(node, []);
    if (cycle) return cycle;
  }
  return undefined;
}
