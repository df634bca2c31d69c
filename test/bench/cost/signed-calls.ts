import { READ_OBJECT } from "../../fakes/world/service.ts";
import type { BenchAgent } from "../cloud/bench-agent.ts";
import type { BenchCloud } from "../cloud/bench-cloud.ts";
import type { Row } from "../row.ts";
import { billOf, total, type Usage } from "./bill.ts";
import { ACCESS_LOG_BYTES, gbSeconds } from "./lambda.ts";
import type { TableMeter } from "./table-meter.ts";

/** Makes the row of the cost of a million signatures, from a single one, counted on the wire. */
export async function signedCallsRow(cloud: BenchCloud, meter: TableMeter, agent: BenchAgent): Promise<Row> {
  const { access_token: token, task } = await agent.vend({ deliver: "sign" });
  const sign = async (): Promise<void> => {
    const answer = await fetch(`${cloud.api}/v1/tasks/${task.id}/sign`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify(READ_OBJECT),
    });
    if (answer.status !== 200)
      throw new Error(`a signature was answered with ${answer.status}: ${await answer.text()}`);
  };
  await sign(); // the session is decrypted now
  await meter.usagesOf(cloud.tap.calls, "vend");
  cloud.tap.calls.length = 0;
  await sign();
  const calls = cloud.tap.calls.filter(({ accessKeyId }) => cloud.functionOf(accessKeyId) === "sign");
  const read = await meter.usagesOf(calls, "vend");
  if (read.length === 0) throw new Error("the reads of a signature were not counted");
  const lines = billOf([...read, ...carrying()]);
  const dollars = total(lines);
  return {
    name: "1,000,000 calls that the hub signs",
    measured: `$${dollars.toFixed(2)}`,
    target: "none: a key costs nothing a call",
    verdict: "ok",
    notes: [
      ...lines.map((line) => `$${line.dollars.toFixed(2).padStart(5)}  ${line.what}`),
      "not counted: for each session a decryption of KMS a minute, at $0.03 for 10,000, and a renewal each 90 s, which costs as much as one of a key",
    ],
    figures: { dollars },
  };
}

/** Lists what carries a signature, beside its reads. */
const carrying = (): readonly Usage[] => {
  const of = (what: string, unit: Usage["unit"], count: number): Usage => ({ stage: "vend", what, unit, count });
  return [
    of("HTTP API", "API request", 1),
    of("access log", "seldom read log GB", ACCESS_LOG_BYTES / 1e9),
    of("sign, invoked", "invocation", 1),
    of("sign, running", "GB-second", gbSeconds("sign")),
  ];
};
