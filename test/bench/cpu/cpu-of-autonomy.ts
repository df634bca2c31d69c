import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { MOST_CONDITIONS } from "../../../contract/limits.ts";
import type { Deployment } from "../../../functions/core/deployment/deployment.ts";
import { tokenEndpoint } from "../../../functions/exchange/token-endpoint.ts";
import { DEPLOYMENT } from "../../fakes/world/world.ts";
import { benchPolicies } from "../policies/bench-policies.ts";
import { type Row, type Run, verdict } from "../row.ts";
import { median } from "../statistics.ts";
import { cpuMs } from "./cpu-time.ts";
import { type VendInMemory, vendInMemory } from "./vend-in-memory.ts";

const WARM_UP = 500;
const SAMPLES = 3_000;
const MOST_RATIO = 1.02;

const AUTONOMOUS = fileURLToPath(new URL("../policies/autonomous.cedar", import.meta.url));
/** Additions of autonomy to a policy: annotations, and clauses on conditions. */
const ADDED = /^@(?:budget|label)\(.*\n| unless \{ context\.conditions\..* \}/gm;

const { conditions: _, conflicts: __, ...PLAIN } = DEPLOYMENT;
const DEFINED: Partial<Deployment> = {
  conditions: Array.from({ length: MOST_CONDITIONS }, (_, index) => ({
    ...{ name: `condition-${index}`, kind: "restricts", scopes: ["hub", "account", "team", "agent"] },
    longestSeconds: 3_600,
  })),
  conflicts: [{ a: "drafts", b: "notices", scope: "agent", windowSeconds: 3_600 }],
};

/** Measures the CPU time that conditions, budgets and labels cost a vend to which none of them applies, beside the same policies without them. */
export async function cpuOfAutonomy({ say, workDir }: Run): Promise<readonly Row[]> {
  const text = readFileSync(AUTONOMOUS, "utf8");
  const without = await variant(join(workDir, "without"), text.replace(ADDED, ""), PLAIN);
  const beside = await variant(join(workDir, "with"), text, { ...PLAIN, ...DEFINED });
  say(`${WARM_UP + SAMPLES} vends with conditions, a budget and labels, each beside one without`);
  await inTurn(without, beside, WARM_UP);
  const { plain, autonomous } = await inTurn(without, beside, SAMPLES);
  const [p50, plainP50] = [median(autonomous), median(plain)];
  const ratio = p50 / plainP50;
  return [
    {
      name: "CPU time of a vend to which no condition, budget or label applies",
      measured: `${ratio.toFixed(3)} times a vend without any`,
      target: `<= ${MOST_RATIO} times`,
      verdict: verdict(ratio <= MOST_RATIO),
      notes: [
        `p50 ${p50.toFixed(2)} ms beside ${plainP50.toFixed(2)} ms, in turn; ${MOST_CONDITIONS} conditions are defined and none holds, two permits of other calls have a budget, labels and clauses on conditions`,
      ],
      figures: { p50Ms: p50, plainMs: plainP50, ratio },
    },
  ];
}

function variant(folder: string, text: string, deployment: Deployment): Promise<VendInMemory> {
  const policies = join(folder, "policies");
  mkdirSync(policies, { recursive: true });
  benchPolicies(policies);
  writeFileSync(join(policies, "autonomous.cedar"), text);
  return vendInMemory(folder, { policies, deployment });
}

/** Measures both in turn, each first as often as the other; milliseconds of CPU each. */
async function inTurn(without: VendInMemory, beside: VendInMemory, count: number) {
  const [plain, autonomous]: [number[], number[]] = [[], []];
  for (let index = 0; index < count; index += 1) {
    const both = [
      { memory: without, measured: plain },
      { memory: beside, measured: autonomous },
    ];
    for (const { memory, measured } of index % 2 === 0 ? both : both.toReversed()) measured.push(await vend(memory));
  }
  return { plain, autonomous };
}

async function vend(memory: VendInMemory): Promise<number> {
  const event = memory.event(await memory.token());
  let status = 0;
  const spent = await cpuMs(async () => {
    status = (await tokenEndpoint(event, memory.world.ports)).statusCode;
  });
  if (status !== 200) throw new Error(`a vend of the benchmark was answered with ${status}`);
  memory.forget();
  return spent;
}
