import { spawnSync } from "node:child_process";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { UNAVAILABLE } from "./install.ts";
import { JUDGE_NAMES, JUDGES, type Judge, type JudgeName } from "./judges.ts";

const HELP = `npm run judges -- [--quick] [--json] [NAME...]

Programs that others wrote judge what valetkey does. Each has an environment of its own, under build/judges. Without a name, all run.
Exits with 1 where one of them found something, or where a judge that is named cannot run here.

  --quick   only the judges that .ci/run runs
  --json    the last line is JSON

${JUDGE_NAMES.map((name) => `  ${name.padEnd(16)}${JUDGES[name].judges}`).join("\n")}

Examples:
  npm run judges -- cedar-go
  npm run judges -- --quick
`;

/** Go and cargo are often installed where no shell looks. */
const PATH = [process.env.PATH, "/usr/local/go/bin", join(homedir(), ".cargo/bin")].join(delimiter);

interface Outcome {
  readonly judge: JudgeName;
  readonly outcome: "confirmed" | "found" | "left out";
  /** Program or packages that are missing here. */
  readonly missing?: string;
  readonly seconds: number;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
const isJudge = (name: string): name is JudgeName => Object.hasOwn(JUDGES, name);
const unknown = positionals.find((name) => !isJudge(name));
if (values.help || unknown !== undefined) {
  process.stdout.write(unknown === undefined ? HELP : `${unknown} is no judge\n\n${HELP}`);
  process.exit(values.help ? 0 : 64);
}

const named = positionals.filter(isJudge);
const asked = (named.length > 0 ? named : JUDGE_NAMES).filter((name) => !values.quick || JUDGES[name].isQuick);
const outcomes = asked.map(run);
for (const { judge, outcome, missing, seconds } of outcomes)
  process.stdout.write(
    missing === undefined
      ? `${judge}: ${outcome} (${seconds} s)\n`
      : `LEFT OUT: ${judge} needs ${missing}: ${JUDGES[judge].judges}\n`,
  );
if (values.json) process.stdout.write(`${JSON.stringify(outcomes)}\n`);
const isBad = ({ judge, outcome }: Outcome) => outcome === "found" || (outcome === "left out" && named.includes(judge));
process.exitCode = outcomes.some(isBad) ? 1 : 0;

/** Runs one judge in a process of its own. */
function run(name: JudgeName): Outcome {
  const judge: Judge = JUDGES[name];
  const startedAtMs = performance.now();
  const missing = judge.needs.find((program) => !isInstalled(program));
  if (missing !== undefined) return { judge: name, outcome: "left out", missing, seconds: 0 };
  process.stdout.write(`\n== ${name}: ${judge.judges}\n`);
  const script = fileURLToPath(new URL(`${name}/run.ts`, import.meta.url));
  const { status } = spawnSync(process.execPath, [script], { stdio: "inherit", env: { ...process.env, PATH } });
  const seconds = Math.round((performance.now() - startedAtMs) / 1_000);
  if (status === UNAVAILABLE) return { judge: name, outcome: "left out", missing: "packages from a registry", seconds };
  return { judge: name, outcome: status === 0 ? "confirmed" : "found", seconds };
}

function isInstalled(program: NonNullable<Judge["needs"][number]>): boolean {
  const version = { cargo: ["--version"], go: ["version"], python3: ["-c", "import venv, ensurepip"] }[program];
  return spawnSync(program, version, { stdio: "ignore", env: { ...process.env, PATH } }).status === 0;
}
