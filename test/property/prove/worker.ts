import { parentPort } from "node:worker_threads";
import { proveBatch } from "./batch.ts";

/** Scenarios of a batch: few enough that progress is seen, and that a run of one seed is soon repeated. */
const SCENARIOS = 25;
/** Calls for each session: more scenarios are worth more than all calls of a few. */
const CALLS = 60;

parentPort?.on("message", async (seed: number) => {
  parentPort?.postMessage(await proveBatch({ seed, scenarios: SCENARIOS, calls: CALLS }));
});
