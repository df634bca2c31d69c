import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { addTotal, type Batch, type Counterexample, emptyTotal } from "./batch.ts";
import { asJson, asText } from "./report.ts";

const HELP = `npm run prove -- [--triples 200000] [--worlds 20000] [--seed n] [--workers n] [--json]

Generates policies, intents and calls, vends what policy permits, and puts each call to the session policy (an independent IAM evaluator) and to
Cedar. Each session policy is put to the validator as well. Exits with 1 as soon as a call is allowed that Cedar does not permit (I2), a session has a
counterexample, or one is proven that allows too much, with the smallest scenario found. Last, the validator is put to random texts under random policies,
each verdict tried by every call of a small world; and, a sixth as often, to texts and policies from the whole grammars, which no compiler writes. Five times as
often, policies are asked with each condition of the world and without it.
`;

const { values } = parseArgs({
  options: {
    triples: { type: "string", default: "200000" },
    worlds: { type: "string", default: "20000" },
    seed: { type: "string", default: String(Math.floor(Date.now() / 1_000)) },
    workers: { type: "string", default: String(Math.min(availableParallelism(), 8)) },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
const [triples, seed, workers] = [Number(values.triples), Number(values.seed), Number(values.workers)];
const worlds = Number(values.worlds);
if (values.help || !(triples > 0) || !(worlds >= 0) || !Number.isSafeInteger(seed) || !(workers > 0)) {
  process.stdout.write(HELP);
  process.exit(values.help ? 0 : 64);
}

const total = emptyTotal();
const startedAt = performance.now();
const seconds = () => Math.round((performance.now() - startedAt) / 1_000);
let next = seed;
let counterexample: Counterexample | undefined;

const progress = setInterval(() => {
  const { asked, scenarios, allowed } = total;
  process.stderr.write(
    `${seconds()} s: ${asked} of ${triples} triples, ${scenarios} scenarios, ${allowed} allowed, ${total.smallWorlds} small worlds\n`,
  );
}, 2_000);

/** One thread. Gives its worker one seed after another, until enough was tried or something broke. */
function work(): Promise<void> {
  const worker = new Worker(new URL("./worker.ts", import.meta.url));
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const proceed = () => {
    const isTried = total.asked >= triples;
    if (counterexample !== undefined || (isTried && total.smallWorlds >= worlds)) return resolve();
    worker.postMessage({ seed: next, of: isTried ? "small worlds" : "scenarios" });
    next += 1;
  };
  worker.on("message", (batch: Batch) => {
    addTotal(total, batch.total);
    counterexample ??= batch.counterexample;
    proceed();
  });
  worker.on("error", reject);
  proceed();
  return promise.finally(() => worker.terminate());
}

await Promise.all(Array.from({ length: workers }, work)).finally(() => clearInterval(progress));
const run = { seed, seconds: seconds(), total, counterexample };
process.stdout.write(values.json ? `${asJson(run)}\n` : asText(run));
process.exitCode = counterexample === undefined ? 0 : 1;
