import { setTimeout as sleep } from "node:timers/promises";
import { PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { Receipt } from "../contract/receipts.ts";
import type { Cloud } from "./cloud/start-cloud.ts";
import { patientFetch } from "./patient-fetch.ts";
import { complete, exchange, get, s3With } from "./tour.ts";

/** Result of the tour's change freeze: observed, not assumed. */
export interface ConditionsReport {
  /** A live key that writes was dead after the freeze, and one that reads went on. */
  readonly condition_ended_task: boolean;
}

/** Longest wait until the key that writes is refused; milliseconds. */
const WITHIN_MS = 30_000;
const PAUSE_MS = 100;

/** Shows a change freeze: live tasks are decided anew, and those that policy no longer permits end. */
export async function conditionsTour(
  api: string,
  cloud: Cloud,
  say: (line: string) => void,
): Promise<ConditionsReport> {
  const open = async (action: string, resource: string) => {
    const intent = [{ type: "aws", account: cloud.targetAccount, actions: [action], resources: [resource] }];
    return exchange(api, await cloud.agents.mint({ sub: "agent:demo" }), intent);
  };
  const operator = { authorization: `Bearer ${await cloud.people.mint({ sub: "person:alice" })}` };
  const change = (what: string, body: object) =>
    patientFetch(`${api}/v1/conditions/change-freeze/${what}`, {
      method: "POST",
      headers: { ...operator, "content-type": "application/json" },
      body: JSON.stringify(body),
    });

  say("\n14. A change freeze: policy permits the agent to write drafts, unless `change-freeze` holds.");
  const writing = await open("s3:PutObject", "arn:aws:s3:::acme-data/drafts/*");
  const reading = await open("s3:GetObject", "arn:aws:s3:::acme-data/reports/*");
  const [writer, reader] = [s3With(writing.credentials[0], cloud), s3With(reading.credentials[0], cloud)];
  const before = await put(writer);
  say(`     s3:PutObject acme-data/drafts/plan.txt      -> ${before}`);
  const set = await change("tighten", { scope: "hub", seconds: 3_600, reason: "the quarter ends" });
  say(`     an operator sets the freeze                 -> ${set.status}`);
  const until = performance.now() + WITHIN_MS;
  let after = await put(writer);
  while (after !== "AccessDenied" && performance.now() < until) {
    await sleep(PAUSE_MS);
    after = await put(writer);
  }
  const receipt = await patientFetch(`${api}/v1/tasks/${writing.task.id}/receipt`, { headers: operator });
  const { by } = (await receipt.json()) as Receipt;
  const read = await get(reader, "reports/weekly.csv");
  say(`     the live key writes again                   -> ${after}; its task was ended by ${by ?? "nobody"}`);
  say(`     a live key that reads                       -> ${read}`);
  for (const each of [writer, reader]) each.destroy();
  await complete(api, reading);
  await change("loosen", { scope: "hub", reason: "the quarter is over" });
  const isEnded = after === "AccessDenied" && by === "condition:change-freeze";
  return { condition_ended_task: before === "200" && isEnded && read === "200" };
}

/** Writes a draft. @returns 200, or the name of AWS's error. */
const put = (s3: S3Client): Promise<string> =>
  s3.send(new PutObjectCommand({ Bucket: "acme-data", Key: "drafts/plan.txt", Body: "a plan" })).then(
    () => "200",
    (error: Error) => error.name,
  );
