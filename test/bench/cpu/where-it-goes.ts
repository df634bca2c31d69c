import { tokenEndpoint } from "../../../functions/exchange/token-endpoint.ts";
import { median } from "../statistics.ts";
import { around } from "./around.ts";
import { cpuMs } from "./cpu-time.ts";
import type { VendInMemory } from "./vend-in-memory.ts";

const SAMPLES = 500;

export interface WhereItGoes {
  /** Verification of the token's signature. */
  readonly signatureMs: number;
  /** Decisions of Cedar. */
  readonly cedarMs: number;
  /** Other work: parsing, spreading the intent, compiling, hashing, answering. */
  readonly restMs: number;
}

/** Measures the medians of a vend's CPU time, by part. */
export async function whereItGoes(memory: VendInMemory): Promise<WhereItGoes> {
  const { ports } = memory.world;
  const seen: Record<keyof WhereItGoes, number[]> = { signatureMs: [], cedarMs: [], restMs: [] };
  for (let index = 0; index < SAMPLES; index += 1) {
    let [signatureMs, cedarMs] = [0, 0];
    const tokens = around(ports.tokens, async (_method, _args, go) => {
      let answer: unknown;
      signatureMs += await cpuMs(async () => {
        answer = await go();
      });
      return answer;
    });
    const policies = around(ports.policies, (_method, _args, go) => {
      const before = process.cpuUsage();
      const answer = go();
      const { user, system } = process.cpuUsage(before);
      cedarMs += (user + system) / 1_000;
      return answer;
    });
    const event = memory.event(await memory.token());
    const wholeMs = await cpuMs(() => tokenEndpoint(event, { ...ports, tokens, policies }));
    memory.forget();
    seen.signatureMs.push(signatureMs);
    seen.cedarMs.push(cedarMs);
    seen.restMs.push(wholeMs - signatureMs - cedarMs);
  }
  return { signatureMs: median(seen.signatureMs), cedarMs: median(seen.cedarMs), restMs: median(seen.restMs) };
}
