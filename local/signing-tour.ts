import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Cloud } from "./cloud/start-cloud.ts";
import { patientFetch } from "./patient-fetch.ts";
import { complete, exchange, type TokenAnswer } from "./tour.ts";

/** Result of the tour's task whose session stays in the hub: observed, not assumed. */
export interface SigningReport {
  /** AWS answered a request that the hub had signed. */
  readonly signed_call_allowed: boolean;
  /** After the task's end, the hub signed no more, and AWS refused the earlier signature. */
  readonly signed_after_end_refused: boolean;
  /** A command read an object by the SDK's own way, and all that it had for that was a key that AWS does not know. */
  readonly child_has_no_key: boolean;
}

/** Most time until AWS refuses an earlier signature; milliseconds. */
const WITHIN_MS = 30_000;
const PAUSE_MS = 50;
const HOST = "s3.us-east-1.amazonaws.com";
const PATH = "/acme-data/reports/weekly.csv";
const CLIENT = fileURLToPath(new URL("../client/valetkey.ts", import.meta.url));

/** Program of a command: reads an object through its port, and then tries its keys at AWS itself. */
const PROGRAM = `
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
const read = (settings) => new S3Client({ region: "us-east-1", maxAttempts: 1, ...settings })
  .send(new GetObjectCommand({ Bucket: "acme-data", Key: "reports/weekly.csv" })).then(() => "200", ({ name }) => name);
const key = await (await fetch(process.env.AWS_CONTAINER_CREDENTIALS_FULL_URI,
  { headers: { authorization: process.env.AWS_CONTAINER_AUTHORIZATION_TOKEN } })).json();
const credentials = { accessKeyId: key.AccessKeyId, secretAccessKey: key.SecretAccessKey, sessionToken: key.Token };
console.log(JSON.stringify({
  byPort: await read({}),
  atAws: await read({ endpoint: process.argv[1], forcePathStyle: true, credentials }),
  has: [key, process.env],
}));
`;

interface Signed {
  readonly headers?: readonly (readonly [string, string])[];
  readonly code?: string;
}

/** Shows a task without a key: the session stays in the hub, which signs one request at a time. */
export async function signingTour(api: string, cloud: Cloud, say: (line: string) => void): Promise<SigningReport> {
  const intent = [
    {
      type: "aws",
      account: cloud.targetAccount,
      actions: ["s3:GetObject"],
      resources: ["arn:aws:s3:::acme-data/reports/*"],
    },
  ];
  say("\n16. A key that never leaves: the session stays in the hub, which signs one request at a time.");
  const task = await exchange(api, await cloud.agents.mint({ sub: "agent:demo" }), intent, { deliver: "sign" });
  const signed = await sign(api, task);
  const allowed = await send(cloud, signed);
  say(`     the hub signs a read of reports/weekly.csv  -> ${allowed}; the answer has no key`);
  await complete(api, task);
  const refused = await sign(api, task);
  const dead = await untilRefused(cloud, signed);
  say(`     its task has ended, another signature       -> ${refused.code ?? "signed"}`);
  say(`     the earlier signature, sent again           -> ${dead}`);

  say("   `valetkey exec --sign`: a command works as ever, and has no key to lose.");
  const child = await run(api, cloud);
  say(`     its SDK reads through a port                -> ${child.byPort}`);
  say(`     its keys of this run, tried at AWS itself   -> ${child.atAws}`);
  const secrets = cloud.aws.sessionKeys().map(({ secretAccessKey }) => secretAccessKey);
  const isInChild = secrets.some((secret) => JSON.stringify(child.has).includes(secret));
  return {
    signed_call_allowed: allowed === 200,
    signed_after_end_refused: refused.code === "task_ended" && dead === 403,
    child_has_no_key: child.byPort === "200" && child.atAws !== "200" && secrets.length > 0 && !isInChild,
  };
}

async function sign(api: string, { access_token: token, task }: TokenAnswer): Promise<Signed> {
  const answer = await patientFetch(`${api}/v1/tasks/${task.id}/sign`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({
      ...{ lease: "aws-0", method: "GET", host: HOST, path: PATH, query: "" },
      ...{ headers: [], payload_hash: createHash("sha256").digest("hex") },
    }),
  });
  return (await answer.json()) as Signed;
}

/** Sends the signed request to the embedded AWS. @returns its status. */
function send({ aws }: Cloud, { headers = [] }: Signed): Promise<number> {
  const { hostname, port } = new URL(aws.endpoint);
  return new Promise((resolve, reject) => {
    request({ hostname, port, path: PATH, headers: { host: HOST, ...Object.fromEntries(headers) } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    })
      .on("error", reject)
      .end();
  });
}

async function untilRefused(cloud: Cloud, signed: Signed): Promise<number> {
  const until = performance.now() + WITHIN_MS;
  let status = await send(cloud, signed);
  while (status !== 403 && performance.now() < until) {
    await sleep(PAUSE_MS);
    status = await send(cloud, signed);
  }
  return status;
}

/** Runs a command by `valetkey exec --sign`. @returns what it found. */
async function run(api: string, cloud: Cloud) {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      ...[CLIENT, "exec", "--sign", "--quiet", "--purpose", "read the report", "--account", cloud.targetAccount],
      ...["--allow", "s3:GetObject=arn:aws:s3:::acme-data/reports/*", "--"],
      ...[process.execPath, "--input-type=module", "--eval", PROGRAM, cloud.aws.endpoint],
    ],
    {
      cwd: fileURLToPath(new URL("..", import.meta.url)),
      env: {
        ...{ PATH: process.env.PATH, HOME: process.env.HOME, NO_COLOR: "1" },
        ...{ VALETKEY_URL: api, VALETKEY_TOKEN: await cloud.agents.mint({ sub: "agent:demo" }) },
        ...{ AWS_ENDPOINT_URL: cloud.aws.endpoint, AWS_REGION: "us-east-1" },
      },
    },
  );
  return JSON.parse(stdout) as { readonly byPort: string; readonly atAws: string; readonly has: unknown };
}
