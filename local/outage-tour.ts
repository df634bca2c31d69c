import { setTimeout as sleep } from "node:timers/promises";
import type { PanicState } from "../contract/panic.ts";
import type { Receipt } from "../contract/receipts.ts";
import { SHORT_FENCE_SECONDS } from "../functions/core/revocation/unwritable.ts";
import type { Cloud } from "./cloud/start-cloud.ts";
import { patientFetch } from "./patient-fetch.ts";
import { complete, exchange, get, s3With, type TokenAnswer } from "./tour.ts";

/** Result of the tour's outage of IAM: observed, not assumed. */
export interface OutageReport {
  /** A key that IAM could not deny answered after its task's end, and was dead at the moment that the operator had read. */
  readonly bound_told_kept: boolean;
}

/** Longest wait until the outage is noticed; milliseconds. It takes 20 s from the last success. */
const WITHIN_MS = 45_000;

/** Vends after which the exchange has to know of the outage, and the pause between them: it reads what is new every five seconds. */
const MOST_VENDS = 10;
const VEND_PAUSE_MS = 1_500;

/** Shows an outage of IAM, in which no ending can be written: what operators read about the keys, and that it holds. */
export async function outageTour(api: string, cloud: Cloud, say: (line: string) => void): Promise<OutageReport> {
  const { aws } = cloud;
  const [account, resources] = [cloud.targetAccount, ["arn:aws:s3:::acme-data/reports/*"]];
  const intent = [{ type: "aws", account, actions: ["s3:GetObject"], resources }];
  const open = async () => exchange(api, await cloud.agents.mint({ sub: "agent:demo" }), intent, {}, { renews: true });
  const headers = { authorization: `Bearer ${await cloud.people.mint({ sub: "person:alice" })}` };
  const read = async <T>(path: string) => (await (await patientFetch(`${api}${path}`, { headers })).json()) as T;

  say(
    "\n13. IAM cannot be written (an outage), and a task ends. Its key cannot be denied, so its fence has to end it:",
  );
  const first = await open();
  aws.iamIsDown(true);
  await complete(api, first);
  const s3 = s3With(first.credentials[0], cloud);
  const after = await get(s3, "reports/weekly.csv");
  say(`     the task has ended, and s3:GetObject        -> ${after}`);
  const { leases } = await read<Receipt>(`/v1/tasks/${first.task.id}/receipt`);
  const told = leases.flatMap((lease) => ("dies_by" in lease ? (lease.dies_by ?? []) : []))[0] ?? "";
  say(
    `     its receipt                                 -> pending; dead by itself at ${told}, whatever is written to IAM`,
  );

  const { since, last_key_dies_by: last = "" } = await untilNoticed(() => read<PanicState>("/v1/panic"));
  say(
    `     npx valetkey panic                          -> IAM cannot be written since ${since}; the last key dies by itself at ${last}`,
  );
  const secondsOf = ({ credentials: [key] }: TokenAnswer) =>
    Math.round((Date.parse(key?.Expiration ?? "") - Date.now()) / 1_000);
  let second = await open();
  // A process of the exchange goes by what it knows, and reads what is new beside the next requests.
  for (let count = 1; count < MOST_VENDS && secondsOf(second) > SHORT_FENCE_SECONDS; count += 1) {
    await complete(api, second);
    await sleep(VEND_PAUSE_MS);
    second = await open();
  }
  const seconds = secondsOf(second);
  const isShort = seconds <= SHORT_FENCE_SECONDS;
  say(
    `     the next keys, of a client that renews them -> dead after ${isShort ? SHORT_FENCE_SECONDS : seconds} s, in place of 900`,
  );

  aws.iamIsAhead(Date.parse(told) - Date.now());
  const atTheBound = await get(s3, "reports/weekly.csv");
  aws.iamIsAhead(0);
  aws.iamIsDown(false);
  say(`     the first key, IAM's clock moved to ${told} -> ${atTheBound}`);
  s3.destroy();
  await complete(api, second);
  const isTold = since !== undefined && Date.parse(last) >= Date.parse(told);
  return { bound_told_kept: after === "200" && isTold && isShort && atTheBound === "AccessDenied" };
}

/** Waits until the hub reports that IAM cannot be written. @returns the report; nothing where the hub does not notice in time. */
async function untilNoticed(read: () => Promise<PanicState>): Promise<NonNullable<Partial<PanicState["unwritable"]>>> {
  const beganAt = performance.now();
  while (performance.now() - beganAt < WITHIN_MS) {
    const { unwritable } = await read();
    if (unwritable) return unwritable;
    await sleep(500);
  }
  return {};
}
