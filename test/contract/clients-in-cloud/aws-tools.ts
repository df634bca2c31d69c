import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { hasAwsCli, hasBoto3 } from "../../needs.ts";
import { BUCKET, type StartedTask } from "../running-cloud.ts";
import type { ClientsCloud } from "./clients-cloud.ts";

const JAVASCRIPT = `
  import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
  const [Bucket, Key] = process.argv.slice(1);
  const { Body } = await new S3Client({ forcePathStyle: true }).send(new GetObjectCommand({ Bucket, Key }));
  process.stdout.write(await Body.transformToString());`;
const PYTHON = `
import boto3, sys
print(boto3.client("s3").get_object(Bucket=sys.argv[1], Key=sys.argv[2])["Body"].read().decode(), end="")`;

/** Command by which each tool reads one object, with the credentials that its default chain finds. */
const TOOLS: readonly (readonly [string, boolean, (key: string) => readonly [string, ...string[]]])[] = [
  ["the aws command", hasAwsCli(), (key) => ["aws", "s3", "cp", `s3://${BUCKET}/${key}`, "-"]],
  ["boto3", hasBoto3(), (key) => ["python3", "-c", PYTHON, BUCKET, key]],
  ["the JavaScript SDK", true, (key) => [process.execPath, "--input-type=module", "-e", JAVASCRIPT, BUCKET, key]],
];

/** Complaint of a tool that waited in vain for an answer. */
const GAVE_UP = /^failed: [\s\S]*(timed? ?out|overloaded|response 503)/i;

type Environment = Readonly<Record<string, string>>;

/** Credentials in the environment, for an agent that was handed the key. */
const handed = ({ accessKeyId, secretAccessKey, sessionToken }: StartedTask): Environment => ({
  AWS_ACCESS_KEY_ID: accessKeyId,
  AWS_SECRET_ACCESS_KEY: secretAccessKey,
  AWS_SESSION_TOKEN: sessionToken,
});

/** Tools that know nothing of valetkey: the aws command and the SDKs, with a key from an exchange. */
export function awsTools(cloud: ClientsCloud): void {
  /** Credentials fetched by the AWS SDKs' container protocol, from the service itself. */
  const fetched = ({ id, token }: StartedTask): Environment => ({
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `${cloud.running.url}/v1/tasks/${id}/credentials/aws-0`,
    AWS_CONTAINER_AUTHORIZATION_TOKEN: token,
  });

  /**
   * Printed text, or the complaint. Restarts a tool that gave up waiting. The SDKs wait a second or two for a key,
   * however busy the machine is.
   */
  async function run(command: readonly [string, ...string[]], env: Environment, attempts = 5): Promise<string> {
    const output = await runOnce(command, env);
    return attempts > 1 && GAVE_UP.test(output) ? run(command, env, attempts - 1) : output;
  }

  async function runOnce([command, ...args]: readonly [string, ...string[]], env: Environment): Promise<string> {
    try {
      const { stdout } = await promisify(execFile)(command, args, {
        env: {
          PATH: process.env.PATH,
          HOME: cloud.home,
          AWS_EC2_METADATA_DISABLED: "true",
          AWS_MAX_ATTEMPTS: "1",
          AWS_REGION: "us-east-1",
          AWS_DEFAULT_REGION: "us-east-1",
          AWS_ENDPOINT_URL: cloud.running.cloud.aws.endpoint,
          ...env,
        },
      });
      return stdout;
    } catch (error) {
      return `failed: ${(error as { readonly stderr?: string }).stderr ?? error}`;
    }
  }

  describe.concurrent.each(TOOLS)("%s, unmodified", (_, isThere, read) => {
    it.runIf(isThere)("reads the granted object, and is refused others, with a key from an exchange", async () => {
      const task = await cloud.running.start();
      const [inside, outside] = await Promise.all([
        run(read("reports/weekly.csv"), handed(task)),
        run(read("payroll/salaries.csv"), handed(task)),
      ]);
      expect(inside).toBe("week,orders\n");
      expect(outside).toMatch(/^failed: [\s\S]*(AccessDenied|403|Forbidden)/);
    });

    it.runIf(isThere)("finds its key at the credentials endpoint by itself, until the task ends", async () => {
      const task = await cloud.running.start();
      const [inside, outside] = await Promise.all([
        run(read("reports/weekly.csv"), fetched(task)),
        run(read("payroll/salaries.csv"), fetched(task)),
      ]);
      expect(inside).toBe("week,orders\n");
      expect(outside).toMatch(/^failed: [\s\S]*(AccessDenied|403|Forbidden)/);

      await cloud.running.complete(task);
      const [old, fresh] = await Promise.all([
        run(read("reports/weekly.csv"), handed(task)),
        run(read("reports/weekly.csv"), fetched(task)),
      ]);
      expect(old).toMatch(/^failed: [\s\S]*(AccessDenied|403|Forbidden)/);
      expect(fresh).toMatch(/^failed: /);
      expect(fresh).not.toContain("week,orders");
    });
  });
}
