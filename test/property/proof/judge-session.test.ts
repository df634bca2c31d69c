import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CachingProofs } from "../../../functions/core/proof/proofs.ts";
import type { Answer } from "../../../functions/core/proof/question.ts";
import { ACCOUNT } from "../arbitrary/arns.ts";
import { arbitraryTask } from "../arbitrary/worlds.ts";
import { BROKEN } from "../broken-pipelines.ts";
import { proveBatch } from "../prove/batch.ts";
import { REAL } from "../vend.ts";
import type { Validator } from "./judge-session.ts";

const proofs = new CachingProofs(() => 0);
const DEPLOYED: Validator = (question) => proofs.answer(question);
const FORGETFUL = "a forbid that reaches into a set is forgotten";

/** The violations of a few worlds according to this validator, with a mistake in the compiler or without. */
async function violationsBy(validator: Validator, mistake?: string, calls = 0): Promise<readonly string[]> {
  const { seed, build } = (mistake === undefined ? undefined : BROKEN[mistake]) ?? { seed: 1, build: async () => REAL };
  const size = { seed, scenarios: 40, calls, validator };
  const { counterexample } = await proveBatch(size, await build(), fc.noShrink(arbitraryTask));
  return counterexample?.violations ?? [];
}

describe("`npm run prove`", () => {
  it("counts the verdicts, and reports no violation for a correct session", async () => {
    const { total, counterexample } = await proveBatch({ seed: 8, scenarios: 15, calls: 0, validator: DEPLOYED });
    expect(counterexample).toBeUndefined();
    expect(total.verdicts).toEqual({ proven: total.sessions, counterexample: 0, unknown: 0 });
    expect(total.sessions).toBeGreaterThan(5);
  });

  it("reports a violation for a session with a counterexample, though no call was sampled", async () => {
    expect(await violationsBy(DEPLOYED, FORGETFUL)).toContainEqual(expect.stringContaining("all judges confirm it"));
  });

  it("reports a violation for a false counterexample, and names the judges that contradict it", async () => {
    const call = {
      action: "s3:GetObject",
      resource: "arn:aws:s3:::nobody/x",
      account: ACCOUNT,
      tags: {},
      told: "none",
    };
    const rest = { keys: {}, conditions: {}, atSeconds: 0, from: "elsewhere", objection: "no permit" } as const;
    const wrong: Answer = { verdict: "counterexample", call: { ...call, ...rest } };
    expect(await violationsBy(() => wrong)).toContainEqual(
      expect.stringContaining("the evaluator of our own denies it"),
    );
  });

  it("reports a violation for a proof of a session that allows too much", async () => {
    const proven: Answer = { verdict: "proven" };
    expect(await violationsBy(() => proven, FORGETFUL, 25)).toContainEqual(
      expect.stringMatching(/^proven all the same/),
    );
  });
});
