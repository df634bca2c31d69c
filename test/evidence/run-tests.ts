import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { partsOf, readResults, type TestResults } from "./test-results.ts";

/**
 * Runs only the tests of these names: their files, and in the files the titles that start like this.
 * @param tests names as in `CLAIMS`.
 * @param root folder of the repository, or of a copy of it.
 * @throws {Error} with vitest's output, where vitest wrote no report.
 */
export async function runTests(tests: readonly string[], root: string): Promise<TestResults> {
  const folder = mkdtempSync(join(tmpdir(), "valetkey-results-"));
  const report = join(folder, "tests.json");
  const files = [...new Set(tests.map((test) => partsOf(test).file))];
  const titles = tests.map((test) => partsOf(test).title);
  const only = titles.every((title) => title !== "") ? ["-t", `^(?:${titles.map(escaped).join("|")})`] : [];
  const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
  const output: string[] = [];
  try {
    await new Promise<void>((resolve, reject) => {
      const given = [vitest, "run", ...files, ...only, "--reporter=json", `--outputFile=${report}`];
      const run = spawn(process.execPath, given, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
      for (const stream of [run.stdout, run.stderr]) stream.on("data", (data) => void output.push(String(data)));
      run.on("error", reject).on("close", () => resolve());
    });
    return readResults(readReport(report, output), root);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");

function readReport(report: string, output: readonly string[]): string {
  try {
    return readFileSync(report, "utf8");
  } catch {
    throw new Error(`vitest wrote no report. Its output:\n${output.join("")}`);
  }
}
