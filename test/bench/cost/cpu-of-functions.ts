import { BenchAgent } from "../cloud/bench-agent.ts";
import { startBenchCloud } from "../cloud/bench-cloud.ts";
import { type Row, type Run, verdict } from "../row.ts";
import { CPU_MS, cpuMsAt, LAMBDA, WHOLE_CPU_MB } from "./lambda.ts";

/** Functions that each task invokes. */
const OF_A_TASK = [
  "exchange",
  "tasks",
  "relay",
  "reconcile",
  "collect",
] as const satisfies readonly (keyof typeof CPU_MS)[];

const [WARM_UP, TASKS] = [30, 40] as const;

/**
 * Measures the CPU time of one warm invocation of each function in a task's life, by its thread. Compares it with the
 * assumption of the bill.
 */
export async function cpuOfFunctions({ say, workDir }: Run): Promise<readonly Row[]> {
  const cloud = await startBenchCloud({ workDir, isTapped: false });
  try {
    const agent = await BenchAgent.register(cloud, "reporter");
    const live = async (count: number): Promise<void> => {
      for (let done = 0; done < count; done += 1) {
        await agent.complete(await agent.vend());
        await cloud.settled();
      }
    };
    say(`${WARM_UP + TASKS} tasks, one after the other`);
    await live(WARM_UP);
    const before = await spent(cloud);
    await live(TASKS);
    const after = await spent(cloud);
    return OF_A_TASK.map((name) => {
      const invocations = after[name].invocations - before[name].invocations;
      const ms = (after[name].ms - before[name].ms) / invocations;
      const { memoryMb, billedMs } = LAMBDA[name];
      const cpuMs = CPU_MS[name];
      return {
        name: `CPU of one warm run of ${name}`,
        measured: `${ms.toFixed(1)} ms`,
        target: `<= ${cpuMs} ms, which the bill assumes`,
        verdict: verdict(ms <= cpuMs),
        notes: [
          `${invocations} invocations; ${cpuMsAt(cpuMs, memoryMb).toFixed(0)} ms of the ${billedMs} ms billed at ${memoryMb} MB, which has ${(memoryMb / WHOLE_CPU_MB).toFixed(2)} of a vCPU`,
        ],
        figures: { ms, invocations },
      };
    });
  } finally {
    await cloud.close();
  }
}

async function spent({ hosts, invocations }: Awaited<ReturnType<typeof startBenchCloud>>) {
  const each = OF_A_TASK.map(
    async (name) => [name, { ms: await hosts[name].spentMs(), invocations: invocations[name] }] as const,
  );
  return Object.fromEntries(await Promise.all(each)) as Readonly<
    Record<(typeof OF_A_TASK)[number], { readonly ms: number; readonly invocations: number }>
  >;
}
