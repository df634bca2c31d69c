import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { CollectedTest } from "./collected-tests.ts";
import { failureOf, loadTests } from "./load-tests.ts";

/** State that the code that Stryker instruments looks at. */
interface Instrumented {
  activeMutant?: string | undefined;
  currentTestId?: string | undefined;
  hitCount?: number | undefined;
  hitLimit?: number | undefined;
  mutantCoverage?: { readonly perTest: Readonly<Record<string, Readonly<Record<string, number>>>> };
}

/** Run of the tests against one mutant, as Stryker asks for it. */
interface MutantRun {
  readonly activeMutant: { readonly id: string };
  readonly testFilter?: readonly string[];
  /** Milliseconds, with a fraction. */
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
/** Notes of the run without a mutant, in the sandbox of this run: a process that Stryker starts anew finds them there. */
const NOTES = "run-without-mutant.json";

/** Duration of each test in milliseconds, and how often it reaches each mutant. */
interface Notes {
  readonly took: Readonly<Record<string, number>>;
  readonly reached: NonNullable<Instrumented["mutantCoverage"]>["perTest"];
}

/** Factor and addend by which a mutant may be reached more often than without it: a loop that goes on for longer has no end. */
const [MORE_ROUNDS, ROUNDS] = [20, 20_000];

/** Stryker's numbers for how a test ended. */
const [SUCCESS, FAILED] = [0, 1];

/**
 * Runs tests against mutants in the process that has imported everything already: a mutant costs as much as the tests that it is caught by, some milliseconds. After each
 * mutant that was caught, the test that caught it must pass without it: no mutant is caught by what another one has left behind.
 */
export class InProcessRunner {
  readonly #load: () => Promise<readonly CollectedTest[]>;
  readonly #instrumented: Instrumented = {};
  readonly #notesPath: string;
  #tests: readonly CollectedTest[] = [];
  #notes: Notes = { took: {}, reached: {} };

  constructor(load = loadTests, notesPath = NOTES) {
    this.#load = load;
    this.#notesPath = notesPath;
  }

  capabilities() {
    return { reloadEnvironment: true };
  }

  async init(): Promise<void> {
    // The code takes the state that is there when it is imported.
    Object.assign(globalThis, { __stryker__: this.#instrumented });
    this.#tests = await this.#load();
    if (existsSync(this.#notesPath)) this.#notes = JSON.parse(readFileSync(this.#notesPath, "utf8"));
  }

  /** Runs all tests without a mutant, and notes which test reaches which mutants. */
  async dryRun() {
    const tests: object[] = [];
    const took: Record<string, number> = {};
    for (const test of this.#tests) {
      this.#instrumented.currentTestId = test.id;
      const beganAtMs = performance.now();
      const failureMessage = await failureOf(test);
      const timeSpentMs = performance.now() - beganAtMs;
      took[test.id] = timeSpentMs;
      const status = failureMessage === undefined ? SUCCESS : FAILED;
      tests.push({ id: test.id, name: test.id, timeSpentMs, status, failureMessage });
    }
    this.#instrumented.currentTestId = undefined;
    this.#notes = { took, reached: this.#instrumented.mutantCoverage?.perTest ?? {} };
    writeFileSync(this.#notesPath, JSON.stringify(this.#notes));
    return { status: "complete", tests, mutantCoverage: this.#instrumented.mutantCoverage };
  }

  async mutantRun(run: MutantRun) {
    return run.mutantActivation === "static" ? inOwnProcess(run) : this.#here(run);
  }

  async #here({ activeMutant: { id: mutant }, testFilter }: MutantRun) {
    const { took, reached } = this.#notes;
    const tests = this.#tests
      .filter(({ id }) => testFilter?.includes(id) ?? true)
      .sort((one, other) => (took[one.id] ?? 0) - (took[other.id] ?? 0));
    for (const [index, test] of tests.entries()) {
      const hitLimit = (reached[test.id]?.[mutant] ?? 0) * MORE_ROUNDS + ROUNDS;
      Object.assign(this.#instrumented, { activeMutant: mutant, hitCount: 0, hitLimit });
      const failureMessage = await failureOf(test);
      const { hitCount = 0 } = this.#instrumented;
      Object.assign(this.#instrumented, { activeMutant: undefined, hitCount: undefined, hitLimit: undefined });
      if (hitCount > hitLimit) return { status: "timeout", reason: "more rounds than allowed" };
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
    timeout: Math.ceil(timeout),
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
