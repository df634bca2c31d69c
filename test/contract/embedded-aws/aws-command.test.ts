import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { hasAwsCli } from "../../needs.ts";
import { allow, BUCKET, setStage, TARGET } from "../../unit/emulator/stage.ts";
import { sessionPolicy } from "./shared-stage.ts";

const run = promisify(execFile);

describe.runIf(hasAwsCli())("the aws command, unmodified", () => {
  it("prints its identity, copies both ways within its session policy, and no further", async () => {
    const real = await setStage();
    const folder = await mkdtemp(join(tmpdir(), "embedded-aws-"));
    const { accessKeyId, secretAccessKey, sessionToken } = await real.vend(
      sessionPolicy(allow(["s3:GetObject", "s3:PutObject"], `arn:aws:s3:::${BUCKET}/reports/*`)),
    );
    const env = {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      AWS_ENDPOINT_URL: real.aws.endpoint,
      AWS_DEFAULT_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
      AWS_CONFIG_FILE: join(folder, "none"),
      AWS_SHARED_CREDENTIALS_FILE: join(folder, "none"),
    };
    const aws = (...args: string[]): Promise<{ stdout: string }> => run("aws", args, { env, cwd: folder });
    try {
      const identity = JSON.parse((await aws("sts", "get-caller-identity", "--output", "json")).stdout) as object;
      expect(identity).toMatchObject({ Account: TARGET });
      await writeFile(join(folder, "up.txt"), "from the command line");
      await aws("s3", "cp", "up.txt", `s3://${BUCKET}/reports/up.txt`);
      await aws("s3", "cp", `s3://${BUCKET}/reports/up.txt`, "down.txt");
      expect(await readFile(join(folder, "down.txt"), "utf8")).toBe("from the command line");
      await expect(aws("s3", "cp", `s3://${BUCKET}/pii/b.txt`, "b.txt")).rejects.toThrow(/403|AccessDenied/);
    } finally {
      await rm(folder, { recursive: true });
      await real.close();
    }
  });
});
