import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LoopbackServer, listen } from "../loopback-server.ts";
import { hasAwsCli } from "../needs.ts";
import { type StartedMcp, startMcp } from "../unit/client/mcp/start-mcp.ts";
import { ACCOUNT, BUCKET, type RunningCloud, runCloud } from "./running-cloud.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Program that reads an object by the JavaScript SDK, and prints what it got, and its environment. */
const PROGRAM = `
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { ListQueuesCommand, SQSClient } from "@aws-sdk/client-sqs";
const text = (call) => call.then((answer) => answer, ({ name, message }) => name + ": " + message);
const read = (Key) => text(
  new S3Client({ maxAttempts: 1 }).send(new GetObjectCommand({ Bucket: "${BUCKET}", Key })).then(({ Body }) => Body.transformToString()),
);
console.log(JSON.stringify({
  granted: await read("reports/weekly.csv"),
  beyond: await read("payroll/salaries.csv"),
  other: await text(new SQSClient({ maxAttempts: 1 }).send(new ListQueuesCommand({}))),
  env: process.env,
}));
`;
/** Policies: reports are read without a key, and notes may be read with one. */
const POLICIES = `
@id("reports") @deliver("sign")
permit (principal, action == Action::"s3:GetObject", resource) when { resource.arn like "arn:aws:s3:::${BUCKET}/reports/*" };
@id("notes")
permit (principal, action == Action::"s3:GetObject", resource) when { resource.arn like "arn:aws:s3:::${BUCKET}/notes/*" };
`;
const NODE = ["--input-type=module", "--eval", PROGRAM];

describe("valetkey mcp, where policy has the hub sign the requests", () => {
  let running: RunningCloud;
  let issuer: LoopbackServer;
  let server: StartedMcp;
  let policiesDir: string;
  const start = (args: readonly string[]) =>
    startMcp([...args, "--allow", "node", "--folder", ROOT], {
      ...{ VALETKEY_URL: running.url, VALETKEY_ACCOUNT: ACCOUNT, VALETKEY_TOKEN_URL: issuer.url },
      ...{ AWS_ENDPOINT_URL: running.cloud.aws.endpoint, AWS_REGION: "us-east-1" },
    });
  beforeAll(async () => {
    policiesDir = mkdtempSync(join(tmpdir(), "valetkey-mcp-signing-"));
    // The policies of operators are as they are deployed.
    for (const file of ["schema.cedarschema", "operators.cedar"])
      cpSync(join(ROOT, "policies", file), join(policiesDir, file));
    writeFileSync(join(policiesDir, "permits.cedar"), POLICIES);
    running = await runCloud({ policiesDir });
    const { agents } = running.cloud;
    issuer = await listen(async (_, response) => void response.end(await agents.mint({ sub: "agent:demo" })));
    server = await start([]);
  });
  afterAll(async () => {
    await server.close();
    await issuer.close();
    await running.close();
    rmSync(policiesDir, { recursive: true, force: true });
  });

  const granted = async (folder = "reports", of = server) => {
    const allow = [`s3:GetObject=arn:aws:s3:::${BUCKET}/${folder}/*`];
    const { access = "", environment = {}, ...rest } = await of.call("request_access", { purpose: "read", allow });
    return { access, environment, rest };
  };
  const hasNoKey = (text: string) =>
    expect(running.cloud.aws.sessionKeys().filter((each) => text.includes(each.secretAccessKey))).toEqual([]);
  const READ = {
    granted: "week,orders\n",
    beyond: expect.stringMatching(/AccessDenied/),
    other: expect.stringContaining(`The task was not granted sqs in account ${ACCOUNT}: it has s3.`),
  };

  it("runs a program that reads what was granted, and has no key", async () => {
    const { access } = await granted();
    const { output } = await server.call("run_with_access", { access, program: "node", args: NODE });
    expect(JSON.parse(String(output))).toMatchObject(READ);
    hasNoKey(String(output));
    expect(await server.call("end_access", { access })).toEqual({ status: "ended" });
  });

  it("makes a profile by which a program of the host reads what was granted, until the access ends", async () => {
    const { access, environment, rest } = await granted();
    expect(rest).toMatchObject({ unset: ["AWS_ENDPOINT_URL"] });
    const program = async (file: string, args: readonly string[]) =>
      (await promisify(execFile)(file, [...args], { cwd: ROOT, env: { PATH: process.env.PATH, ...environment } }))
        .stdout;
    const seen = JSON.parse(await program(process.execPath, NODE));
    expect(seen).toMatchObject(READ);
    hasNoKey(JSON.stringify(seen) + readFileSync(environment.AWS_CONFIG_FILE ?? "", "utf8"));
    if (hasAwsCli())
      expect(await program("aws", ["s3", "cp", `s3://${BUCKET}/reports/weekly.csv`, "-"])).toBe("week,orders\n");
    await server.call("end_access", { access });
    expect(JSON.parse(await program(process.execPath, NODE)).granted).not.toContain("orders");
    hasNoKey(server.written());
  });

  it("hands out a key where neither policy nor --sign asks for signatures, and none with --sign", async () => {
    const signing = await start(["--sign"]);
    const profileOf = async (of: StartedMcp) =>
      readFileSync((await granted("notes", of)).environment.AWS_CONFIG_FILE ?? "", "utf8");
    expect(await profileOf(server)).not.toContain("services");
    expect(await profileOf(signing)).toMatch(
      /\[services valetkey-\w+\]\ns3 =\n {2}endpoint_url = http:\/\/127\.0\.0\.1:\d+\n/,
    );
    await signing.close();
  });
});
