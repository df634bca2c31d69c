import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { CollectedTest } from "./collected-tests.ts";
import { failureOf, loadTests } from "./load-tests.ts";

/** State that code instrumented by Stryker reads at each place of a mutant that it reaches. */
class Instrumented {
  currentTestId?: string | undefined;
  mutantCoverage?: unknown;
  #mutant: string | undefined;
  #places = 0;
  #most = Number.POSITIVE_INFINITY;

  /** Begins a test with the mutant, and with a bound on the places that the test reaches. */
  begin(mutant: string | undefined, most = Number.POSITIVE_INFINITY): void {
    this.#mutant = mutant;
    this.#places = 0;
    this.#most = most;
  }

  /** Number of places that the test has reached. */
  get places(): number {
    return this.#places;
  }

  get isOver(): boolean {
    return this.#places > this.#most;
  }

  /** The mutant under test. @throws {RangeError} in an endless loop. */
  get activeMutant(): string | undefined {
    this.#places += 1;
    if (this.isOver) throw new RangeError("more rounds than allowed");
    return this.#mutant;
  }
}

/** Run of the tests against one mutant, as Stryker requests it. */
interface MutantRun {
  readonly activeMutant: { readonly id: string };
  readonly testFilter?: readonly string[];
  /** Milliseconds, with a fraction. */
  readonly timeout: number;
  /** `static`: the mutant is in code that runs when its module is imported. */
  readonly mutantActivation: "runtime" | "static";
}

/** Result of a run of all tests in a process of its own. */
export interface OwnRun {
  readonly killedBy?: string;
  readonly failureMessage?: string;
  readonly tests: number;
}

/** File descriptor of the result of a process of its own. */
export const RESULT = 3;

const OWN_PROCESS = fileURLToPath(new URL("./run-static-mutant.ts", import.meta.url));
/**
 * File with the notes of the run without a mutant, in the sandbox. A process that Stryker restarts finds them there.
 */
const NOTES = "run-without-mutant.json";

/** Duration of each test in milliseconds, and the number of places of mutants that it reaches. */
type Notes = Readonly<Record<string, { readonly tookMs: number; readonly places: number }>>;

/**
 * Factor and addend: a test may reach this many more places with a mutant than without. A loop beyond that counts as
 * endless.
 */
const [MORE_PLACES, PLACES] = [20, 1_000_000];

/** Number of tests that killed mutants recently and are tried first. */
const LATE_CATCHERS = 8;

/** Stryker's codes for the result of a test. */
const [SUCCESS, FAILED] = [0, 1];

/**
 * Runs tests against mutants in the process that has imported everything already. A mutant costs only the tests until
 * one kills it, some milliseconds. After each killed mutant, the test that killed it must pass without the mutant. No
 * mutant is killed by the leftovers of another.
 */
export class InProcessRunner {
  readonly #load: () => Promise<readonly CollectedTest[]>;
  readonly #instrumented = new Instrumented();
  readonly #notesPath: string;
  #tests: readonly CollectedTest[] = [];
  #notes: Notes = {};
  /** Tests that killed mutants, the latest first. Neighbouring mutants are killed by the same tests. */
  #catchers: readonly string[] = [];

  constructor(load = loadTests, notesPath = NOTES) {
    this.#load = load;
    this.#notesPath = notesPath;
  }

  capabilities() {
    return { reloadEnvironment: true };
  }

  async init(): Promise<void> {
    // The instrumented code reads the global state when it is imported.
    Object.assign(globalThis, { __stryker__: this.#instrumented });
    this.#tests = await this.#load();
    if (existsSync(this.#notesPath)) this.#notes = JSON.parse(readFileSync(this.#notesPath, "utf8"));
  }

  /** Runs all tests without a mutant, and notes which test reaches which mutants. */
  async dryRun() {
    const tests: object[] = [];
    const notes: Record<string, Notes[string]> = {};
    for (const test of this.#tests) {
      this.#instrumented.currentTestId = test.id;
      this.#instrumented.begin(undefined);
      const beganAtMs = performance.now();
      const failureMessage = await failureOf(test);
      const timeSpentMs = performance.now() - beganAtMs;
      notes[test.id] = { tookMs: timeSpentMs, places: this.#instrumented.places };
      const status = failureMessage === undefined ? SUCCESS : FAILED;
      tests.push({ id: test.id, name: test.id, timeSpentMs, status, failureMessage });
    }
    this.#instrumented.currentTestId = undefined;
    this.#notes = notes;
    writeFileSync(this.#notesPath, JSON.stringify(notes));
    return { status: "complete", tests, mutantCoverage: this.#instrumented.mutantCoverage };
  }

  async mutantRun(run: MutantRun) {
    return run.mutantActivation === "static" ? this.#inOwnProcess(run) : this.#here(run);
  }

  /** Runs all tests in a process in which the mutant is active from the start. */
  #inOwnProcess({ activeMutant, timeout }: MutantRun) {
    const order = this.#inOrder(this.#tests).map(({ id }) => id);
    const { error, status, stderr, output } = spawnSync(process.execPath, [OWN_PROCESS, activeMutant.id], {
      encoding: "utf8",
      input: JSON.stringify(order),
      stdio: ["pipe", "ignore", "pipe", "pipe"],
      timeout: Math.ceil(timeout),
    });
    if (error !== undefined) return { status: "timeout", reason: error.message };
    if (status !== 0) return { status: "error", errorMessage: stderr };
    const { killedBy, failureMessage = "", tests } = JSON.parse(output[RESULT] ?? "") as OwnRun;
    if (killedBy === undefined) return { status: "survived", nrOfTests: tests };
    this.#caught(killedBy);
    return { status: "killed", killedBy: [killedBy], failureMessage, nrOfTests: tests };
  }

  async #here({ activeMutant, testFilter }: MutantRun) {
    const tests = this.#inOrder(this.#tests.filter(({ id }) => testFilter?.includes(id) ?? true));
    for (const [index, test] of tests.entries()) {
      this.#instrumented.begin(activeMutant.id, (this.#notes[test.id]?.places ?? 0) * MORE_PLACES + PLACES);
      const failureMessage = await failureOf(test);
      const { isOver } = this.#instrumented;
      this.#instrumented.begin(undefined);
      if (isOver) return { status: "timeout", reason: "more rounds than allowed" };
      if (failureMessage === undefined) continue;
      this.#caught(test.id);
      // Stryker restarts the process and tries again.
      if ((await failureOf(test)) !== undefined) throw new Error(`${test.id} fails without a mutant`);
      return { status: "killed", killedBy: [test.id], failureMessage, nrOfTests: index + 1 };
    }
    return { status: "survived", nrOfTests: tests.length };
  }

  #caught(by: string): void {
    this.#catchers = [...new Set([by, ...this.#catchers])].slice(0, LATE_CATCHERS);
  }

  /** Sorts late catchers first, then the quickest. */
  #inOrder(tests: readonly CollectedTest[]): readonly CollectedTest[] {
    return tests.toSorted((one, other) => this.#orderOf(one) - this.#orderOf(other));
  }

  /** Negative for late catchers. For other tests the milliseconds that the test takes. */
  #orderOf({ id }: CollectedTest): number {
    const place = this.#catchers.indexOf(id);
    return place < 0 ? (this.#notes[id]?.tookMs ?? 0) : place - LATE_CATCHERS;
  }
}

export const strykerPlugins = [
  { kind: "TestRunner", name: "in-process", factory: Object.assign(() => new InProcessRunner(), { inject: [] }) },
];
