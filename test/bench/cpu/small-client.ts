import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { DynamoTable } from "../../../functions/adapters/dynamodb/table/dynamo-table.ts";
import { httpTable } from "../../../functions/adapters/dynamodb/table/http-table-client.ts";
import { sdkTable } from "../../../functions/adapters/dynamodb/table/sdk-table-client.ts";
import type { AssumeRole } from "../../../functions/adapters/sts/assume-role.ts";
import { sdkAssumeRole } from "../../../functions/adapters/sts/aws-probe-sessions.ts";
import { httpAssumeRole } from "../../../functions/adapters/sts/http-assume-role.ts";
import { type Row, type Run, verdict } from "../row.ts";
import { median } from "../statistics.ts";

const ROUNDS = 15;
const CALLS = 200;
const RATIO = 0.5;

/** Environment of the calls: invalid keys, and AWS on loopback. */
const ENVIRONMENT = {
  AWS_ACCESS_KEY_ID: "ASIABENCHBENCHBENCH0",
  AWS_SECRET_ACCESS_KEY: "none",
  AWS_SESSION_TOKEN: "t".repeat(700),
  AWS_REGION: "us-east-1",
};

interface Clients {
  readonly table: DynamoTable;
  readonly assumeRole: AssumeRole;
}

const KEY = { pk: "TASK#x", sk: "x" };
const ITEM = {
  purpose: "Summarise the reports of this week",
  agent: "reporter",
  leases: [{ name: "aws", state: "open" }],
};
const ASSUME = {
  RoleArn: "arn:aws:iam::111122223333:role/valetkey-task-0",
  RoleSessionName: "k7f3m2q9x4ab.",
  Policy: JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "*" }],
  }),
  DurationSeconds: 900,
};

const KINDS: Readonly<Record<string, (clients: Clients) => Promise<unknown>>> = {
  "a read": ({ table }) => table.get(KEY),
  "a transaction of six writes": ({ table }) =>
    table.transact(
      Array.from({ length: 6 }, (_, index) =>
        table.putWrite(`${index}`, { pk: `W#${index}`, sk: "x" }, ITEM, "absent"),
      ),
    ),
  "an AssumeRole": ({ assumeRole }) => assumeRole(ASSUME),
};

/**
 * Measures the CPU time of the exchange's calls of AWS by its small client. Compares it, in turn, with the same calls
 * by the SDK.
 */
export async function smallClient({ say }: Run): Promise<readonly Row[]> {
  const known = { ...process.env };
  const worker = new Worker(new URL("./tiny-aws-worker.ts", import.meta.url));
  try {
    const [endpoint] = (await once(worker, "message")) as [string];
    Object.assign(process.env, ENVIRONMENT, { AWS_ENDPOINT_URL: endpoint });
    const ours: Clients = { table: httpTable("valetkey"), assumeRole: httpAssumeRole() };
    const sdk: Clients = { table: sdkTable("valetkey"), assumeRole: sdkAssumeRole(3_000) };
    const rows: Row[] = [];
    for (const [name, call] of Object.entries(KINDS)) {
      say(`${2 * ROUNDS * CALLS} times ${name}`);
      rows.push(
        await rowOf(
          name,
          () => call(ours),
          () => call(sdk),
        ),
      );
    }
    return rows;
  } finally {
    process.env = known;
    await worker.terminate();
  }
}

async function rowOf(name: string, ours: () => Promise<unknown>, sdk: () => Promise<unknown>): Promise<Row> {
  const [oursMs, sdkMs]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    oursMs.push(await callMs(ours));
    sdkMs.push(await callMs(sdk));
  }
  const ratio = median(oursMs.map((ms, round) => ms / (sdkMs[round] ?? ms)));
  return {
    name: `CPU time of ${name} by the small client`,
    measured: `${ratio.toFixed(2)} times the SDK's (${median(oursMs).toFixed(2)} of ${median(sdkMs).toFixed(2)} ms)`,
    target: `<= ${RATIO} times the SDK's`,
    verdict: verdict(ratio <= RATIO),
    notes: [`medians of ${ROUNDS} rounds of ${CALLS} calls each, in turn; this thread's CPU time, AWS on another`],
    figures: { ratio, oursMs: median(oursMs), sdkMs: median(sdkMs) },
  };
}

/** Measures the CPU time of this thread for one call; milliseconds. */
async function callMs(call: () => Promise<unknown>): Promise<number> {
  const before = process.threadCpuUsage();
  for (let count = 0; count < CALLS; count += 1) await call();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1_000 / CALLS;
}
