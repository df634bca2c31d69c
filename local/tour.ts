import { setTimeout as sleep } from "node:timers/promises";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { type FunctionName, RENEWS_HEADER } from "../contract/names.ts";
import type { Cloud } from "./cloud/start-cloud.ts";
import { patientFetch } from "./patient-fetch.ts";

/** Results of the tour: each value was observed, none assumed. */
export interface TourReport {
  /** Id of the task. */
  readonly task: string;
  readonly vended: boolean;
  readonly inside_allowed: boolean;
  readonly outside_refused: boolean;
  readonly revoked_refused: boolean;
  /** Milliseconds from the request to the credentials. */
  readonly first_credential_ms: number;
  /** Milliseconds from the request to end the task to the first call that AWS refuses. */
  readonly revoke_to_refused_ms: number;
  /** Median of the same as `first_credential_ms`, of tasks after the first; milliseconds. */
  readonly warm_vend_ms: number;
  /** Median of the same as `revoke_to_refused_ms`, of tasks after the first; milliseconds. */
  readonly warm_refused_ms: number;
  /** Milliseconds from the ending to IAM's policy, from the task's receipt. */
  readonly ended_to_policy_ms: number | undefined;
  /** Milliseconds from the ending to the first refused call of a probe, from the receipt. */
  readonly ended_to_observed_ms: number | undefined;
  /** True where the ledger has the calls that AWS allowed. */
  readonly ledger_used: boolean;
  /** True where the ledger has the calls that AWS denied. */
  readonly ledger_denied: boolean;
}

export interface TokenAnswer {
  readonly access_token: string;
  readonly task: { readonly id: string };
  readonly credentials: readonly {
    readonly type: string;
    readonly AccessKeyId: string;
    readonly SecretAccessKey: string;
    readonly Token: string;
    readonly Expiration: string;
    readonly username?: string;
    readonly password?: string;
  }[];
}

const WITHIN_MS = 30_000;
/**
 * Upper bound on the wait for the ledger; milliseconds. SQS hides a failed batch from `observe` for 120 seconds: a slow
 * machine needs a second delivery.
 */
const LEDGER_WITHIN_MS = 150_000;
/** Pause between two calls that wait for a refusal; milliseconds. */
const PAUSE_MS = 20;
/** Most tasks from which the warm figures are taken. */
const WARM_TASKS = 5;
/** Time after which no further one begins, for an IAM that acts late; milliseconds. */
const WARM_MS = 5_000;

/** Functions of a task's way from the request to the refused key. A start in the middle of it would be measured with it. */
const ON_THE_WAY: readonly FunctionName[] = [
  ...(["register", "exchange", "tasks", "relay", "reconcile"] as const),
  ...(["collect", "observe", "probe"] as const),
];

/** Shows the main job, from an agent's token to a revoked key. @param say prints a step. */
export async function tour(api: string, cloud: Cloud, say: (line: string) => void): Promise<TourReport> {
  const warmed = Promise.all(ON_THE_WAY.map((name) => cloud.hosts[name].warm()));
  say("0. An operator registers the agents `demo` and `tickets` (a tool server).");
  await registerAgents(api, cloud, ["demo", "tickets"]);

  say(
    "\n1. The agent's workload has an OIDC token (here from a local issuer; elsewhere GitHub, Kubernetes, AWS, ...).",
  );
  const token = await cloud.agents.mint({ sub: "agent:demo" });
  await warmed;

  say("2. It says what it is about to do, and gets a key for exactly that:");
  const intent = [
    {
      type: "aws",
      account: cloud.targetAccount,
      actions: ["s3:GetObject"],
      resources: ["arn:aws:s3:::acme-data/reports/*"],
    },
    { type: "tool", server: "tickets", tools: ["search"] },
  ];
  say(
    `     POST /v1/token  purpose="summarise the weekly report"\n     authorization_details=${JSON.stringify(intent)}`,
  );
  const beganAt = performance.now();
  const answer = await exchange(api, token, intent);
  const firstCredentialMs = Math.round(performance.now() - beganAt);
  const key = answer.credentials[0];
  say(
    `   -> task ${answer.task.id}  key ${key?.AccessKeyId ?? "none"}, dead at ${key?.Expiration ?? "-"}  (${firstCredentialMs} ms)`,
  );

  say("3. An unmodified AWS SDK uses it:");
  const s3 = s3With(key, cloud);
  const inside = await get(s3, "reports/weekly.csv");
  say(`     s3:GetObject acme-data/reports/weekly.csv   -> ${inside}`);
  const outside = [await get(s3, "payroll/salaries.csv"), await get(s3, "reports-private/board.csv")];
  say(
    `     s3:GetObject acme-data/payroll/salaries.csv -> ${outside[0]}\n     s3:GetObject acme-data/reports-private/...  -> ${outside[1]}`,
  );

  say("4. What policy does not permit is not vended at all, and the answer says why:");
  say(`     ${await denied(api, await cloud.agents.mint({ sub: "agent:demo" }), cloud.targetAccount)}`);

  say("5. The agent ends its task, and AWS refuses the key:");
  const endedAt = performance.now();
  await complete(api, answer);
  const isRefused = await untilRefused(s3, endedAt);
  const revokeToRefusedMs = Math.round(performance.now() - endedAt);
  say(
    `     POST /v1/tasks/${answer.task.id}/complete, then s3:GetObject -> ${isRefused ? "AccessDenied" : "still allowed"}  (${revokeToRefusedMs} ms)`,
  );
  s3.destroy();
  await cloud.settled();
  const rows = await ledgerOf(api, await cloud.people.mint({ sub: "person:alice" }), answer.task.id);
  for (const { action, resource, used, denied } of rows)
    say(`     GET /v1/tasks/${answer.task.id}/ledger        -> ${action} ${resource}: used ${used}, denied ${denied}`);
  await cloud.probed();
  const receipt = await receiptOf(api, await cloud.people.mint({ sub: "person:alice" }), answer.task.id);
  const { milliseconds: endedToPolicyMs, observed } = receipt;
  const refused = { denied: "refused after", at_most: "refused within", not_observed: "still answered" };
  say(
    `     GET /v1/tasks/${answer.task.id}/receipt       -> IAM had the policy ${endedToPolicyMs ?? "?"} ms after the ending\n     ... and a probe, of the same role and name, ${observed ? `was ${refused[observed.status]} ${observed.milliseconds} ms` : "saw nothing"}`,
  );
  const warm = await warmFigures(api, cloud, intent);
  say(
    `   More tasks, with every function warm: a key after ${warm.warm_vend_ms} ms, refused ${warm.warm_refused_ms} ms after the ending (medians)`,
  );
  return {
    task: answer.task.id,
    vended: key !== undefined,
    inside_allowed: inside === "200",
    outside_refused: outside.every((outcome) => outcome === "AccessDenied"),
    revoked_refused: isRefused,
    first_credential_ms: firstCredentialMs,
    revoke_to_refused_ms: revokeToRefusedMs,
    ...warm,
    ended_to_policy_ms: endedToPolicyMs,
    ended_to_observed_ms: observed?.milliseconds,
    ledger_used: rows.some(isUsedReport),
    ledger_denied: rows.some(isDeniedPayroll),
  };
}

/** Opens and ends tasks one after another. @returns the medians. */
async function warmFigures(
  api: string,
  cloud: Cloud,
  intent: unknown,
): Promise<Pick<TourReport, "warm_vend_ms" | "warm_refused_ms">> {
  const [vends, refusals]: [number[], number[]] = [[], []];
  const since = performance.now();
  while (vends.length === 0 || (vends.length < WARM_TASKS && performance.now() - since < WARM_MS)) {
    const token = await cloud.agents.mint({ sub: "agent:demo" });
    const beganAt = performance.now();
    const answer = await exchange(api, token, intent);
    vends.push(performance.now() - beganAt);
    const s3 = s3With(answer.credentials[0], cloud);
    const endedAt = performance.now();
    await complete(api, answer);
    await untilRefused(s3, endedAt);
    refusals.push(performance.now() - endedAt);
    s3.destroy();
  }
  return { warm_vend_ms: median(vends), warm_refused_ms: median(refusals) };
}

const median = (values: readonly number[]): number =>
  Math.round(values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0);

/** Registers agents, over the operators' API. */
export async function registerAgents(api: string, cloud: Cloud, ids: readonly string[]): Promise<void> {
  const operator = await cloud.people.mint({ sub: "person:alice" });
  for (const id of ids) {
    const answer = await patientFetch(`${api}/v1/agents`, {
      method: "POST",
      headers: { authorization: `Bearer ${operator}`, "content-type": "application/json" },
      body: JSON.stringify({
        id,
        name: id,
        owner: "staff|person:alice",
        team: "demo",
        bindings: [{ issuer: "local", claims: { sub: `agent:${id}` } }],
      }),
    });
    if (answer.status !== 201) throw new Error(`registering ${id}: ${answer.status} ${await answer.text()}`);
  }
}

/** Makes an unmodified client of S3 with a vended key. */
export const s3With = (key: TokenAnswer["credentials"][number] | undefined, cloud: Cloud): S3Client =>
  new S3Client({
    region: "us-east-1",
    endpoint: cloud.aws.endpoint,
    forcePathStyle: true,
    maxAttempts: 1,
    credentials: {
      accessKeyId: key?.AccessKeyId ?? "",
      secretAccessKey: key?.SecretAccessKey ?? "",
      sessionToken: key?.Token ?? "",
    },
  });

/** Opens a task. @throws {Error} with the answer of a refusal. */
export async function exchange(...request: Parameters<typeof post>): Promise<TokenAnswer> {
  const answer = await post(...request);
  if (answer.status !== 200) throw new Error(`exchange: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as TokenAnswer;
}

export const post = (
  api: string,
  token: string,
  intent: unknown,
  more: Readonly<Record<string, string>> = {},
  { renews = false } = {},
): Promise<Response> =>
  patientFetch(`${api}/v1/token`, {
    method: "POST",
    headers: renews ? { [RENEWS_HEADER]: "1" } : {},
    body: new URLSearchParams({
      grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
      subject_token: token,
      subject_token_type: "urn:ietf:params:oauth:token-type:id_token",
      purpose: "summarise the weekly report",
      authorization_details: JSON.stringify(intent),
      ...more,
    }),
  });

async function denied(api: string, token: string, account: string): Promise<string> {
  const answer = await post(api, token, [
    { type: "aws", account, actions: ["s3:DeleteObject"], resources: ["arn:aws:s3:::acme-data/reports/*"] },
  ]);
  const { error, denials = [] } = (await answer.json()) as {
    readonly error: string;
    readonly denials?: readonly { readonly action: string; readonly reason: string }[];
  };
  return `s3:DeleteObject -> ${answer.status} ${error}: ${denials.map(({ action, reason }) => `${action}: ${reason}`).join(" ")}`;
}

export async function complete(
  api: string,
  { access_token: token, task }: Pick<TokenAnswer, "access_token" | "task">,
): Promise<void> {
  const answer = await patientFetch(`${api}/v1/tasks/${task.id}/complete`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ outcome: "success" }),
  });
  if (answer.status !== 200) throw new Error(`complete: ${answer.status} ${await answer.text()}`);
}

interface LedgerRow {
  readonly action: string;
  readonly resource: string;
  readonly used: number;
  readonly denied: number;
}

const isUsedReport = ({ resource, used }: LedgerRow): boolean => resource.endsWith("/reports/weekly.csv") && used > 0;
const isDeniedPayroll = ({ resource, denied }: LedgerRow): boolean =>
  resource.endsWith("/payroll/salaries.csv") && denied > 0;
const isDeniedBoard = ({ resource, denied }: LedgerRow): boolean =>
  resource.endsWith("/reports-private/board.csv") && denied > 0;

/** Reads the ledger of the task's calls, from CloudTrail's events, which come in any order. Repeats until each of the calls is there. */
async function ledgerOf(api: string, operator: string, task: string) {
  for (const beganAt = performance.now(); ; ) {
    const answer = await patientFetch(`${api}/v1/tasks/${task}/ledger`, {
      headers: { authorization: `Bearer ${operator}` },
    });
    const { rows = [] } = (await answer.json()) as { readonly rows?: readonly LedgerRow[] };
    const isWhole = [isUsedReport, isDeniedPayroll, isDeniedBoard].every((isExpected) => rows.some(isExpected));
    if (isWhole || performance.now() - beganAt > LEDGER_WITHIN_MS) return rows;
    await sleep(100);
  }
}

/** Reads the receipt of the task's lease. Repeats until the policy write is recorded. */
async function receiptOf(api: string, operator: string, task: string): Promise<LeaseReceipt> {
  const beganAt = performance.now();
  while (performance.now() - beganAt < WITHIN_MS) {
    const answer = await patientFetch(`${api}/v1/tasks/${task}/receipt`, {
      headers: { authorization: `Bearer ${operator}` },
    });
    if (answer.status !== 200) throw new Error(`receipt: ${answer.status} ${await answer.text()}`);
    const { complete, leases } = (await answer.json()) as {
      readonly complete: boolean;
      readonly leases: readonly LeaseReceipt[];
    };
    if (complete) return leases[0] ?? {};
    await sleep(100);
  }
  return {};
}

interface LeaseReceipt {
  readonly milliseconds?: number;
  readonly observed?: { readonly status: "denied" | "at_most" | "not_observed"; readonly milliseconds: number };
}

export async function untilRefused(s3: S3Client, sinceMs: number): Promise<boolean> {
  while (performance.now() - sinceMs < WITHIN_MS) {
    if ((await get(s3, "reports/weekly.csv")) === "AccessDenied") return true;
    await sleep(PAUSE_MS);
  }
  return false;
}

/** Reads an object of the demo's bucket, or of another one. @returns `200`, or the name of AWS's error. */
export async function get(s3: S3Client, key: string, bucket = "acme-data"): Promise<string> {
  try {
    const { Body: body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    await body?.transformToByteArray();
    return "200";
  } catch (error) {
    return error instanceof Error ? error.name : "unknown";
  }
}
