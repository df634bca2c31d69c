import { setTimeout as sleep } from "node:timers/promises";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { type RunningTask, type TaskRequest, withTask } from "../../../client/with-task.ts";
import { SIGN_FENCE_SECONDS } from "../../../contract/limits.ts";
import { BenchAgent } from "../cloud/bench-agent.ts";
import { startBenchCloud } from "../cloud/bench-cloud.ts";
import { URL_OF_HUB } from "../cloud/bench-config.ts";
import { putReport } from "../ending/watched-key.ts";
import { ACCOUNT, THREE_PAIRS } from "../policies/bench-policies.ts";
import { type Row, type Run, verdict } from "../row.ts";
import { median, percentile } from "../statistics.ts";

const [WARM_UP, CALLS] = [100, 1_000];

/** Signatures of which each is sent again after its task has ended. */
const REPLAYS = 30;
/** Time after which a signature that still works counts as never refused; milliseconds. */
const GIVE_UP_MS = 20_000;

/** Measures calls of tasks by signatures of the hub, beside calls by a task's own key, and how long a signature outlives its task. */
export async function signedCalls({ say, workDir }: Run): Promise<readonly Row[]> {
  const cloud = await startBenchCloud({ workDir, isTapped: false });
  try {
    putReport(cloud);
    const agent = await BenchAgent.register(cloud, "reporter");
    const request = {
      ...{ url: cloud.api, audience: URL_OF_HUB, purpose: "read the report", intent: THREE_PAIRS },
      identity: () => agent.token(),
    };
    const { endpoint } = cloud.aws;
    say(`${WARM_UP + CALLS} calls by signatures, each beside one by a key`);
    const beside = await withTask({ ...request, deliver: "sign" }, (signing) =>
      withTask(request, (holding) => inTurn(clientOf(signing, endpoint), clientOf(holding, endpoint))),
    );
    say(`${REPLAYS} signatures, each sent again once its task has ended`);
    const outlivedMs: number[] = [];
    while (outlivedMs.length < REPLAYS) outlivedMs.push(await replayed({ ...request, deliver: "sign" }, endpoint));
    return [besideKeys(beside), afterTheEnd(outlivedMs)];
  } finally {
    await cloud.close();
  }
}

const clientOf = (task: RunningTask, endpoint: string) =>
  new S3Client({ region: "us-east-1", endpoint, forcePathStyle: true, ...task.awsConfig(ACCOUNT) });

/** Calls by signatures and by keys, in turn; milliseconds each. */
interface Beside {
  readonly signed: readonly number[];
  readonly keyed: readonly number[];
}

async function inTurn(signing: S3Client, holding: S3Client): Promise<Beside> {
  const [signed, keyed]: [number[], number[]] = [[], []];
  const both = [
    { client: signing, tookMs: signed },
    { client: holding, tookMs: keyed },
  ];
  for (let count = 0; count < WARM_UP + CALLS; count += 1)
    for (const { client, tookMs } of count % 2 === 0 ? both : both.toReversed()) {
      const ms = await read(client);
      if (count >= WARM_UP) tookMs.push(ms);
    }
  return { signed, keyed };
}

/** Request as it was sent, with its signature. */
interface Sent {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Measures from the end of a task's work until AWS refuses a request that was signed before; milliseconds. */
async function replayed(request: TaskRequest, endpoint: string): Promise<number> {
  const { path, headers, beganAtMs } = await withTask(request, async (task) => {
    const client = clientOf(task, endpoint);
    let sent: Sent = { path: "", headers: {} };
    client.middlewareStack.add(
      (next) => (args) => {
        sent = args.request as Sent;
        return next(args);
      },
      { step: "finalizeRequest", priority: "low" },
    );
    await read(client);
    const { host: _, ...headers } = sent.headers;
    return { path: sent.path, headers, beganAtMs: performance.now() };
  });
  while (performance.now() - beganAtMs < GIVE_UP_MS) {
    const answer = await fetch(`${endpoint}${path}`, { headers });
    await answer.arrayBuffer();
    if (answer.status === 403) return performance.now() - beganAtMs;
    await sleep(5);
  }
  return Number.POSITIVE_INFINITY;
}

async function read(client: S3Client): Promise<number> {
  const beganAtMs = performance.now();
  const { Body } = await client.send(new GetObjectCommand({ Bucket: "acme-data", Key: "reports/weekly.csv" }));
  await Body?.transformToString();
  return performance.now() - beganAtMs;
}

function besideKeys({ signed, keyed }: Beside): Row {
  const [p50, own] = [median(signed), median(keyed)];
  const addedMs = p50 - own;
  return {
    name: "1,000 calls by signatures beside 1,000 by a key",
    measured: `p50 ${p50.toFixed(1)} ms beside ${own.toFixed(1)} ms`,
    target: "none: a signature is one more request",
    verdict: "ok",
    notes: [
      `a signature adds ${addedMs.toFixed(1)} ms (p99 ${percentile(signed, 0.99).toFixed(1)} ms beside ${percentile(keyed, 0.99).toFixed(1)} ms), with API, functions, table and AWS on this machine, in one process`,
    ],
    figures: { p50Ms: p50, ownKeyMs: own, addedMs },
  };
}

function afterTheEnd(tookMs: readonly number[]): Row {
  const [p50, longest] = [median(tookMs), Math.max(...tookMs)];
  return {
    name: "completed -> an earlier signature is refused, local",
    measured: `p50 ${p50.toFixed(0)} ms, longest ${longest.toFixed(0)} ms`,
    target: `<= ${SIGN_FENCE_SECONDS} s, the fence`,
    verdict: verdict(longest <= SIGN_FENCE_SECONDS * 1_000),
    notes: [
      `${tookMs.length} tasks, one after another; until IAM denies the session, the same request works again: a signature has no nonce`,
      "IAM of this machine acts at once; AWS's takes seconds more, and the fence bounds that",
    ],
    figures: { p50Ms: p50, longestMs: longest },
  };
}
