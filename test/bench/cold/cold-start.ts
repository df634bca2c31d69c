import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Row, type Run, verdict } from "../row.ts";
import { median } from "../statistics.ts";
import { type Bundle, bundleOf } from "./bundle.ts";
import { type ColdWorld, startColdWorld } from "./cold-world.ts";
import type { Started } from "./one-start.ts";

const ROUNDS = 12;
const WARM_VENDS = 300;
const RATIO = 1.25;
const JS_KB = 400;
const FIRST_CPU_MS = 150;
const SECOND_CPU_MS = 15;

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/**
 * Kinds of starts. Each start is in a fresh process; the kinds run in turn, so that the machine's noise affects all
 * alike.
 */
const KINDS = ["vend", "use", "metadata", "imports", "empty"] as const;
type Kind = (typeof KINDS)[number];

/**
 * Measures from the import of the exchange function to its first answer, minus the time of an empty function. Compares
 * that with the dependencies alone.
 */
export async function coldStart({ say, workDir }: Run): Promise<readonly Row[]> {
  say("bundling as the stack does");
  const [exchange, trivial, empty, runner] = await Promise.all([
    bundleOf(at("../../../functions/exchange/handler.ts"), join(workDir, "exchange")),
    bundleOf(at("./handlers/trivial.ts"), join(workDir, "trivial")),
    bundleOf(at("./handlers/empty.ts"), join(workDir, "empty")),
    bundleOf(at("./one-start.ts"), join(workDir, "runner")),
  ]);
  const world = await startColdWorld(workDir);
  try {
    const eventOf: Record<Kind, () => Promise<{ readonly bundle: Bundle; readonly event: unknown }>> = {
      vend: async () => ({ bundle: exchange, event: await world.vendEvent() }),
      use: async () => ({ bundle: trivial, event: { token: await world.token() } }),
      metadata: async () => ({ bundle: exchange, event: { routeKey: "GET /.well-known/oauth-authorization-server" } }),
      imports: async () => ({ bundle: trivial, event: {} }),
      empty: async () => ({ bundle: empty, event: {} }),
    };
    say(`${ROUNDS} rounds of ${KINDS.length} fresh processes`);
    const starts: Record<Kind, Started[]> = { vend: [], use: [], metadata: [], imports: [], empty: [] };
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const kind of KINDS) {
        const { bundle, event } = await eventOf[kind]();
        const started = await world.start(runner.file, { bundle: bundle.file, events: [event] });
        if (started.statusCode !== 200) throw new Error(`the first answer of "${kind}" was ${started.statusCode}`);
        starts[kind].push(started);
      }
    }
    say(`${WARM_VENDS} warm vends`);
    return [
      ...rowsOf(starts, await warmCpuMs(world, runner, exchange)),
      firstCpuRow(starts),
      secondCpuRow(await secondsCpuMs(world, runner, exchange)),
      sizeRow(exchange),
    ];
  } finally {
    await world.close();
  }
}

async function warmCpuMs(world: ColdWorld, runner: Bundle, exchange: Bundle): Promise<number> {
  const events = await Promise.all(Array.from({ length: WARM_VENDS }, () => world.vendEvent()));
  const { warmCpuMs: all } = await world.start(runner.file, { bundle: exchange.file, events });
  return median(all.slice(WARM_VENDS / 3));
}

/** Measures the CPU time of the second vend in several fresh processes. */
async function secondsCpuMs(world: ColdWorld, runner: Bundle, exchange: Bundle): Promise<readonly number[]> {
  const seconds: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const events = [await world.vendEvent(), await world.vendEvent()];
    const { warmCpuMs } = await world.start(runner.file, { bundle: exchange.file, events });
    seconds.push(...warmCpuMs);
  }
  return seconds;
}

function firstCpuRow(starts: Readonly<Record<Kind, readonly Started[]>>): Row {
  const cpuMs = (kind: Kind): number => median(starts[kind].map((each) => each.cpuMs));
  const importedMs = median(starts.vend.map((each) => each.importedCpuMs));
  const [first, dependencies] = [cpuMs("vend") - cpuMs("empty"), cpuMs("use") - cpuMs("empty")];
  return {
    name: "CPU of a first vend beyond an empty process",
    measured: `${first.toFixed(0)} ms (${(first / dependencies).toFixed(2)} times the same dependencies)`,
    target: `<= ${FIRST_CPU_MS} ms`,
    verdict: verdict(first <= FIRST_CPU_MS),
    notes: [
      `the whole process until its answer: ${cpuMs("vend").toFixed(0)} ms, of which ${(cpuMs("vend") - importedMs).toFixed(0)} ms after its import, which is Lambda's init; an empty one: ${cpuMs("empty").toFixed(0)} ms`,
    ],
    figures: {
      beyondEmptyMs: first,
      emptyMs: cpuMs("empty"),
      importedMs,
      loadedMs: cpuMs("metadata"),
      firstMs: cpuMs("vend"),
      dependenciesMs: cpuMs("use"),
    },
  };
}

function secondCpuRow(seconds: readonly number[]): Row {
  const second = median(seconds);
  return {
    name: "CPU of a second vend",
    measured: `${second.toFixed(1)} ms`,
    target: `<= ${SECOND_CPU_MS} ms`,
    verdict: verdict(second <= SECOND_CPU_MS),
    notes: [`median of ${ROUNDS} fresh processes`],
    figures: { secondMs: second },
  };
}

function rowsOf(starts: Readonly<Record<Kind, readonly Started[]>>, warmMs: number): readonly Row[] {
  const whole = (kind: Kind): number => median(starts[kind].map(({ importMs, firstMs }) => importMs + firstMs));
  const net = (kind: Kind): number => whole(kind) - whole("empty");
  const parts = (kind: Kind): string =>
    `import ${median(starts[kind].map(({ importMs }) => importMs)).toFixed(0)} + first ${median(starts[kind].map(({ firstMs }) => firstMs)).toFixed(0)}`;
  const row = (what: string, ours: Kind, base: Kind, notes: readonly string[]): Row => ({
    name: `cold start of exchange, to ${what}`,
    measured: `${(net(ours) / net(base)).toFixed(2)} times (${net(ours).toFixed(0)} of ${net(base).toFixed(0)} ms)`,
    target: `<= ${RATIO} times the same dependencies`,
    verdict: verdict(net(ours) <= RATIO * net(base)),
    notes: [
      `ours: ${parts(ours)} ms; dependencies: ${parts(base)} ms; an empty function: ${whole("empty").toFixed(0)} ms (deducted)`,
      ...notes,
    ],
    figures: { ratio: net(ours) / net(base), oursMs: net(ours), theirsMs: net(base), warmMs },
  });
  return [
    row("its first vend", "vend", "use", [
      "beside a handler that uses each dependency once: a signature (its keys fetched), a decision, a transaction beside STS, a read, an update",
      `medians of ${ROUNDS} fresh processes each, in turn; AWS and the issuer on loopback`,
      `warm, such a vend takes ${warmMs.toFixed(1)} ms of CPU, its calls of AWS signed, sent and parsed`,
    ]),
    row("its first answer (metadata)", "metadata", "imports", ["beside a handler that imports them and answers"]),
  ];
}

const sizeRow = ({ bytes }: Bundle): Row => ({
  name: "JavaScript of the exchange function",
  measured: `${(bytes / 1_000).toFixed(0)} KB`,
  target: `<= ${JS_KB} KB beside the Cedar module`,
  verdict: verdict(bytes <= JS_KB * 1_000),
  notes: [],
  figures: { bytes },
});
