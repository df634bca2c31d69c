import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Finding } from "../../client/doctor/finding.ts";
import { type StackTemplate, synthesise } from "../../client/doctor/synthesise.ts";
import { DEPLOYMENT_HASH_OUTPUT } from "../../infra/hub-stack-outputs.ts";
import { taskRoleTrust } from "../../infra/target-rights.ts";
import type { PolicyDocument } from "../../local/emulator/policy-document.ts";
import { type FakeForwarding, FakeStacks, FORWARDING } from "../fakes/observed/stacks.ts";
import { callClient } from "../unit/client/call-client.ts";
import { type Run, runClient } from "../unit/client/run-client.ts";
import { ACCOUNT, type RunningCloud, runCloud } from "./running-cloud.ts";

const HUB = "999900001111";
const TARGET_STACK = `valetkey-target-${ACCOUNT}`;
const LOOKUP = `cdk-hnb659fds-lookup-role-${ACCOUNT}-us-east-1`;

let running: RunningCloud;
let fakes: FakeStacks;
let built: ReadonlyMap<string, StackTemplate>;
beforeAll(async () => {
  running = await runCloud();
  fakes = await new FakeStacks().start();
  built = await synthesise({ configFile: running.configFile, policiesDir: "policies" });
  const { aws } = running.cloud;
  const nobody = policy({ Effect: "Deny", Principal: { AWS: "*" }, Action: "sts:AssumeRole" });
  const reads = allow("iam:GetRole", "iam:ListRolePolicies", "iam:ListAttachedRolePolicies", "iam:GetAccountSummary");
  await aws.admin(HUB).createRole({
    name: "auditor",
    trust: nobody,
    permissions: { all: allow("sts:AssumeRole", "sts:GetCallerIdentity") },
  });
  await aws
    .admin(HUB)
    .createRole({ name: "visitor", trust: nobody, permissions: { all: allow("s3:ListAllMyBuckets") } });
  await aws.admin(ACCOUNT).createRole({
    name: LOOKUP,
    trust: policy({
      Effect: "Allow",
      Principal: { AWS: `arn:aws:iam::${HUB}:role/auditor` },
      Action: "sts:AssumeRole",
    }),
    permissions: { reads },
  });
  await aws.admin(ACCOUNT).createRole({ name: "breaker", trust: nobody, permissions: { all: allow("iam:*") } });
});
afterAll(async () => {
  await running.close();
  await fakes.stop();
});
beforeEach(() => {
  fakes.stacks.clear();
  fakes.denied.clear();
  fakes.seen.length = 0;
  fakes.concurrency = 1_000;
  fakes.forwarding = () => FORWARDING;
  for (const [name, template] of built)
    fakes.stacks.set(name, { status: "UPDATE_COMPLETE", template, outputs: outputsOf(template) });
});

const policy = (statement: object) => ({ Version: "2012-10-17", Statement: [statement] }) as unknown as PolicyDocument;
const allow = (...actions: string[]) => policy({ Effect: "Allow", Action: actions, Resource: "*" });

const outputsOf = ({ Outputs: outputs = {} }: StackTemplate) =>
  Object.fromEntries(
    Object.entries(outputs)
      .filter((each): each is [string, { Value: string }] => typeof each[1].Value === "string")
      .map(([name, { Value }]) => [name, Value]),
  );

const keysOf = (account: string, role: string) =>
  running.cloud.aws.keysFor(`arn:aws:iam::${account}:role/${role}`, "ann");

function awsEnv(role: string): Record<string, string> {
  const { accessKeyId, secretAccessKey, sessionToken = "" } = keysOf(HUB, role);
  const keys = {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  };
  return { ...keys, AWS_ENDPOINT_URL: running.cloud.aws.endpoint, ...fakes.env };
}

/** Prints on stderr each client of the AWS SDK that is loaded. */
const HOOK = `import { registerHooks } from "node:module";
registerHooks({ resolve(name, context, next) {
  if (name.startsWith("@aws-sdk/client-")) process.stderr.write("LOADED " + name + "\\n");
  return next(name, context);
} });`;
function loadsTold(): Record<string, string> {
  const path = join(dirname(running.configFile), "hook.mjs");
  writeFileSync(path, HOOK);
  return { NODE_OPTIONS: `--import=${path}` };
}

/** Runs the doctor. NODE_OPTIONS in the environment needs a process of its own. */
async function doctor(env: Readonly<Record<string, string>>, configFile = running.configFile) {
  const start: (args: readonly string[], env: Readonly<Record<string, string>>) => Promise<Run> =
    env.NODE_OPTIONS === undefined ? callClient : runClient;
  const run = await start(["doctor", "--config", configFile, "--json"], { VALETKEY_URL: running.url, ...env });
  const { findings } = JSON.parse(run.stdout) as { findings: Finding[] };
  return { ...run, find: (check: string) => findings.find((finding) => finding.check === check), findings };
}

/**
 * Prevents the doctor's comparisons with the checkout's own build, which take three seconds of CPU time. For tests of
 * other checks.
 */
function withoutBuilds(): void {
  for (const action of ["GetTemplate", "GetAccountSettings"]) fakes.denied.add(action);
}

describe("valetkey doctor, in a checkout", { timeout: 120_000 }, () => {
  it("fetches each issuer's keys, and calls AWS only with credentials that somebody chose", async () => {
    const { code, stderr, find } = await doctor({
      ...fakes.env,
      AWS_ENDPOINT_URL: running.cloud.aws.endpoint,
      ...loadsTold(),
    });
    expect(code).toBe(0);
    expect(stderr).not.toContain("LOADED");
    expect(find("issuer local")).toMatchObject({ state: "ok", found: expect.stringMatching(/^gives \d keys?$/) });
    expect(find("aws")).toMatchObject({ state: "skipped", mend: expect.stringContaining(HUB) });
    expect(fakes.seen).toEqual([]);
  });

  it("finds a deployment unchanged: stacks, build, drift, roles and quotas, with a role of each account", async () => {
    const { code, find, findings } = await doctor(awsEnv("auditor"));
    expect(findings.filter(({ state }) => state === "bad")).toEqual([]);
    expect(code).toBe(0);
    for (const stack of ["valetkey-hub", TARGET_STACK])
      for (const check of ["stack", "build", "drift"])
        expect([check, stack, find(`${check} ${stack}`)?.state]).toEqual([check, stack, "ok"]);
    expect(find(`roles ${ACCOUNT}`)?.found).toBe("2 task roles under their boundary, and the revoker");
    expect(find(`rule ${ACCOUNT} us-east-1`)?.state).toBe("ok");
    expect(find(`trail ${ACCOUNT} us-east-1`)?.found).toContain("trail/management logs reads and writes");
    expect(find(`recorder ${ACCOUNT} us-east-1`)?.state).toBe("ok");
    expect(find("quota lambda")).toMatchObject({ state: "ok", found: "1000 at once, of which 103 are set aside" });
    expect(find(`quota iam ${ACCOUNT}`)?.state).toBe("ok");
    // The target's stack is read with keys of the target.
    const keys = new Set(fakes.seen.filter(({ action }) => action === "GetTemplate").map((each) => each.accessKeyId));
    expect(keys.size).toBe(2);
  });

  it("lists each fault of a deployment, and how to mend it", async () => {
    const { aws } = running.cloud;
    await aws.admin(ACCOUNT).createRole({
      name: "valetkey-task-2",
      trust: policy({ Effect: "Allow", Principal: { AWS: "AROAGONE" }, Action: "sts:AssumeRole" }),
    });
    // The trusted principal is right. The condition is missing that requires a source identity and the session's tags.
    const loose = taskRoleTrust({ partition: "aws", account: HUB }).map((statement) =>
      statement.Sid === "ExchangeAssumes" ? { ...statement, Condition: {} } : statement,
    );
    await aws
      .admin(ACCOUNT)
      .createRole({ name: "valetkey-task-3", trust: { Version: "2012-10-17", Statement: loose } });
    const credentials = keysOf(ACCOUNT, "breaker");
    const iam = new IAMClient({ endpoint: aws.endpoint, region: aws.region, credentials });
    const foreign = JSON.stringify(allow("s3:*"));
    await iam.send(
      new PutRolePolicyCommand({ RoleName: "valetkey-task-0", PolicyName: "more", PolicyDocument: foreign }),
    );
    const configFile = join(dirname(running.configFile), "five-roles.json");
    writeFileSync(configFile, readFileSync(running.configFile, "utf8").replace('"taskRoles":2', '"taskRoles":5'));
    fakes.concurrency = 10;
    fakes.stacks.set("valetkey-hub", {
      ...deployed("valetkey-hub"),
      outputs: { [DEPLOYMENT_HASH_OUTPUT]: "0".repeat(64) },
      drifted: ["valetkey-exchange"],
    });
    const { code, find, findings } = await doctor(awsEnv("auditor"), configFile);
    expect(code).toBe(1);
    expect(find("drift valetkey-hub")).toMatchObject({ state: "bad", found: "valetkey-exchange modified" });
    expect(find("build valetkey-hub")?.found).toMatch(
      /^other policies or configuration \(0{12} there, [0-9a-f]{12} here\): /,
    );
    expect(find(`build ${TARGET_STACK}`)).toMatchObject({ state: "bad", found: expect.stringContaining("TasksRole2") });
    expect(find(`roles ${ACCOUNT}`)).toMatchObject({
      state: "bad",
      found: [
        "valetkey-task-0 has the foreign policy more",
        "valetkey-task-2 has no boundary",
        "valetkey-task-2 lacks its rights",
        "valetkey-task-2 is not held to the names of its ceiling",
        "valetkey-task-2 trusts AROAGONE",
        "valetkey-task-2 admits no session with the tag valetkey:person, which the account's personTag says",
        "valetkey-task-3 has no boundary",
        "valetkey-task-3 lacks its rights",
        "valetkey-task-3 is not held to the names of its ceiling",
        "valetkey-task-3 trusts them on other conditions than its stack says",
        "valetkey-task-4 is not there",
      ].join("; "),
    });
    expect(find("quota lambda")).toMatchObject({ state: "bad", mend: expect.stringContaining("service-quotas") });
    for (const { state, mend } of findings) if (state === "bad") expect(mend).toBeTruthy();
  });

  it("names a Region of an account whose calls by tasks nobody records, and what to do", async () => {
    const configFile = join(dirname(running.configFile), "two-regions.json");
    const config = JSON.parse(readFileSync(running.configFile, "utf8"));
    writeFileSync(
      configFile,
      JSON.stringify({ ...config, accounts: [{ ...config.accounts[0], regions: ["eu-west-1", "eu-north-1"] }] }),
    );
    const { aws } = running.cloud;
    const lookup = `cdk-hnb659fds-lookup-role-${ACCOUNT}-eu-west-1`;
    await aws.admin(ACCOUNT).createRole({
      name: lookup,
      trust: policy({
        Effect: "Allow",
        Principal: { AWS: `arn:aws:iam::${HUB}:role/auditor` },
        Action: "sts:AssumeRole",
      }),
    });
    const stack = `valetkey-calls-${ACCOUNT}-eu-west-1`;
    withoutBuilds();
    const state = async (changes: Partial<FakeForwarding>) => {
      fakes.forwarding = (region) => (region === "eu-west-1" ? { ...FORWARDING, ...changes } : FORWARDING);
      const { find } = await doctor(awsEnv("auditor"), configFile);
      expect([find(`rule ${ACCOUNT} us-east-1`)?.state, find(`trail ${ACCOUNT} us-east-1`)?.state]).toEqual([
        "ok",
        "ok",
      ]);
      return find;
    };
    const none = await state({ rule: undefined, trails: [] });
    expect(none(`stack ${stack}`)).toMatchObject({ state: "bad", mend: `npx cdk deploy ${stack}` });
    expect(none(`rule ${ACCOUNT} eu-west-1`)).toMatchObject({ state: "bad", mend: `npx cdk deploy ${stack}` });
    expect(none(`trail ${ACCOUNT} eu-west-1`)).toMatchObject({
      state: "bad",
      found: expect.stringContaining("there is none"),
      mend: expect.stringContaining("aws cloudtrail create-trail"),
    });
    // A Region that was not bootstrapped cannot be checked, and is reported as skipped.
    expect(none(`account ${ACCOUNT} eu-north-1`)).toMatchObject({ state: "skipped" });
    const changed = await state({ rule: "ENABLED", targets: ["arn:aws:sqs:eu-west-1:666677778888:mine"] });
    expect(changed(`rule ${ACCOUNT} eu-west-1`)).toMatchObject({
      state: "bad",
      found: expect.stringContaining("is ENABLED and does not forward to the hub's bus"),
    });
  });

  it("reports what to do about a stack that does not exist, or whose deployment failed", async () => {
    fakes.stacks.delete(TARGET_STACK);
    withoutBuilds();
    fakes.stacks.set("valetkey-hub", { ...deployed("valetkey-hub"), status: "UPDATE_ROLLBACK_COMPLETE" });
    const { code, find } = await doctor(awsEnv("auditor"));
    expect(code).toBe(1);
    expect(find(`stack ${TARGET_STACK}`)).toMatchObject({
      found: "is not there",
      mend: `npx cdk deploy ${TARGET_STACK}`,
    });
    expect(find("stack valetkey-hub")).toMatchObject({ state: "bad", found: "UPDATE_ROLLBACK_COMPLETE" });
  });

  it("skips checks without rights, names the rights, and reports no fault", async () => {
    for (const action of ["DescribeStacks", "GetAccountSettings"]) fakes.denied.add(action);
    const { code, find } = await doctor(awsEnv("visitor"));
    expect(code).toBe(0);
    expect(find("stack valetkey-hub")).toMatchObject({ state: "skipped", mend: "allow cloudformation:DescribeStacks" });
    expect(find("quota lambda")).toMatchObject({ state: "skipped", mend: "allow lambda:GetAccountSettings" });
    expect(find(`account ${ACCOUNT}`)).toMatchObject({
      state: "skipped",
      found: expect.stringContaining(LOOKUP),
      mend: expect.stringContaining(`--trust-for-lookup ${HUB}`),
    });
  });

  it("skips AWS with credentials that do not work, and reports no certainty where AWS cannot be reached", async () => {
    const keys = { AWS_ACCESS_KEY_ID: "ASIANOBODY", AWS_SECRET_ACCESS_KEY: "CANARY-secret" };
    const wrong = await doctor({ ...keys, AWS_ENDPOINT_URL: running.cloud.aws.endpoint, ...loadsTold() });
    expect([wrong.code, wrong.find("aws")?.state]).toEqual([0, "skipped"]);
    expect(wrong.stderr).toContain("LOADED @aws-sdk/client-sts");
    const unnamed = await doctor({ AWS_PROFILE: "none", AWS_ENDPOINT_URL: running.cloud.aws.endpoint });
    expect([unnamed.code, unnamed.find("aws")]).toMatchObject([
      0,
      { state: "skipped", found: expect.stringContaining("CredentialsProviderError") },
    ]);
    const nowhere = await doctor({ ...awsEnv("auditor"), AWS_ENDPOINT_URL: "http://127.0.0.1:9" });
    expect([nowhere.code, nowhere.find("aws")?.state]).toEqual([0, "unknown"]);
    expect(wrong.stdout + wrong.stderr).not.toContain("CANARY");
  });

  it.each([
    ["is not there", "none.json", undefined, "skipped", /there is no .*none\.json here/],
    [
      "is another deployment's",
      "other.json",
      { url: "https://valetkey.example.com" },
      "skipped",
      /is of https:\/\/valetkey/,
    ],
    ["is wrong", "wrong.json", { accounts: "all" }, "bad", /accounts: /],
  ])("reports a configuration that %s", async (_, name, changes, state, found) => {
    const path = join(dirname(running.configFile), name);
    const config = JSON.parse(readFileSync(running.configFile, "utf8"));
    if (changes) writeFileSync(path, JSON.stringify({ ...config, ...changes }));
    const { code, find } = await doctor(awsEnv("auditor"), path);
    expect([code, find("deployment")]).toMatchObject([
      state === "bad" ? 1 : 0,
      { state, found: expect.stringMatching(found) },
    ]);
    expect(fakes.seen).toEqual([]);
  });
});

function deployed(name: string) {
  const stack = fakes.stacks.get(name);
  if (!stack) throw new Error(`there is no ${name}`);
  return stack;
}
