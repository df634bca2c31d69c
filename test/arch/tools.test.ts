import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { missingOf, TOOLS } from "../../tools/install-tools.ts";
import { ROOT } from "../docs/pages.ts";
import { globsFor } from "../rings.ts";
import { FOLDERS, importsBelow } from "./imports-below.ts";

const json = (path: string) => JSON.parse(readFileSync(join(ROOT, path), "utf8"));
const { scripts, dependencies, devDependencies } = json("package.json");
const { packages } = json("package-lock.json");

describe("packages that npm ci leaves out", () => {
  it.each(TOOLS)(
    "tools/%s pins exact versions, which are those of the lock file, and of nothing that npm ci installs",
    (tool) => {
      const pinned: Readonly<Record<string, string>> = json(`tools/${tool}/package.json`).dependencies;
      for (const [name, version] of Object.entries(pinned)) {
        expect([name, packages[`node_modules/${name}`].version]).toEqual([name, version]);
        expect({ ...dependencies, ...devDependencies }).not.toHaveProperty(name);
      }
    },
  );

  it.each<[script: string, tools: string]>([
    ["browser", "browser"],
    ["check:types-on-demand", "browser judges"],
    ["console:pictures", "browser"],
    ["check:lint", "check"],
    ["check:dead", "check"],
    ["mutation", "mutation"],
    ["mutation:proof", "mutation"],
    ["test:all", "judges postgres"],
    ["evidence", "judges postgres"],
  ])("npm run %s installs %s before", (script, tools) => {
    expect(scripts).toHaveProperty([script]);
    expect(scripts[`pre${script}`]).toBe(`node tools/install-tools.ts ${tools}`);
    for (const tool of tools.split(" ")) expect(TOOLS).toContain(tool);
  });

  it("npx cdk in a checkout runs the version of the lock file, and fetches no other", () => {
    expect(json("package.json").bin.cdk).toBe("tools/run-cdk.ts");
    expect(statSync(join(ROOT, "tools/run-cdk.ts")).mode & 0o100).toBe(0o100);
  });

  it("what npm test checks and runs imports none of them", () => {
    const { exclude } = json("test/tsconfig.json");
    expect(json("test/tsconfig.on-demand.json").include).toEqual(exclude);
    const left = exclude.map((path: string) => `test/${path}`);
    const pinned = TOOLS.flatMap((tool) => Object.keys(json(`tools/${tool}/package.json`).dependencies));
    const importing = FOLDERS.flatMap(importsBelow)
      .filter(({ to }) => pinned.some((name) => to === name || to.startsWith(`${name}/`)))
      .map(({ from }) => from);
    expect(importing.filter((file) => !left.some((path: string) => file.startsWith(path)))).toEqual([]);
    const tests = left.filter((path: string) => path.endsWith(".test.ts"));
    expect(tests.filter((file: string) => globsFor(file) === 0)).toEqual([]);
  });

  it("npm ci links the Node that comes along, which npm 10 does not do", () => {
    expect(scripts.postinstall).toBe("node tools/link-node.mjs");
    expect(Number.parseInt(process.versions.node, 10)).toBeGreaterThanOrEqual(24);
  });

  it("npm ci leaves workspaces out, and every folder of tools/ is one", () => {
    expect(readFileSync(join(ROOT, ".npmrc"), "utf8")).toMatch(/^workspaces=false$/m);
    expect(json("package.json").workspaces).toEqual(["tools/*"]);
    for (const tool of TOOLS) expect(packages).toHaveProperty([`tools/${tool}`]);
  });
});

describe("a package counts as missing", () => {
  const root = mkdtempSync(join(tmpdir(), "valetkey-tools-"));
  afterAll(() => rmSync(root, { recursive: true }));
  const write = (path: string, manifest: object): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), JSON.stringify(manifest));
  };

  it("where it is not installed, or in another version", () => {
    write("tools/judge/package.json", { dependencies: { one: "1.0.0", two: "2.0.0", three: "3.0.0" } });
    write("node_modules/one/package.json", { version: "1.0.0" });
    write("node_modules/two/package.json", { version: "2.0.1" });
    expect(missingOf("judge", root)).toEqual(["two", "three"]);
  });
});
