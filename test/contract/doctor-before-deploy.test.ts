import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { inspectBootstrap } from "../../client/doctor/aws/inspect-bootstrap.ts";
import { inspectPlaceholders } from "../../client/doctor/inspect-placeholders.ts";
import { accountId } from "../../functions/core/deployment/account-id.ts";
import { regionNamed } from "../../functions/core/deployment/region.ts";
import { readConfig } from "../../infra/config/read-config.ts";
import { FakeStacks } from "../fakes/observed/stacks.ts";
import { callClient } from "../unit/client/call-client.ts";
import { ACCOUNT, type RunningCloud, runCloud } from "./running-cloud.ts";

const HUB = accountId("999900001111");
const roleOf = (kind: string, account: string) => `cdk-hnb659fds-${kind}-role-${account}-us-east-1`;
const document = (statement: object) => JSON.parse(JSON.stringify({ Version: "2012-10-17", Statement: [statement] }));

let running: RunningCloud;
let fakes: FakeStacks;
let folder: string;
beforeAll(async () => {
  running = await runCloud();
  fakes = await new FakeStacks().start();
  folder = mkdtempSync(join(tmpdir(), "before-deploy-"));
  const { aws } = running.cloud;
  const assumes = document({ Effect: "Allow", Action: ["sts:AssumeRole", "sts:GetCallerIdentity"], Resource: "*" });
  const nobody = document({ Effect: "Deny", Principal: { AWS: "*" }, Action: "sts:AssumeRole" });
  for (const name of ["deployer", "stranger"])
    await aws.admin(HUB).createRole({ name, trust: nobody, permissions: { all: assumes } });
  const trust = document({
    Effect: "Allow",
    Principal: { AWS: `arn:aws:iam::${HUB}:role/deployer` },
    Action: "sts:AssumeRole",
  });
  for (const account of [HUB, ACCOUNT])
    for (const kind of ["deploy", "file-publishing"])
      await aws.admin(account).createRole({ name: roleOf(kind, account), trust, permissions: { all: assumes } });
});
afterAll(async () => {
  await running.close();
  await fakes.stop();
  rmSync(folder, { recursive: true });
});
afterEach(() => vi.unstubAllEnvs());
beforeEach(() => {
  fakes.seen.length = 0;
  fakes.stacks.clear();
  fakes.concurrency = 1_000;
});

const bootstrapped = (version: string, parameters: Readonly<Record<string, string>> = {}) =>
  fakes.stacks.set("CDKToolkit", {
    status: "UPDATE_COMPLETE",
    template: {},
    outputs: { BootstrapVersion: version },
    parameters,
  });

/** Environment with a role's keys, in which the SDK finds the embedded AWS. */
function envOf(role: string) {
  const {
    accessKeyId,
    secretAccessKey,
    sessionToken = "",
  } = running.cloud.aws.keysFor(`arn:aws:iam::${HUB}:role/${role}`, "ann");
  return {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
    AWS_ENDPOINT_URL: running.cloud.aws.endpoint,
    ...fakes.env,
  };
}

const region = regionNamed("us-east-1");
const CONFIG = { hub: { account: HUB, region }, accounts: [{ id: ACCOUNT, region, taskRoles: 1 }] };
const BUILT = Promise.resolve(new Map([["valetkey-hub", { Resources: {} }]]));

/** Finding of one check, with the role's rights. */
async function found(role: string, check: string, built = BUILT) {
  const env = envOf(role);
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  const findings = await inspectBootstrap(CONFIG, built);
  return { callerKey: env.AWS_ACCESS_KEY_ID, findings, finding: findings.find((each) => each.check === check) };
}

describe("valetkey doctor --before-deploy, of AWS", () => {
  it("finds accounts that can be deployed to, by assuming the roles of cdk bootstrap", async () => {
    bootstrapped("27", { TrustedAccounts: HUB, CloudFormationExecutionPolicies: "arn:aws:iam::aws:policy/X" });
    const { findings, callerKey } = await found("deployer", "aws");
    expect(findings.filter(({ state }) => state !== "ok")).toEqual([]);
    expect(findings.map(({ check }) => check)).toEqual([
      "build",
      "aws",
      `deploy to ${HUB}`,
      `deploy to ${ACCOUNT}`,
      "quota lambda",
    ]);
    expect(findings[3]?.found).toBe("bootstrapped at version 27; deployed by its bootstrap roles");
    const calls = fakes.seen.filter(({ action }) => action === "DescribeStacks");
    expect(calls).toHaveLength(2);
    expect(calls.map(({ accessKeyId }) => accessKeyId)).not.toContain(callerKey);
  });

  it("prints the command that bootstraps a target whose roles do not admit the hub; the hub's own credentials suffice there", async () => {
    bootstrapped("27");
    const { findings } = await found("stranger", "");
    expect(findings.find(({ check }) => check === `deploy to ${HUB}`)).toMatchObject({
      state: "ok",
      found: expect.stringContaining("with these credentials themselves"),
    });
    const { state, mend } = findings.find(({ check }) => check === `deploy to ${ACCOUNT}`) ?? {};
    expect(state).toBe("bad");
    expect(mend).toContain(
      `npx cdk bootstrap aws://${ACCOUNT}/us-east-1 --trust ${HUB} --cloudformation-execution-policies arn:aws:iam::${ACCOUNT}:policy/deploy-valetkey`,
    );
    expect(mend).toContain(`npx cdk deploy valetkey-target-${ACCOUNT} --exclusively`);
  });

  it.each([
    ["is not bootstrapped", () => fakes.stacks.clear(), "bad", "CDKToolkit is not there"],
    ["was bootstrapped long ago", () => bootstrapped("5"), "bad", "bootstrapped at version 5, of 6 at least"],
    ["does not name its version", () => bootstrapped(""), "unknown", "does not say its version"],
    [
      "trusts an account and lets CloudFormation do nothing",
      () => bootstrapped("27", { TrustedAccounts: HUB }),
      "bad",
      "no execution policy",
    ],
  ])("reports an account that %s", async (_, given, state, fragment) => {
    given();
    const { finding } = await found("deployer", `deploy to ${ACCOUNT}`);
    expect(finding).toMatchObject({ state, found: expect.stringContaining(fragment) });
  });

  it("lists the faults of a build that fails, and the last lines where it names none", async () => {
    const failing = (stderr: string) => Promise.reject(Object.assign(new Error("failed"), { stderr }));
    const sizes = failing(
      "Error: AWS would refuse this:\n  - hub: resources, 501 of 500\n  - hub: outputs, 201 of 200\n",
    );
    const { finding } = await found("deployer", "build", sizes);
    expect(finding).toMatchObject({ state: "bad", found: "hub: resources, 501 of 500; hub: outputs, 201 of 200" });
    expect((await found("deployer", "build", failing("x\nno such file\n"))).finding?.found).toBe("no such file");
  });
});

describe("valetkey doctor --before-deploy, of placeholders", () => {
  const inspected = (policiesDir: string) => ({ url: "", configFile: "valetkey.json", policiesDir, isBefore: true });
  const own = { ...readConfig("valetkey.json"), url: "https://keys.acme.test", operators: [], issuers: [] };

  it("lists each by its place, with the tour's policies", () => {
    const [places, policies] = inspectPlaceholders(readConfig("valetkey.json"), inspected("policies"));
    expect(places?.state).toBe("bad");
    for (const place of [
      `hub.account is ${HUB}`,
      "url is https://valetkey.example.com",
      "operators.0.subject is replace-with-your-subject",
    ])
      expect(places?.found).toContain(place);
    expect(policies).toMatchObject({ state: "bad", found: expect.stringContaining("demo.cedar") });
  });

  it("includes a policy about an account that is no target; comments do not count", () => {
    const filled = {
      ...own,
      hub: { account: accountId("123456789012"), region },
      accounts: [{ id: accountId("210987654321"), region, taskRoles: 1 }],
    };
    const policies = join(folder, "own");
    mkdirSync(policies);
    writeFileSync(
      join(policies, "own.cedar"),
      '// "777788889999"\npermit when { resource.account == "210987654321" };',
    );
    expect(inspectPlaceholders(filled, inspected(policies)).map(({ state }) => state)).toEqual(["ok", "ok"]);
    writeFileSync(join(policies, "more.cedar"), 'resource.arn like "arn:aws:sqs:*:777788889999:*"');
    expect(inspectPlaceholders(filled, inspected(policies))[1]).toMatchObject({
      state: "bad",
      found: "more.cedar speaks of the account 777788889999, which is no target",
    });
  });
});

it("valetkey doctor --before-deploy reports everything at once, without a URL of valetkey", async () => {
  bootstrapped("27");
  const args = ["doctor", "--before-deploy", "--config", running.configFile, "--policies", "policies"];
  const { code, stdout } = await callClient(args, envOf("deployer"));
  expect(code).toBe(1);
  for (const line of [
    /^placeholders +bad /m,
    /^issuer local +ok /m,
    /^build +ok +2 stacks, within AWS's sizes$/m,
    new RegExp(`^deploy to ${ACCOUNT} +ok `, "m"),
  ])
    expect(stdout).toMatch(line);
  expect(stdout).not.toMatch(/^service /m);
}, 260_000);
