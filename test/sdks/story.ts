import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { startProcess } from "../contract/package/start-process.ts";
import { ACCOUNT, BUCKET, type RunningCloud } from "../contract/running-cloud.ts";
import { CLIENT } from "../unit/client/run-client.ts";
import type { Program } from "./programs.ts";
import { shortened } from "./shortened.ts";

export const INSIDE = "reports/weekly.csv";
export const OUTSIDE = "payroll/salaries.csv";
/** The service makes one session for a lease in ten seconds. An earlier renewal would get the same session. */
export const SHORT_SECONDS = 11;

/**
 * Milliseconds after which a hanging command is ended. The aws command starts anew for each of its calls, and takes a
 * minute on a busy machine.
 */
const MOST_MS = 180_000;

/** Results of an SDK over the life of a task. */
export interface Story {
  readonly inside: string | undefined;
  readonly outside: string | undefined;
  readonly afterTheRenewal: string | undefined;
  readonly isRenewed: boolean;
  /** Result of its last credentials once the command has ended. */
  readonly afterTheEnd: string;
  readonly code: number | null;
  readonly output: string;
}

/** Results that every SDK has to have. */
export const AS_IT_SHOULD_BE = {
  inside: "week,orders",
  outside: "AccessDenied",
  afterTheRenewal: "week,orders",
  isRenewed: true,
  afterTheEnd: "AccessDenied",
  code: 0,
} as const;

/**
 * Runs the unmodified program under `valetkey exec`: inside, outside, through a renewal, and its key after the end.
 * @param home an empty folder.
 */
export async function story(running: RunningCloud, program: Program, home: string): Promise<Story> {
  const service = await shortened(running.url, SHORT_SECONDS);
  try {
    const task = ["--purpose", "reports", "--ttl", "600", "--allow", `s3:GetObject=arn:aws:s3:::${BUCKET}/reports/*`];
    const command = program.command([BUCKET, INSIDE, OUTSIDE, String(SHORT_SECONDS + 1)]);
    const env = {
      HOME: home,
      AWS_ENDPOINT_URL: running.cloud.aws.endpoint,
      AWS_REGION: "us-east-1",
      VALETKEY_URL: service.url,
      // The token's audience is the service itself: a client sends it elsewhere only where configured.
      VALETKEY_AUDIENCE: running.url,
      VALETKEY_ACCOUNT: ACCOUNT,
      VALETKEY_TOKEN: await running.cloud.agents.mint({ sub: "agent:demo" }),
    };
    const args = [CLIENT, "exec", ...task, "--", ...command];
    const { stdout, stderr, code } = await startProcess(process.execPath, args, env, MOST_MS);
    const [inside, outside, afterTheRenewal, last = "{}"] = stdout.trim().split("\n");
    const keys = JSON.parse(last) as { readonly first?: Keys; readonly last?: Keys };
    await running.cloud.settled();
    const isRenewed = keys.first !== undefined && keys.first.AccessKeyId !== keys.last?.AccessKeyId;
    const afterTheEnd = keys.last === undefined ? "no key" : await read(running, keys.last);
    return { inside, outside, afterTheRenewal, isRenewed, afterTheEnd, code, output: stderr };
  } finally {
    await service.close();
  }
}

export interface Keys {
  readonly AccessKeyId: string;
  readonly SecretAccessKey: string;
  readonly SessionToken: string;
}

/** Reads the granted object with the keys. */
export function read(running: RunningCloud, keys: Keys): Promise<string> {
  const { endpoint, region } = running.cloud.aws;
  const credentials = {
    accessKeyId: keys.AccessKeyId,
    secretAccessKey: keys.SecretAccessKey,
    sessionToken: keys.SessionToken,
  };
  const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true, maxAttempts: 1 });
  return client.send(new GetObjectCommand({ Bucket: BUCKET, Key: INSIDE })).then(
    () => "read",
    (error: Error) => error.name,
  );
}
