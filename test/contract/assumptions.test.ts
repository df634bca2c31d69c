import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AssumptionReport } from "../../client/doctor/aws/assumptions/run.ts";
import { ownVersion } from "../../client/own-version.ts";
import type { ApiCall } from "../../local/emulator/api-call.ts";
import { type EmbeddedAws, startEmbeddedAws } from "../../local/emulator/embedded-aws.ts";
import { callClient } from "../unit/client/call-client.ts";
import { startClient } from "../unit/client/run-client.ts";

const [HUB, ACCOUNT, ELSEWHERE] = ["999900001111", "111122223333", "444455556666"];
/** Operator of the target account whose role has the rights that --policy prints, and no other. */
const PROBER = "prober";
const CONFIG = {
  hub: { account: HUB, region: "us-east-1" },
  prefix: "valetkey-emea",
  url: "https://valetkey.example.com",
  issuers: [
    { name: "ci", kind: "agents", preset: "generic", url: "https://ci.example.com" },
    { name: "staff", kind: "people", preset: "generic", url: "https://login.example.com" },
  ],
  accounts: [{ id: ACCOUNT, region: "us-east-1", taskRoles: 2 }],
  operators: [{ issuer: "staff", subject: "person:alice" }],
};

const dir = mkdtempSync(join(tmpdir(), "valetkey-assumptions-"));
const configFile = join(dir, "valetkey.json");
const calls: ApiCall[] = [];
let aws: EmbeddedAws;
let report: AssumptionReport;
let screen: string;
const env = (role = PROBER, account = ACCOUNT): Record<string, string> => {
  const keys = aws.keysFor(`arn:aws:iam::${account}:role/${role}`, "ann");
  return {
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
    AWS_SESSION_TOKEN: keys.sessionToken ?? "",
    AWS_ENDPOINT_URL: aws.endpoint,
  };
};
const args = (more: readonly string[]) => ["doctor", "--assumptions", "--config", configFile, ...more];
const probe = (more: readonly string[], given = env()) => callClient(args(more), given);
const nobody = { Version: "2012-10-17" as const, Statement: [] };

beforeAll(async () => {
  writeFileSync(configFile, JSON.stringify(CONFIG));
  aws = await startEmbeddedAws({ port: 0, onApiCall: (call) => void calls.push(call) });
  const admin = aws.admin(ACCOUNT);
  await admin.createRole({ name: "looker", trust: nobody, permissions: {} });
  await aws.admin(ELSEWHERE).createRole({ name: "ci", trust: nobody, permissions: {} });
  const { stdout } = await probe(["--policy"], env("looker"));
  await admin.createRole({ name: PROBER, trust: nobody, permissions: { probes: JSON.parse(stdout) } });
  calls.length = 0;
  aws.placeAccount(ACCOUNT, "o-a/r-b/ou-c/");
  const out = join(dir, "assumptions.json");
  const run = await probe(["--yes", "--out", out]);
  screen = run.stdout;
  report = JSON.parse(readFileSync(out, "utf8"));
  // The embedded AWS gives copies an issue time of their own. No other assumption fails there, and nothing depends on
  // this one.
  expect([run.code, report.isBad, statSync(out).mode & 0o777]).toEqual([0, false, 0o600]);
  expect(await probe(["--yes", "--out", out])).toMatchObject({ code: 64, stderr: expect.stringContaining("already") });
});
afterAll(async () => {
  await aws.close();
  rmSync(dir, { recursive: true });
});

const answerTo = (id: string) => report.results.find((each) => each.id === id);

const count = (action: string) => calls.filter((call) => call.action === action).length;

describe("valetkey doctor --assumptions, on the embedded AWS", () => {
  it("tries every assumption that the embedded AWS supports, with only the rights that --policy prints", () => {
    const tried = report.results.filter(({ answer }) => answer !== "cannot_be_probed");
    const others = tried.flatMap(({ id, answer }) => (answer === "holds" ? [] : [[id, answer]]));
    // The embedded AWS has no CloudFormation.
    expect(others).toEqual([
      ["issue-time-of-copies", "does_not_hold"],
      ["drift-is-found", "not_known"],
    ]);
    expect(tried.length).toBe(17);
  });

  it("reports date, hub and versions, and for each answer its meaning and AWS's own answer with request ids", () => {
    expect(report).toMatchObject({
      hub: { account: "999900001111", region: "us-east-1", prefix: "valetkey-emea" },
      versions: { valetkey: ownVersion(), node: process.version },
      sdk: expect.stringMatching(/^aws-sdk-js\/3\./),
      caller: { arn: expect.stringContaining(`assumed-role/${PROBER}/ann`) },
    });
    const evidence = answerTo("deny-holds-for-copies")?.evidence ?? [];
    expect(evidence.map(({ call, by, answer }) => [call, by.replace(/-\w{16}-\d/, ""), answer])).toEqual(
      expect.arrayContaining([
        ["STS AssumeRole", "operator", "ok"],
        ["S3 ListBuckets", "session of valetkey-assumption", "AccessDenied"],
        ["S3 ListBuckets", "copy of a session of valetkey-assumption", "AccessDenied"],
      ]),
    );
    for (const { requestId } of evidence) expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(answerTo("issue-time-of-copies")).toMatchObject({
      weight: "information",
      means: expect.stringContaining("so: *Revoke active sessions*"),
    });
    expect(answerTo("own-tags-are-told")?.restsOn).toEqual({
      by: "page",
      page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html",
      states: "all",
    });
    expect(screen).toMatch(/^own-tags-are-told +outage +holds +AWS's page +a session was seen/m);
    expect(screen).toMatch(/^departures-are-told +bound +cannot be probed +AWS's page, in part {2}an account/m);
    expect(screen).toMatch(/^lists-as-arns +invariant +cannot be probed +sources of its rows {2}each list/m);
    expect(screen).toMatch(/^times-agree +bound +holds +AWS alone {2}/m);
    expect(screen).toContain("does not hold (nothing of valetkey's rests on it)");
    expect(screen).toContain("for the hub valetkey-emea in 999900001111");
  });

  it("reports `not_known` where a probe could not be tried, and why some cannot be tried", () => {
    expect(answerTo("drift-is-found")).toMatchObject({ answer: "not_known", found: expect.stringContaining("(") });
    expect(answerTo("passed-to-service")).toMatchObject({ answer: "cannot_be_probed" });
  });

  it("removes everything that it made", () => {
    expect(report.left).toEqual([]);
    for (const kind of [
      "iam:%Role",
      "iam:%Policy",
      "s3:%Bucket",
      "dynamodb:%Table",
      "sqs:%Queue",
      "events:%EventBus",
      "secretsmanager:%Secret",
    ]) {
      expect(count(kind.replace("%", "Create")), kind).toBeGreaterThan(0);
      expect(count(kind.replace("%", "Delete")), kind).toBe(count(kind.replace("%", "Create")));
    }
  });

  it("names the endpoint, and warns that an emulator proves nothing about AWS", () => {
    expect(report).toMatchObject({ isAws: false, account: ACCOUNT });
    expect(aws.endpoint).toContain(report.endpoint);
    expect(screen).toContain("prove nothing about AWS");
  });

  it("stops at Ctrl-C, removes what it made, and keeps a report of the results so far", async () => {
    calls.length = 0;
    const out = join(dir, "interrupted.json");
    const running = startClient(args(["--yes", "--out", out]), env(), 60_000);
    // The probe `fifo-groups-wait` waits while its queue exists.
    await running.said("trying fifo-groups-wait");
    while (count("sqs:ReceiveMessage") < 2) await pause(20);
    running.kill("SIGINT");
    expect(await running.ended).toMatchObject({
      code: 130,
      stderr: expect.stringContaining("removing everything that was made"),
    });
    for (const kind of ["iam:%Role", "sqs:%Queue", "events:%EventBus", "dynamodb:%Table"])
      expect(count(kind.replace("%", "Delete")), kind).toBe(count(kind.replace("%", "Create")));
    const saved: AssumptionReport = JSON.parse(readFileSync(out, "utf8"));
    expect([saved.interrupted, saved.left]).toEqual([true, []]);
    expect(saved.results.find(({ id }) => id === "times-agree")?.found).toBe(
      "it was not tried: the command was interrupted",
    );
  });

  it("makes nothing without a yes, in an account that is not the deployment's, or inside a task", async () => {
    calls.length = 0;
    expect(await probe([])).toMatchObject({ code: 64, stderr: expect.stringContaining(`in account ${ACCOUNT}`) });
    const elsewhere = await probe(["--yes"], env("ci", ELSEWHERE));
    expect(elsewhere).toMatchObject({ code: 64, stderr: expect.stringContaining("neither the hub nor a target") });
    expect(await probe(["--yes"], { ...env(), VALETKEY_TASK: "t." })).toMatchObject({ code: 77 });
    const makes = ({ action }: ApiCall) =>
      /^(iam|s3|dynamodb|sqs|events):(Create|Put)(Role|Bucket|Table|Queue)/.test(action);
    expect(calls.filter(makes)).toEqual([]);
  });
});
