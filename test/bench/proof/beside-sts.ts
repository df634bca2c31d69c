import { CachingProofs, type Proofs } from "../../../functions/core/proof/proofs.ts";
import { tokenEndpoint } from "../../../functions/exchange/token-endpoint.ts";
import { ALL_PROVEN } from "../../fakes/world/answering-proofs.ts";
import { exchangeForm, formEvent } from "../../fakes/world/world.ts";
import { threadSpentMs } from "../cpu/cpu-time.ts";
import { type VendInMemory, vendInMemory } from "../cpu/vend-in-memory.ts";
import { THREE_PAIRS } from "../policies/bench-policies.ts";
import { type Row, type Run, verdict } from "../row.ts";
import { median } from "../statistics.ts";

const [ROUNDS, WARM_UP, STS_MS, MOST_MS] = [200, 30, 20, 0.2];

/**
 * Measures the wall time that the proof adds to a vend, beside the time of STS. Vends with and without a proof run in
 * turn.
 */
export async function besideSts({ say, workDir }: Run): Promise<Row> {
  say(`${ROUNDS} vends with a proof, each beside one without, at an STS of ${STS_MS} ms`);
  const memory = await vendInMemory(workDir);
  const { sessions } = memory.world.ports;
  sessions.before = () => new Promise((resolve) => setTimeout(resolve, STS_MS));
  const kept = new CachingProofs(threadSpentMs);
  // A new list of policies, so that no earlier proof answers.
  const proofs: Proofs = {
    ofVend: () => {
      const vend = kept.ofVend();
      return { answer: (question) => vend.answer({ ...question, policies: [...question.policies] }) };
    },
  };
  const [withProof, without]: [number[], number[]] = [[], []];
  for (let round = 0; round < WARM_UP + ROUNDS; round += 1) {
    without.push(await vendMs(memory, ALL_PROVEN, round));
    withProof.push(await vendMs(memory, proofs, round));
  }
  const [p50Ms, p50WithoutMs] = [median(withProof.slice(WARM_UP)), median(without.slice(WARM_UP))];
  const addedMs = p50Ms - p50WithoutMs;
  return {
    name: `what the proof adds to a vend's wall time, at an STS of ${STS_MS} ms`,
    measured: `p50 ${addedMs.toFixed(2)} ms (${p50Ms.toFixed(2)} and ${p50WithoutMs.toFixed(2)} ms)`,
    target: `p50 <= ${MOST_MS} ms`,
    verdict: verdict(addedMs <= MOST_MS),
    notes: ["3 pairs, 20 policies, no pattern; each proof is of a new question; the record answers at once"],
    figures: { addedMs, p50Ms, p50WithoutMs },
  };
}

async function vendMs(memory: VendInMemory, proofs: Proofs, round: number): Promise<number> {
  const form = { ...exchangeForm(await memory.token(), THREE_PAIRS), purpose: `monthly report ${round}` };
  const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
  const beganAtMs = performance.now();
  const { statusCode } = await tokenEndpoint(formEvent(form), { ...memory.world.ports, proofs, pause });
  const tookMs = performance.now() - beganAtMs;
  if (statusCode !== 200) throw new Error(`a vend of the benchmark was answered with ${statusCode}`);
  memory.forget();
  return tookMs;
}
