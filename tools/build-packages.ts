import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { buildClient } from "./build-client.ts";
import { buildDeploy } from "./build-deploy.ts";

const BUILD = fileURLToPath(new URL("../build", import.meta.url));

/** Packs a folder as `npm publish` would. @returns the path of the archive. */
export function packed(folder: string, into: string): string {
  mkdirSync(into, { recursive: true });
  // A shell finds npm, which is a script of its own on Windows.
  const report = execFileSync("npm", ["pack", "--json", "--pack-destination", into, folder], {
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  const [{ filename }] = archivesIn(JSON.parse(report));
  return `${into}/${filename}`;
}

/** Reads npm's report, which is a list until npm 11, and an object by package from npm 12 on. */
function archivesIn(report: object): readonly [{ readonly filename: string }] {
  const [only] = Object.values(report);
  if (typeof only?.filename !== "string") throw new Error("npm pack did not say which archive it wrote");
  return [only];
}

if (import.meta.main) {
  for (const [name, build] of [
    ["package", buildClient],
    ["deploy-package", buildDeploy],
  ] as const) {
    await build(`${BUILD}/${name}`);
    process.stdout.write(`${relative(process.cwd(), packed(`${BUILD}/${name}`, BUILD))}\n`);
  }
}
