import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { INLINE_POLICY_CHARACTERS } from "../../../functions/core/revocation/render.ts";
import { costOfAMillion } from "../cost/cost-of-a-million.ts";
import { type Minute, simulateDay } from "./day.ts";
import { type LargestLoad, largestLoad, STS_A_SECOND } from "./largest-load.ts";
import { HELP, type SimOptions, simOptions } from "./options.ts";
import { plot } from "./plot.ts";

function read(argv: readonly string[]): SimOptions | "help" {
  try {
    return simOptions(argv);
  } catch (error) {
    console.error(`sim: ${error instanceof Error ? error.message : error}`);
    process.exit(2);
  }
}

async function simulate(options: SimOptions): Promise<number> {
  const minutes = simulateDay(options, progress);
  if (process.stderr.isTTY) process.stderr.write("\n");
  const load = largestLoad(options);
  const dollars = options.cost ? await dollarsOfAMillion() : undefined;
  if (options.svg) writeFileSync(options.svg, plot(minutes, titleOf(options)));
  const day = summaryOf(minutes, options, dollars);
  if (options.json) console.log(JSON.stringify({ options, day, largest: load }, null, 2));
  else console.log(described(options, day, load));
  return 0;
}

/** Prints progress, a line for each tenth of the day. On a terminal, each line replaces the last. */
function progress(share: number): void {
  const percent = Math.round(share * 1_440) % 144 === 0 ? Math.round(share * 100) : undefined;
  if (percent !== undefined)
    process.stderr.write(
      `${process.stderr.isTTY ? "\r" : ""}sim: ${percent} % of the day${process.stderr.isTTY ? "" : "\n"}`,
    );
}

async function dollarsOfAMillion(): Promise<number> {
  const workDir = mkdtempSync(join(tmpdir(), "valetkey-sim-"));
  try {
    const [row] = await costOfAMillion({
      say: (line) => console.error(`sim: cost: ${line}`),
      workDir,
      minutes: 0,
      perSecond: 0,
    });
    return row?.figures.dollars ?? Number.NaN;
  } finally {
    rmSync(workDir, { recursive: true, force: true });
  }
}

const most = (minutes: readonly Minute[], of: (minute: Minute) => number): number => Math.max(...minutes.map(of));

function summaryOf(minutes: readonly Minute[], { rate }: SimOptions, dollars: number | undefined) {
  return {
    tasks: Math.round(minutes.reduce((sum, { beganASecond }) => sum + beganASecond * 60, 0)),
    mostAlive: most(minutes, ({ alive }) => alive),
    mostStsASecond: most(minutes, ({ stsASecond }) => stsASecond),
    mostWritesASecondOfARole: most(minutes, ({ writesASecond }) => writesASecond),
    mostPolicyCharacters: most(minutes, ({ characters }) => characters),
    minutesOverflowing: minutes.filter(({ overflowing }) => overflowing > 0).length,
    mostSweepSeconds: most(minutes, ({ sweepLagSeconds }) => sweepLagSeconds),
    ...(dollars === undefined ? {} : { dollarsADay: (dollars * rate * 86_400) / 1_000_000 }),
  };
}

const titleOf = ({ rate, peak, lifeSeconds, roles }: SimOptions): string =>
  `A day of ${rate} tasks a second (${peak} times that at its busiest) that live ${lifeSeconds} s, over ${roles} task roles`;

function described(options: SimOptions, day: ReturnType<typeof summaryOf>, load: LargestLoad): string {
  const overflow =
    day.minutesOverflowing === 0
      ? "never too large"
      : `TOO LARGE in ${day.minutesOverflowing} minutes of the day: new tasks would be answered 429 before that`;
  const rows = [
    ["tasks in the day", day.tasks.toLocaleString("en")],
    ["alive at most", day.mostAlive.toLocaleString("en")],
    ["fullest revocation policy", `${day.mostPolicyCharacters} of ${INLINE_POLICY_CHARACTERS} characters; ${overflow}`],
    ["IAM writes of one role", `${day.mostWritesASecondOfARole} a second at most (one writer for each role)`],
    ["STS calls", `${day.mostStsASecond} in the busiest second, of ${STS_A_SECOND} (account and Region)`],
    ["sweep", `${day.mostSweepSeconds.toFixed(2)} s for the fullest minute's due tasks`],
    ...("dollarsADay" in day
      ? [["cost", `$${day.dollarsADay?.toFixed(2)} a day at list prices, by the bench's count`]]
      : []),
    [
      "largest load",
      `${load.tasksASecond.toFixed(1)} tasks a second at the busiest, limited by ${load.by === "policy" ? "the size of the policy" : "STS"}`,
    ],
    ["raise next", load.next],
  ];
  return `${titleOf(options)}\n\n${rows.map(([name = "", value]) => `  ${name.padEnd(26)}${value}`).join("\n")}\n${options.svg ? `\nplotted to ${options.svg}\n` : ""}`;
}

const options = read(process.argv.slice(2));
if (options === "help") console.log(HELP);
else process.exit(await simulate(options));
