import { randomUUID } from "node:crypto";
import { CALL_EVENT } from "../../../infra/bus-rights.ts";
import { COLLECT_WINDOW_SECONDS } from "../../../infra/constructs/stores/archive.ts";
import type { BenchAgent } from "../cloud/bench-agent.ts";
import type { BenchCloud } from "../cloud/bench-cloud.ts";
import { THREE_PAIRS } from "../policies/bench-policies.ts";
import { type Row, verdict } from "../row.ts";
import { billOf, total, type Usage } from "./bill.ts";
import { gbSeconds } from "./lambda.ts";
import { ARCHIVE, archivedTask, collectedTask, MONTH, RUNS } from "./month.ts";
import { PRICES } from "./prices.ts";
import type { TableMeter } from "./table-meter.ts";

/** Assumed calls of a task with its key. Each is an event of CloudTrail; all come in one batch. */
export const CALLS_OF_A_TASK = 10;

/** Highest allowed cost of observation and archive; US dollars. */
const TARGET_DOLLARS = 45;

const ACCOUNT = THREE_PAIRS[0].account;
const CALLS = [
  ["s3.amazonaws.com", "GetObject", { bucketName: "acme-data", key: "reports/weekly.csv" }],
  ["s3.amazonaws.com", "ListObjectsV2", { bucketName: "acme-data" }],
  ["dynamodb.amazonaws.com", "Query", { tableName: "orders" }],
] as const;

/** Most tasks whose events are handed over: `observe` gives way first where the machine is busy. */
const ATTEMPTS = 5;

/** Has `observe` record the events of a task, and leaves the calls for that on the wire. */
async function recordEvents(cloud: BenchCloud, meter: TableMeter, agent: BenchAgent): Promise<void> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const vended = await agent.vend();
    await meter.usagesOf(cloud.tap.calls, "vend");
    const item = meter.itemsOf("role").find(({ sk }) => sk?.S === vended.task.id);
    const role = item?.pk?.S?.split("#")[2] ?? "";
    const Records = Array.from({ length: CALLS_OF_A_TASK }, (_, n) => messageOf(n, vended, role));
    cloud.tap.calls.length = 0;
    const answer = (await cloud.hosts.observe.invoke({ Records })) as {
      readonly batchItemFailures?: readonly unknown[];
    };
    if (answer.batchItemFailures?.length === 0) return;
  }
  throw new Error(`the events of ${ATTEMPTS} tasks were not recorded`);
}

/**
 * Makes the row of the cost of observing a million tasks, and of archiving their log. Observation is counted on the
 * wire, for one task.
 */
export async function observationRow(cloud: BenchCloud, meter: TableMeter, agent: BenchAgent): Promise<Row> {
  await recordEvents(cloud, meter, agent);
  const calls = cloud.tap.calls.filter(({ accessKeyId }) => cloud.functionOf(accessKeyId) === "observe");
  const observed = await meter.usagesOf(calls, "end");
  if (!observed.some(({ what }) => what === "seen, written")) throw new Error("the events were not counted");
  const seen = total(billOf([...observed, ...carrying()]));
  const kept = total(billOf(archiving()));
  const dollars = seen + kept;
  return {
    name: "observation and archive of 1,000,000 tasks",
    measured: `$${dollars.toFixed(2)}`,
    target: `<= $${TARGET_DOLLARS}; the archive's puts are in the bill above, too`,
    verdict: verdict(dollars <= TARGET_DOLLARS),
    notes: [
      `observation $${seen.toFixed(2)}: ${CALLS_OF_A_TASK} calls a task on three resources, in one batch; it grows with the calls, $${(seen / CALLS_OF_A_TASK).toFixed(2)} for a million of them`,
      `archive $${kept.toFixed(2)}: of a million tasks within a month, a batch each ${COLLECT_WINDOW_SECONDS} s of each of ${ARCHIVE.shards} shards and a run each ${ARCHIVE.runSeconds} s; it grows with the time, and hardly with the tasks`,
      ...billOf([...observed, ...carrying(), ...archiving()])
        .filter((line) => line.dollars >= 0.05)
        .map((line) => `$${line.dollars.toFixed(2).padStart(5)}  ${line.what}`),
      "not counted: CloudTrail's own data events, which an account selects, and storage",
      PRICES["bus event"].source,
      PRICES.signature.source,
    ],
    figures: { dollars, seen, kept },
  };
}

/** Lists the usages of a task's events on the way from their account to `observe`, with one invocation of it. */
const carrying = (): readonly Usage[] => {
  const of = (what: string, unit: Usage["unit"], count: number): Usage => ({ stage: "end", what, unit, count });
  return [
    of("events to the hub's bus, from another account", "bus event", CALLS_OF_A_TASK),
    // Messages are sent one by one, and received and deleted as one batch.
    of("messages of the queue", "queue request", CALLS_OF_A_TASK + 2),
    of("observe, invoked", "invocation", 1),
    of("observe, running", "GB-second", gbSeconds("observe")),
  ];
};

/** Usages of the archive for one task, at the month's rate. */
function archiving(): readonly Usage[] {
  const runs = RUNS / MONTH.tasks;
  const of = (what: string, unit: Usage["unit"], count = 0): Usage => ({ stage: "end", what, unit, count });
  return [
    archivedTask(),
    ...collectedTask(),
    of("archive, invoked", "invocation", runs),
    of("archive, running", "GB-second", runs * gbSeconds("archive")),
    of("signatures of checkpoints", "signature", runs),
  ];
}

/** Makes a message of the queue with an event of CloudTrail, of a call by the task's key. */
function messageOf(n: number, { task, credentials: [key] }: Awaited<ReturnType<BenchAgent["vend"]>>, role: string) {
  const [eventSource, eventName, requestParameters] = CALLS[n % CALLS.length] ?? CALLS[0];
  const detail = {
    eventVersion: "1.11",
    eventID: randomUUID(),
    eventTime: new Date().toISOString(),
    awsRegion: "us-east-1",
    eventSource,
    eventName,
    requestParameters,
    sourceIPAddress: "203.0.113.7",
    readOnly: true,
    userIdentity: {
      type: "AssumedRole",
      principalId: `AROAEXAMPLE:${task.id}`,
      accountId: ACCOUNT,
      accessKeyId: key?.AccessKeyId,
      arn: `arn:aws:sts::${ACCOUNT}:assumed-role/${role}/${task.id}`,
      sessionContext: { sessionIssuer: { type: "Role", userName: role }, sourceIdentity: "reporter" },
    },
  };
  const source = `aws.${eventSource.split(".", 1)[0]}`;
  const envelope = { version: "0", source, account: ACCOUNT, "detail-type": CALL_EVENT, detail };
  return { messageId: `m${n}`, receiptHandle: "r", body: JSON.stringify(envelope) };
}
