import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { CollectedTest } from "./collected-tests.ts";
import { failureOf, loadTests } from "./load-tests.ts";

/** State that the code that Stryker instruments looks at. */
interface Instrumented {
  activeMutant?: string | undefined;
  currentTestId?: string | undefined;
  hitCount?: number | undefined;
  hitLimit?: number | undefined;
  mutantCoverage?: unknown;
}

/** Run of the tests against one mutant, as Stryker asks for it. */
interface MutantRun {
  readonly activeMutant: { readonly id: string };
  readonly testFilter?: readonly string[];
  readonly hitLimit?: number;
  readonly timeout: number;
  /** `static`: the mutant is in code that runs when its module is imported. */
  readonly mutantActivation: "runtime" | "static";
}

/** Answer of a run of all tests in a process of its own. */
export interface OwnRun {
  readonly killedBy?: string;
  readonly failureMessage?: string;
  readonly tests: number;
}

const OWN_PROCESS = fileURLToPath(new URL("./run-static-mutant.ts", import.meta.url));
/** Stryker's numbers for how a test ended. */
const [SUCCESS, FAILED] = [0, 1];

/**
 * Runs tests against mutants in the process that has imported everything already: a mutant costs as much as the tests that it is caught by, some milliseconds. After each
 * mutant that was caught, the test that caught it must pass without it: no mutant is caught by what another one has left behind.
 */
export class InProcessRunner {
  readonly #load: () => Promise<readonly CollectedTest[]>;
  readonly #instrumented: Instrumented = {};
  #tests: readonly CollectedTest[] = [];
  readonly #took = new Map<string, number>();

  constructor(load = loadTests) {
    this.#load = load;
  }

  capabilities() {
    return { reloadEnvironment: true };
  }

  async init(): Promise<void> {
    // The code takes the state that is there when it is imported.
    Object.assign(globalThis, { __stryker__: this.#instrumented });
    this.#tests = await this.#load();
  }

  /** Runs all tests without a mutant, and notes which test reaches which mutants. */
  async dryRun() {
    const tests: object[] = [];
    for (const test of this.#tests) {
      this.#instrumented.currentTestId = test.id;
      const beganAtMs = performance.now();
      const failureMessage = await failureOf(test);
      const timeSpentMs = performance.now() - beganAtMs;
      this.#took.set(test.id, timeSpentMs);
      const status = failureMessage === undefined ? SUCCESS : FAILED;
      tests.push({ id: test.id, name: test.id, timeSpentMs, status, failureMessage });
    }
    this.#instrumented.currentTestId = undefined;
    return { status: "complete", tests, mutantCoverage: this.#instrumented.mutantCoverage };
  }

  async mutantRun(run: MutantRun) {
    return run.mutantActivation === "static" ? inOwnProcess(run) : this.#here(run);
  }

  async #here({ activeMutant, testFilter, hitLimit }: MutantRun) {
    const tests = this.#tests
      .filter(({ id }) => testFilter?.includes(id) ?? true)
      .sort((one, other) => (this.#took.get(one.id) ?? 0) - (this.#took.get(other.id) ?? 0));
    for (const [index, test] of tests.entries()) {
      const limited = hitLimit === undefined ? {} : { hitCount: 0, hitLimit };
      Object.assign(this.#instrumented, { activeMutant: activeMutant.id, ...limited });
      const failureMessage = await failureOf(test);
      const { hitCount = 0 } = this.#instrumented;
      Object.assign(this.#instrumented, { activeMutant: undefined, hitCount: undefined, hitLimit: undefined });
      if (hitLimit !== undefined && hitCount > hitLimit)
        return { status: "timeout", reason: "more rounds than allowed" };
      if (failureMessage === undefined) continue;
      // Stryker starts a new process and tries again.
      if ((await failureOf(test)) !== undefined) throw new Error(`${test.id} fails without a mutant`);
      return { status: "killed", killedBy: [test.id], failureMessage, nrOfTests: index + 1 };
    }
    return { status: "survived", nrOfTests: tests.length };
  }
}

/** Runs all tests in a process in which the mutant is there from the start. */
function inOwnProcess({ activeMutant, timeout }: MutantRun) {
  const { error, status, stdout, stderr } = spawnSync(process.execPath, [OWN_PROCESS, activeMutant.id], {
    encoding: "utf8",
    timeout,
  });
  if (error !== undefined) return { status: "timeout", reason: error.message };
  if (status !== 0) return { status: "error", errorMessage: stderr };
  const { killedBy, failureMessage = "", tests } = JSON.parse(stdout) as OwnRun;
  if (killedBy === undefined) return { status: "survived", nrOfTests: tests };
  return { status: "killed", killedBy: [killedBy], failureMessage, nrOfTests: tests };
}

export const strykerPlugins = [
  { kind: "TestRunner", name: "in-process", factory: Object.assign(() => new InProcessRunner(), { inject: [] }) },
];
