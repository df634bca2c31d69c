/**
 * Joins the controls with the results of tests, and writes `docs/evidence.md` and `reports/evidence.json`. Fails where a file, a symbol or a test is
 * missing, skipped or red.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { CONTROLS } from "../../client/audit/controls/controls.ts";
import { formatFile } from "../../tools/format-file.ts";
import { faultsOf, resultFaults } from "./faults.ts";
import { renderPage } from "./page.ts";
import { runTests } from "./run-tests.ts";
import {
  attackHash,
  attacksIn,
  contentHash,
  copyRepository,
  dueAttacks,
  type Named,
  type SeenRed,
  switchOff,
  unseen,
} from "./sensitivity.ts";
import { readResults, resultsOf, type TestResults } from "./test-results.ts";

const HELP = `npm run evidence: which control is met by what, and which test could refute it.

  npm run evidence                              runs the tests that attack each claim, and writes docs/evidence.md
  npm run evidence -- --results reports/tests.json   takes the results of a run that was made with
                                                npm run test:all -- --reporter=default --reporter=json --outputFile.json=reports/tests.json
  npm run evidence -- --sensitivity             switches a mechanism off where it or its attack's test has changed since
                                                the last run, and wants the test red
  npm run evidence -- --sensitivity --all         each mechanism, changed or not
  npm run evidence -- --sensitivity --only NHI4   those of one control

Exit: 0 everything holds; 1 something does not, which is listed; 64 wrong usage.`;

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const SEEN = join(ROOT, "test/evidence/seen-red.json");

const readJson = (file: string) => JSON.parse(readFileSync(file, "utf8"));

/** Prints the fault of the command line and the help, and ends the process. */
function misused(why: string): never {
  console.error(`${why}\n\n${HELP}`);
  process.exit(64);
}

function options() {
  try {
    return parseArgs({
      options: {
        results: { type: "string" },
        sensitivity: { type: "boolean", default: false },
        all: { type: "boolean", default: false },
        only: { type: "string" },
        help: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    return misused(error instanceof Error ? error.message : String(error));
  }
}

function readFile(path: string): string | undefined {
  try {
    return readFileSync(join(ROOT, path), "utf8");
  } catch {
    return undefined;
  }
}

/** Prints the faults, and ends the process where there are any. */
function demandNone(faults: readonly string[]): void {
  if (faults.length === 0) return;
  for (const fault of faults) console.error(fault);
  process.exit(1);
}

/** Switches mechanisms off, one at a time, and records the attacks that turned red. */
async function trySwitches(chosen: readonly Named[]): Promise<void> {
  const before: readonly SeenRed[] = readJson(SEEN);
  const now: SeenRed[] = [];
  const faults: string[] = [];
  console.error(`Switching ${chosen.length} of ${attacksIn(CONTROLS).length} mechanisms off ...`);
  const copy = copyRepository(ROOT);
  try {
    for (const { id, attack } of chosen) {
      const fault = await switchOff(attack, copy.folder);
      console.error(`${fault ? "FAULT" : "red  "} ${id} ${attack.test}`);
      if (fault) faults.push(`${id}: "${attack.test}" ${fault}`);
      else {
        const hashes = { attack: attackHash(attack), sha256: contentHash(attack, readFile) };
        now.push({ id, test: attack.test, ...hashes, on: new Date().toISOString().slice(0, 10) });
      }
    }
  } finally {
    copy.remove();
  }
  const tried = new Set(chosen.map(({ attack }) => attackHash(attack)));
  const seen = attacksIn(CONTROLS).flatMap(({ id, attack }) => {
    const hash = attackHash(attack);
    return (tried.has(hash) ? now : before).filter((each) => each.id === id && each.attack === hash);
  });
  writeFileSync(SEEN, JSON.stringify(seen, undefined, 2));
  formatFile(SEEN);
  demandNone(faults);
}

/** Writes the page, and a JSON report with each test's result. */
function write(results: TestResults): void {
  const page = join(ROOT, "docs/evidence.md");
  writeFileSync(page, renderPage(CONTROLS, readJson(SEEN)));
  const report = join(ROOT, "reports/evidence.json");
  mkdirSync(join(ROOT, "reports"), { recursive: true });
  const joined = CONTROLS.map((control) => ({
    ...control,
    attacks: control.attacks.map((attack) => ({ ...attack, results: resultsOf(attack.test, results) })),
  }));
  writeFileSync(report, `${JSON.stringify({ at: new Date().toISOString(), controls: joined }, undefined, 2)}\n`);
  const tests = joined.reduce((count, { attacks }) => count + attacks.flatMap((each) => each.results).length, 0);
  const met = CONTROLS.filter(({ verdict }) => verdict === "met").length;
  console.log(
    JSON.stringify({
      controls: CONTROLS.length,
      met,
      tests,
      page: "docs/evidence.md",
      report: "reports/evidence.json",
    }),
  );
}

const given = options();
if (given.help) {
  console.log(HELP);
  process.exit(0);
}
const { only } = given;
if (only !== undefined && !attacksIn(CONTROLS).some(({ id }) => id === only))
  misused(`No control ${only} has a mechanism to switch off.`);
demandNone(faultsOf(CONTROLS, readFile));
if (given.sensitivity) {
  const attacks =
    given.all || only !== undefined ? attacksIn(CONTROLS) : dueAttacks(CONTROLS, readJson(SEEN), readFile);
  await trySwitches(attacks.filter(({ id }) => only === undefined || id === only));
}
const tests = CONTROLS.flatMap(({ attacks }) => attacks.map(({ test }) => test));
if (!given.results) console.error(`Running the ${tests.length} attacks of client/audit/controls/ ...`);
const results = given.results ? readResults(readFileSync(given.results, "utf8"), ROOT) : await runTests(tests, ROOT);
demandNone([...unseen(CONTROLS, readJson(SEEN)), ...resultFaults(CONTROLS, results)]);
write(results);
