import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { RunningMoto } from "./running-moto.ts";

/** Test of a contract, run on moto's table. */
export interface ContractTest {
  readonly title: string;
  readonly isPassed: boolean;
  readonly message: string;
}

/** Contracts of the table: the file, and the titles of its tests. */
const CONTRACTS = [
  ["test/contract/store.test.ts", "DYNAMODB_ENDPOINT, over the SDK"],
  ["test/contract/cool-downs.test.ts", "endpoint"],
  ["test/contract/suspensions.test.ts", "endpoint"],
] as const;

interface Report {
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[] | null;
    }[];
  }[];
}

/** Runs the contracts of the store on moto's table. Each gets an empty moto. */
export async function runContracts(moto: RunningMoto): Promise<readonly ContractTest[]> {
  const folder = mkdtempSync(join(tmpdir(), "valetkey-moto-"));
  const cwd = fileURLToPath(new URL("../../../", import.meta.url));
  const found: ContractTest[] = [];
  try {
    for (const [file, titles] of CONTRACTS) {
      await moto.reset();
      const report = join(folder, "report.json");
      const asked = [
        "run",
        "--maxWorkers=1",
        "--testTimeout=600000",
        "--reporter=json",
        `--outputFile=${report}`,
        "-t",
        titles,
        file,
      ];
      const env = { ...process.env, DYNAMODB_ENDPOINT: moto.endpoint };
      const vitest = ["node_modules/vitest/vitest.mjs", ...asked];
      // Exits with 1 where a test fails: the report tells which.
      await new Promise<void>((resolve) => execFile(process.execPath, vitest, { cwd, env }, () => resolve()));
      const { testResults } = JSON.parse(readFileSync(report, "utf8")) as Report;
      rmSync(report);
      const tests = testResults
        .flatMap(({ assertionResults }) => assertionResults)
        .filter(({ status }) => status === "passed" || status === "failed");
      if (tests.length === 0) throw new Error(`no test of ${file} ran on moto`);
      for (const { fullName, status, failureMessages } of tests)
        found.push({ title: fullName, isPassed: status === "passed", message: failureMessages?.[0] ?? "" });
    }
    return found;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
