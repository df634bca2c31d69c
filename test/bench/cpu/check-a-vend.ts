import { median } from "../statistics.ts";
import { bareBaseline } from "./bare-baseline.ts";
import { inTurn } from "./cpu-of-a-vend.ts";
import { KEPT, medianInterval, type Outcome, outcomeOf } from "./regression.ts";
import { vendInMemory } from "./vend-in-memory.ts";

const [WARM_UP, ROUND] = [1_000, 40] as const;

/** Numbers of rounds after which the outcome is computed, until it is certain. */
const LOOKS = [30, 60, 120] as const;

/**
 * Compares the CPU time of a vend with that of the bare libraries on the same input. Both run in turn in one process,
 * so that a slow or busy machine slows both. Measures more rounds while the outcome is uncertain.
 */
export async function checkAVend(workDir: string, say: (line: string) => void): Promise<Outcome> {
  const memory = await vendInMemory(workDir);
  const bare = await bareBaseline(memory);
  await inTurn(memory, bare, WARM_UP);
  const ratios: number[] = [];
  let outcome: Outcome = "too noisy";
  for (const rounds of LOOKS) {
    while (ratios.length < rounds) {
      const { vends, bares } = await inTurn(memory, bare, ROUND);
      ratios.push(median(vends) / median(bares));
    }
    outcome = outcomeOf(ratios);
    const { low, middle, high } = medianInterval(ratios);
    say(
      `after ${rounds} rounds a vend takes ${middle.toFixed(3)} times the CPU of the bare libraries (99 %: ${low.toFixed(3)} to ${high.toFixed(3)}); kept: ${KEPT.ratio}, at most ${(KEPT.ratio * (1 + KEPT.mayGrowBy)).toFixed(3)}: ${outcome}`,
    );
    if (outcome !== "too noisy") break;
  }
  return outcome;
}
