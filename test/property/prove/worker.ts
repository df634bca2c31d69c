import { parentPort } from "node:worker_threads";
import { KeptProofs } from "../../../functions/core/proof/proofs.ts";
import { proveBatch } from "./batch.ts";

/** Scenarios of a batch: few enough that progress is seen, and that a run of one seed is soon repeated. */
const SCENARIOS = 25;
/** Calls for each session: more scenarios are worth more than all calls of a few. */
const CALLS = 60;

/** The deployed validator. States and nodes bound its proofs, not the time: an answer must not depend on how busy the machine is. */
const proofs = new KeptProofs(() => 0);

parentPort?.on("message", async (seed: number) => {
  parentPort?.postMessage(
    await proveBatch({ seed, scenarios: SCENARIOS, calls: CALLS, validator: (question) => proofs.answer(question) }),
  );
});
