import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { BENCHMARKS, type BenchmarkName, LONG } from "./benchmarks.ts";
import { checkAVend } from "./cpu/check-a-vend.ts";
import { EXIT_CODES } from "./cpu/regression.ts";
import { picturedIn, withPicture } from "./picture.ts";
import { printRows } from "./print-rows.ts";
import type { Row } from "./row.ts";
import { withRatio, yardstickMs } from "./with-ratio.ts";
import { within } from "./within.ts";

const NAMES = Object.keys(BENCHMARKS) as BenchmarkName[];

/** Time after which a benchmark counts as hanging, and the check of a vend. */
const MOST_SECONDS = { benchmark: 90, check: 600 } as const;

const HELP = `npm run bench                       every target of docs/design.md#targets, beside what is measured here
npm run bench -- --only cpu,cost    some of them: ${NAMES.join(", ")}
npm run bench -- --only sustained --minutes 5 --per-second 100    endings, for so long; only where it is asked for
npm run bench -- --only starving --minutes 10                      an agent beside one with every trick
npm run bench -- --only openbao --bao FILE --bao-aws FILE         beside OpenBao, whose programs you have built
npm run bench -- --check            fails where a vend takes 20 % more CPU than is kept in test/bench/cpu/regression.ts
npm run bench -- --only cold,cpu --picture    draws the picture of docs/performance.md from what it measured
npm run bench -- --json             the rows as JSON on standard output

Everything runs on this machine, on loopback. A missed target is printed as MISSED and is no error of the run: the exit
code is 1 only where something could not be measured. Figures of a busy machine are worse than those of a quiet one.

--check compares a vend with the bare libraries in turn, so that a busy machine slows both, and measures on until it is
99 % certain. Its exit codes: 0 within the bound, 3 a regression, 4 too noisy to tell, 1 not measured, 2 wrong usage.`;

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    json: { type: "boolean" },
    check: { type: "boolean" },
    picture: { type: "boolean" },
    minutes: { type: "string", default: "5" },
    "per-second": { type: "string", default: "100" },
    bao: { type: "string" },
    "bao-aws": { type: "string" },
    help: { type: "boolean", short: "h" },
  },
});
const bao = values.bao && values["bao-aws"] ? { server: values.bao, plugin: values["bao-aws"] } : undefined;
const [minutes, perSecond] = [Number(values.minutes), Number(values["per-second"])];
if (!(minutes > 0 && minutes <= 60 && perSecond >= 1 && perSecond <= 1_000)) {
  console.error("--minutes takes a number from above 0 to 60, --per-second one from 1 to 1000");
  process.exit(2);
}
if (values.check && (values.only !== undefined || values.json)) {
  console.error("--check stands alone: it measures a vend, and its result is the exit code");
  process.exit(2);
}
if (values.help) console.log(HELP);
else if (values.check) process.exit(await check());
// Exits explicitly, since an abandoned benchmark may block the process's end.
else process.exit(await main(chosen(values.only)));

async function main(names: readonly BenchmarkName[]): Promise<number> {
  // Load of the machine before the run: other work makes every time longer.
  const [loadBefore = 0] = loadavg();
  const workDir = mkdtempSync(join(tmpdir(), "valetkey-bench-"));
  const rows: Row[] = [];
  let failures = 0;
  try {
    for (const name of names) {
      const say = (line: string): void => console.error(`${name}: ${line}`);
      try {
        const run = {
          say,
          workDir: mkdtempSync(join(workDir, name)),
          minutes,
          perSecond,
          ...(bao ? { bao } : {}),
        };
        const most = MOST_SECONDS.benchmark + (LONG.includes(name) ? 180 * minutes : 0);
        const before = await yardstickMs();
        const measured = await within(most, BENCHMARKS[name](run));
        const bareMs = (before + (await yardstickMs())) / 2;
        rows.push(...measured.map((row) => withRatio(row, bareMs)));
      } catch (error) {
        failures += 1;
        say(`could not be measured: ${error instanceof Error ? error.stack : error}`);
      }
    }
  } finally {
    rmSync(workDir, { recursive: true, force: true });
  }
  if (values.picture) draw(rows);
  const machine = { node: process.version, cpu: cpus()[0]?.model ?? "unknown", cores: cpus().length, loadBefore };
  if (values.json) console.log(JSON.stringify({ machine, rows }, null, 2));
  else
    console.log(
      `Node ${machine.node}, ${machine.cores} x ${machine.cpu}, load ${loadBefore.toFixed(1)} before the run\n\n${printRows(rows)}`,
    );
  return failures > 0 ? 1 : 0;
}

/** Replaces the picture of docs/performance.md. */
function draw(rows: readonly Row[]): void {
  const page = new URL("../../docs/performance.md", import.meta.url);
  writeFileSync(page, withPicture(readFileSync(page, "utf8"), picturedIn(rows)));
}

/** Compares a vend with the recorded ratio. @returns exit code. */
async function check(): Promise<number> {
  const workDir = mkdtempSync(join(tmpdir(), "valetkey-bench-"));
  try {
    return EXIT_CODES[await within(MOST_SECONDS.check, checkAVend(workDir, console.log))];
  } catch (error) {
    console.error(`could not be measured: ${error instanceof Error ? error.stack : error}`);
    return 1;
  } finally {
    rmSync(workDir, { recursive: true, force: true });
  }
}

function chosen(only: string | undefined): readonly BenchmarkName[] {
  if (only === undefined) return NAMES.filter((name) => !LONG.includes(name));
  const wanted = only.split(",");
  const unknown = wanted.filter((name) => !(name in BENCHMARKS));
  if (unknown.length > 0) {
    console.error(`there is no benchmark ${unknown.join(", ")}; they are ${NAMES.join(", ")}`);
    process.exit(2);
  }
  return NAMES.filter((name) => wanted.includes(name));
}
