import { accountId } from "../../../functions/core/deployment/account-id.ts";
import { observe } from "../../../functions/observe/observe.ts";
import type { QueueMessage } from "../../../functions/queues/batch.ts";
import { FakeHeard } from "../../fakes/observed/heard.ts";
import { FakeLedger } from "../../fakes/observed/ledger.ts";
import { FakeEscalations } from "../../fakes/revocation/escalation.ts";
import { spelled } from "../../fakes/samples/spelled.ts";
import { aLease, aTask } from "../../fakes/samples/task.ts";
import { CATALOGUE } from "../../fakes/world/world.ts";
import { type Row, type Run, verdict } from "../row.ts";
import { median, percentile } from "../statistics.ts";
import { spentMs } from "./cpu-time.ts";

const [BATCHES, WARM_UP, BATCH, MOST_MS] = [400, 50, 10, 5];
const KEY_ID = "ASIAOFTHETASK";
const CALLS = ["GetObject", "ListObjectsV2", "PutObject", "HeadObject", "DeleteObject"] as const;

/** Measures the CPU of `observe` for one event, in the queue's batches of ten, without the table's part. */
export async function cpuOfObserving({ say }: Run): Promise<readonly Row[]> {
  say(`${BATCHES} batches of ${BATCH} events of CloudTrail`);
  const account = accountId("111122223333");
  const { task } = aTask({
    leases: [aLease(0, { state: "issued", accessKeyId: KEY_ID })],
    details: [
      { type: "aws", account, actions: spelled("s3:*"), resources: ["arn:aws:s3:::acme", "arn:aws:s3:::acme/*"] },
    ],
  });
  const ports = {
    tasks: { read: async () => task },
    ledger: new FakeLedger(),
    heard: new FakeHeard(Date.now),
    escalations: new FakeEscalations(),
    deployment: { accounts: [], escalation: { tripwires: ["arn:aws:s3:::acme/do-not-touch"] } },
    catalogue: CATALOGUE,
    clock: { nowMs: Date.now },
    log: { write: () => undefined },
  };
  const [eventMs, bareMs]: [number[], number[]] = [[], []];
  for (let batch = 0; batch < WARM_UP + BATCHES; batch += 1) {
    const Records = Array.from({ length: BATCH }, (_, n) => messageOf(batch * BATCH + n, task.path));
    const bareAtMs = spentMs();
    for (const { body } of Records) JSON.stringify(JSON.parse(body));
    const beganAtMs = spentMs();
    if (batch >= WARM_UP) bareMs.push((beganAtMs - bareAtMs) / BATCH);
    const { batchItemFailures } = await observe({ Records }, ports);
    const tookMs = spentMs() - beganAtMs;
    if (batchItemFailures.length > 0) throw new Error("events of the benchmark were not recorded");
    if (batch >= WARM_UP) eventMs.push(tookMs / BATCH);
  }
  const [p50Ms, p99Ms] = [median(eventMs), percentile(eventMs, 0.99)];
  const ratio = p50Ms / median(bareMs);
  return [
    {
      name: "CPU of observe for one event of CloudTrail",
      measured: `p50 ${p50Ms.toFixed(3)} ms, p99 ${p99Ms.toFixed(3)} ms`,
      target: `p99 <= ${MOST_MS} ms`,
      verdict: verdict(p99Ms <= MOST_MS),
      notes: [
        `${BATCHES} batches of ${BATCH} events of one task, with the rules of escalation; the table's part is not in it`,
        `${ratio.toFixed(1)} times reading and writing the same JSON, in turn (p50 ${median(bareMs).toFixed(3)} ms)`,
      ],
      figures: { p50Ms, p99Ms, ratio },
    },
  ];
}

/** Makes a message with an event of CloudTrail; every third call was denied. */
function messageOf(n: number, path: string): QueueMessage {
  const account = accountId("111122223333");
  const detail = {
    eventVersion: "1.11",
    eventID: `event-${n}`,
    eventTime: new Date().toISOString(),
    awsRegion: "eu-central-1",
    eventSource: "s3.amazonaws.com",
    eventName: CALLS[n % CALLS.length],
    sourceIPAddress: "203.0.113.7",
    userAgent: "aws-sdk-js/3.1173.0 ua/2.1 os/linux lang/js md/nodejs#24.0.0",
    readOnly: n % 2 === 0,
    ...(n % 3 === 0 ? { errorCode: "AccessDenied", errorMessage: "Access Denied" } : {}),
    requestParameters: { bucketName: "acme", key: `reports/${n % 40}.csv`, Host: "acme.s3.eu-central-1.amazonaws.com" },
    userIdentity: {
      type: "AssumedRole",
      principalId: `AROAEXAMPLE:${path}`,
      accountId: account,
      accessKeyId: KEY_ID,
      arn: `arn:aws:sts::${account}:assumed-role/valetkey-task-0/${path}`,
      sessionContext: { sessionIssuer: { type: "Role", userName: "valetkey-task-0" }, sourceIdentity: "demo" },
    },
  };
  const envelope = { version: "0", source: "aws.s3", account, "detail-type": "AWS API Call via CloudTrail", detail };
  return { messageId: `m${n}`, receiptHandle: "r", body: JSON.stringify(envelope) };
}
