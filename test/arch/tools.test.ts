import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { missingOf, TOOLS } from "../../tools/install-tools.ts";
import { ROOT } from "../docs/pages.ts";

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
