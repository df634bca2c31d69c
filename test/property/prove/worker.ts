import { parentPort } from "node:worker_threads";
import { CachingProofs } from "../../../functions/core/proof/proofs.ts";
import type { Validator } from "../proof/judge-session.ts";
import { proveBatch } from "./batch.ts";
import { trySmallWorlds } from "./small-worlds.ts";

/** Scenarios of a batch: few enough to show progress, and to repeat a run of one seed quickly. */
const SCENARIOS = 25;
/** Calls for each session: more scenarios are worth more than all calls of a few. */
const CALLS = 60;
/** Small worlds of a batch. */
const SMALL_WORLDS = 250;

/**
 * The deployed validator. States and nodes bound its proofs, and time does not. An answer must not depend on how busy
 * the machine is.
 */
const proofs = new CachingProofs(() => 0);

parentPort?.on(
  "message",
  async ({ seed, of }: { readonly seed: number; readonly of: "scenarios" | "small worlds" }) => {
    const validator: Validator = (question) => proofs.answer(question);
    const batch =
      of === "scenarios"
        ? await proveBatch({ seed, scenarios: SCENARIOS, calls: CALLS, validator })
        : await trySmallWorlds({ seed, worlds: SMALL_WORLDS });
    parentPort?.postMessage(batch);
  },
);
