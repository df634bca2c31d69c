import { sign } from "../../../functions/sign/sign.ts";
import { FakeService, READ_OBJECT } from "../../fakes/world/service.ts";
import { exchangeForm, jsonEvent } from "../../fakes/world/world.ts";
import { cpuMs } from "../cpu/cpu-time.ts";
import { vendInMemory } from "../cpu/vend-in-memory.ts";
import { THREE_PAIRS } from "../policies/bench-policies.ts";
import { type Row, type Run, verdict } from "../row.ts";
import { median, percentile } from "../statistics.ts";

const [WARM_UP, SAMPLES] = [1_000, 5_000];
const P50_MS = 0.6;

/** Measures the CPU time of one signature, from the HTTP event to the HTTP answer, with the session decrypted already. */
export async function cpuOfASignature({ say, workDir }: Run): Promise<Row> {
  const memory = await vendInMemory(workDir);
  const service = new FakeService(memory.world);
  const ports = { ...memory.world.ports, keptSessions: memory.world.ports.tasks.kept };
  const { status, body } = await service.exchange({
    ...exchangeForm(await memory.token(), THREE_PAIRS),
    deliver: "sign",
  });
  if (status !== 200 || !body.task) throw new Error(`the task was not opened: ${JSON.stringify(body)}`);
  const event = jsonEvent("POST /v1/tasks/{task}/sign", READ_OBJECT, {
    headers: { authorization: `Bearer ${body.access_token}` },
    pathParameters: { task: body.task.id },
  });
  say(`${WARM_UP + SAMPLES} signatures in memory`);
  const tookMs: number[] = [];
  for (let count = 0; count < WARM_UP + SAMPLES; count += 1) {
    let statusCode = 0;
    const ms = await cpuMs(async () => {
      ({ statusCode } = await sign(event, ports));
    });
    if (statusCode !== 200) throw new Error(`a signature of the benchmark was answered with ${statusCode}`);
    if (count >= WARM_UP) tookMs.push(ms);
  }
  const [p50, p99] = [median(tookMs), percentile(tookMs, 0.99)];
  return {
    name: "own CPU time of one signature, warm",
    measured: `p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms`,
    target: `p50 <= ${P50_MS} ms`,
    verdict: verdict(p50 <= P50_MS),
    notes: ["event to answer; the record, its seals and the catalogue are real, the table and KMS fakes in memory"],
    figures: { p50Ms: p50, p99Ms: p99 },
  };
}
