import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DEPLOYMENT } from "../../fakes/fake-world.ts";
import type { SealingPorts } from "../../functions/core/ports.ts";
import { tokenEndpoint } from "../../functions/exchange/token-endpoint.ts";
import { startColdWorld } from "../cold/cold-world.ts";
import { around } from "../cpu/around.ts";
import { cpuMs } from "../cpu/cpu-time.ts";
import { type VendInMemory, vendInMemory } from "../cpu/vend-in-memory.ts";
import { benchPoliciesAsking } from "../policies/bench-policies.ts";
import { type Row, type Run, verdict } from "../row.ts";
import { median } from "../statistics.ts";
import type { Loaded } from "./loaded-files.ts";

const WARM_UP = 500;
const SAMPLES = 3_000;
/** Highest ratio to the CPU time of a vend without approvals. Two equal vends differ by so much on a busy machine. */
const RATIO = 1.05;

/** Compares a vend without an approval in two deployments: one with approvals for other vends, and one without any. */
export async function vendThatAsksNobody({ say, workDir }: Run): Promise<readonly Row[]> {
  const { approvers: _, console: __, ...rest } = DEPLOYMENT;
  const [asking, bare] = [
    await vendInMemory(workDir, { policies: benchPoliciesAsking(join(workDir, "asking")) }),
    await vendInMemory(workDir, { policies: benchPoliciesAsking(join(workDir, "bare"), false), deployment: rest }),
  ];
  const [calls, bareCalls] = [await callsOf(asking), await callsOf(bare)];
  say(`${WARM_UP + SAMPLES} vends in turn with as many where policy asks nobody`);
  const ratio = await cpuRatio(asking, bare);
  say("counting the files that are loaded, in processes of their own");
  const { vend, ask } = await loadedFiles(workDir);
  const isEqual = calls.join() === bareCalls.join();
  return [
    {
      name: "a vend that asks nobody, where others are asked",
      measured: `${vend} files of approvals loaded, ${calls.length} calls of ${bareCalls.length}, ${ratio.toFixed(2)} times the CPU`,
      target: `no file, no further call, <= ${RATIO} times the CPU`,
      verdict: verdict(vend === 0 && isEqual && ratio <= RATIO),
      notes: [
        "beside the same vend under the same policies without @approval, in a deployment without approvers",
        `calls of a vend: ${calls.join(", ")}`,
        `a request that people are asked about loads ${ask} files of approvals`,
      ],
      figures: { files: vend, calls: calls.length, bareCalls: bareCalls.length, ratio, filesOfAnAsk: ask },
    },
  ];
}

/** Ports whose calls leave the function. */
const OUTSIDE = [
  "agents",
  "tasks",
  "roles",
  "journal",
  "sessions",
  "rateLimits",
  "panics",
  "loads",
] as const satisfies readonly (keyof SealingPorts)[];

/** Lists the calls to the store and to STS of one warm vend. Sorted, since the calls of one step begin together. */
async function callsOf(memory: VendInMemory): Promise<readonly string[]> {
  const { ports } = memory.world;
  const calls: string[] = [];
  const watched = OUTSIDE.map((name) => [
    name,
    around(ports[name], (method, _, go) => {
      calls.push(`${name}.${method}`);
      return go();
    }),
  ]);
  const approvals = () => {
    calls.push("approvals");
    return ports.approvals();
  };
  for (const isWarm of [false, true]) {
    if (isWarm) calls.length = 0;
    const event = memory.event(await memory.token());
    const { statusCode } = await tokenEndpoint(event, { ...ports, ...Object.fromEntries(watched), approvals });
    if (statusCode !== 200) throw new Error(`a vend of the benchmark was answered with ${statusCode}`);
    memory.forget();
  }
  return calls.sort();
}

/** Measures the ratio of the medians. The two kinds run in turn, so that the machine's noise affects both alike. */
async function cpuRatio(asking: VendInMemory, bare: VendInMemory): Promise<number> {
  const tookMs = new Map<VendInMemory, number[]>([
    [asking, []],
    [bare, []],
  ]);
  for (let index = 0; index < WARM_UP + SAMPLES; index += 1)
    for (const memory of index % 2 === 0 ? [asking, bare] : [bare, asking]) {
      const event = memory.event(await memory.token());
      const ms = await cpuMs(() => tokenEndpoint(event, memory.world.ports));
      if (index >= WARM_UP) tookMs.get(memory)?.push(ms);
      memory.forget();
    }
  return median(tookMs.get(asking) ?? []) / median(tookMs.get(bare) ?? []);
}

/** Counts the files of approvals that the exchange loads: for a vend, and for a request that needs an approval. */
async function loadedFiles(workDir: string): Promise<{ readonly vend: number; readonly ask: number }> {
  const folder = join(workDir, "cold");
  mkdirSync(folder);
  const world = await startColdWorld(folder, true);
  const bundle = fileURLToPath(new URL("../../functions/exchange/handler.ts", import.meta.url));
  const runner = fileURLToPath(new URL("./loaded-files.ts", import.meta.url));
  const count = async (event: unknown): Promise<number> => {
    const { files, statusCode, body } = await world.start<Loaded>(runner, { bundle, events: [event] });
    if (statusCode !== 200 || files.length < 100)
      throw new Error(`${statusCode} with ${files.length} files loaded: ${body}`);
    return files.filter((file) => OF_APPROVALS.test(file)).length;
  };
  try {
    return { vend: await count(await world.vendEvent()), ask: await count(await world.askEvent()) };
  } finally {
    await world.close();
  }
}

const OF_APPROVALS =
  /functions\/(exchange\/approvals|steps\/approvals)\/|dynamodb\/(dynamo-approvals|approval-items)\.ts$/;
