import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { type LoopbackServer, listen } from "../loopback-server.ts";
import { hasAwsCli } from "../needs.ts";
import { startProcess } from "./package/start-process.ts";
import { block } from "./recipe-project.ts";
import { runAction } from "./run-action.ts";
import { ACCOUNT, BUCKET, type RunningCloud, runCloud } from "./running-cloud.ts";

const METADATA = parse(readFileSync(fileURLToPath(new URL("../../action/action.yml", import.meta.url)), "utf8"));
const DEFAULTS: Record<string, string> = Object.fromEntries(
  Object.entries<{ readonly default?: string }>(METADATA.inputs).map(([name, each]) => [name, each.default ?? ""]),
);
const READ = `s3:GetObject=arn:aws:s3:::${BUCKET}/reports/*`;
const READS = `
  import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
  const client = new S3Client({ forcePathStyle: true });
  for (const Key of ["reports/weekly.csv", "payroll/salaries.csv"])
    console.log(await client.send(new GetObjectCommand({ Bucket: "${BUCKET}", Key })).then(() => "read", ({ name }) => name));`;

/** Variables of a runner's node action. The runtime's token is the one that proves the job's identity. */
const RUNNER = {
  GITHUB_ACTIONS: "true",
  CI: "true",
  RUNNER_OS: "Linux",
  RUNNER_ARCH: "X64",
  ACTIONS_ORCHESTRATION_ID: "7",
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: "runner-token-of-the-job",
  ACTIONS_RUNTIME_TOKEN: "runner-token-of-the-job",
  ACTIONS_RUNTIME_URL: "https://run.actions.test/",
  ACTIONS_RESULTS_URL: "https://results.actions.test/",
  ACTIONS_CACHE_URL: "https://cache.actions.test/",
  ACTIONS_CACHE_SERVICE_V2: "True",
};

let running: RunningCloud;
/** GitHub's token endpoint, and the requests that it got. */
let github: LoopbackServer;
const requests: unknown[] = [];
beforeAll(async () => {
  running = await runCloud();
  github = await listen(async (request, response) => {
    const url = new URL(request.url ?? "/", "http://127.0.0.1");
    requests.push([
      request.headers.authorization,
      url.searchParams.get("api-version"),
      url.searchParams.get("audience"),
    ]);
    response.end(JSON.stringify({ value: await running.cloud.agents.mint({ sub: "agent:demo" }) }));
  });
});
afterAll(async () => {
  await github.close();
  await running.close();
});

const job = () => ({
  HOME: "/nonexistent",
  AWS_ENDPOINT_URL: running.cloud.aws.endpoint,
  AWS_REGION: "us-east-1",
  ACTIONS_ID_TOKEN_REQUEST_URL: `${github.url}/?api-version=2.0`,
  ...RUNNER,
  GITHUB_REPOSITORY: "acme/reports",
  GITHUB_WORKFLOW: "report",
  GITHUB_RUN_ID: "7",
});
const run = (inputs: Record<string, string>, env: Record<string, string> = {}) =>
  runAction({ url: running.url, account: ACCOUNT, ...inputs }, DEFAULTS, { ...job(), ...env });
/** Reads a granted object and one that was not granted, with the environment of a later step. */
const laterStep = (env: Readonly<Record<string, string>>) =>
  startProcess(process.execPath, ["--input-type=module", "-e", READS], { ...job(), ...env });

describe("the GitHub Action", () => {
  it("has the programs and inputs that its metadata names", async () => {
    expect(METADATA.runs).toEqual({ using: "node24", main: "main.ts", post: "post.ts" });
    const inputs = readFileSync(fileURLToPath(new URL("../../action/inputs.ts", import.meta.url)), "utf8");
    const main = readFileSync(fileURLToPath(new URL("../../action/main.ts", import.meta.url)), "utf8");
    for (const name of Object.keys(METADATA.inputs)) expect(inputs + main).toContain(`"${name}"`);
  });

  it.runIf(hasAwsCli())("runs the recipe's step with a token from GitHub's endpoint", async () => {
    const [step] = parse(block("github-actions.md", "yaml")).jobs.report.steps;
    expect(step.uses).toBe("REPLACE-WITH-YOUR-ORGANISATION/valetkey/action@REPLACE-WITH-A-COMMIT");
    const { code, stdout, env } = await run({ ...step.with, url: running.url });
    expect(stdout).toContain("week,orders\n");
    expect([code, env]).toEqual([0, {}]);
    expect(requests.at(-1)).toEqual(["Bearer runner-token-of-the-job", "2.0", running.url]);
  });

  it("hides from a script whatever proves the job's identity, under each name that the runner has for it", async () => {
    const { code, stdout } = await run({ allow: READ, run: "env" });
    expect([code, stdout.match(/^(?:ACTIONS_|INPUT_|STATE_|GITHUB_STATE=).*/gm)]).toEqual([
      0,
      ["ACTIONS_ORCHESTRATION_ID=7"],
    ]);
    expect(stdout).toContain("GITHUB_REPOSITORY=acme/reports");
    expect(stdout).not.toContain("runner-token");
  });

  it("gives a script the credentials, and gives the step the script's exit code", async () => {
    const script = "false | true\necho unreachable";
    const { code, stdout, env } = await run({ allow: READ, run: script });
    expect([code, env]).toEqual([1, {}]);
    expect(stdout).toContain("failure: exit 1");
    expect(stdout).not.toContain("unreachable");
  });

  it("gives later steps the credentials until post ends the task", async () => {
    const step = await run({ allow: `\n  # what the report is made of\n  ${READ}\n`, ttl: "10m" });
    expect(step.code).toBe(0);
    expect(await laterStep(step.env)).toMatchObject({ stdout: "read\nAccessDenied\n" });
    const token = readFileSync(step.env.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE ?? "", "utf8");
    expect(step.stdout).toContain(`::add-mask::${token}\n`);
    expect(step.stdout.replaceAll(`::add-mask::${token}`, "")).not.toContain(token);
    const live = await running.cloud.agents.mint({ sub: "agent:demo" });
    expect(step.stdout).not.toContain(live);
    const { code, stdout } = await step.post();
    expect(code).toBe(0);
    expect(stdout).toContain(`task ${step.outputs.task} ended`);
    expect(stdout).not.toContain("::warning");
    expect((await laterStep(step.env)).stdout).not.toContain("read");
  });

  it("refuses a job with a key of its own that the SDKs would use instead, and opens no task", async () => {
    const before = requests.length;
    const { code, stdout } = await run({ allow: READ }, { AWS_ACCESS_KEY_ID: "AKIALONGLIVED" });
    expect([code, requests.length]).toEqual([1, before]);
    expect(stdout).toContain("::error title=valetkey::AWS_ACCESS_KEY_ID is set in this job");
  });

  it("fails the step where policy denies, suggests what to request instead, and has nothing to end", async () => {
    const step = await run({ allow: `s3:DeleteObject=arn:aws:s3:::${BUCKET}/reports/*` });
    expect([step.code, step.env]).toEqual([1, {}]);
    expect(step.stdout).toContain("Policy does not permit this");
    expect(step.stdout).toContain(`denied: s3:DeleteObject on arn:aws:s3:::${BUCKET}/reports/*. `);
    expect((await step.post()).stdout).not.toContain("::warning");
  });

  it("installs the command where no task is requested, and refuses a script without a task", async () => {
    const installed = await run({});
    const launcher = join(installed.path[0] ?? "", "valetkey");
    expect(await startProcess(launcher, ["help", "exec"], {})).toMatchObject({ code: 0 });
    expect(await run({ run: "true" })).toMatchObject({ code: 1 });
  });

  it("passes a value with line breaks on as one value", async () => {
    const { stdout } = await run({ allow: "s3:GetObject=x\n::set-output name=task::forged", run: "true" });
    expect(stdout.split("\n").filter((line) => line.startsWith("::set-output"))).toEqual([]);
  });
});
