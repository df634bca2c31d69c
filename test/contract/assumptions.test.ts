import { readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AssumptionReport } from "../../doctor/aws/assumptions/run.ts";
import type { ApiCall } from "../../emulator/api-call.ts";
import { runClient } from "../unit/client/run-client.ts";
import { ACCOUNT, type RunningCloud, runCloud } from "./running-cloud.ts";

/** Operator of the target account whose role has the rights that --policy prints, and no other. */
const PROBER = "prober";

let running: RunningCloud;
let report: AssumptionReport;
let screen: string;
const env = (role = PROBER, account = ACCOUNT): Record<string, string> => {
  const keys = running.cloud.aws.keysFor(`arn:aws:iam::${account}:role/${role}`, "ann");
  return {
    ...{ AWS_ACCESS_KEY_ID: keys.accessKeyId, AWS_SECRET_ACCESS_KEY: keys.secretAccessKey },
    ...{ AWS_SESSION_TOKEN: keys.sessionToken ?? "", AWS_ENDPOINT_URL: running.cloud.aws.endpoint },
  };
};
const probe = (more: readonly string[], given = env()) =>
  runClient(["doctor", "--assumptions", "--config", running.configFile, ...more], given, 110_000);
const nobody = { Version: "2012-10-17" as const, Statement: [] };

beforeAll(async () => {
  running = await runCloud();
  const admin = running.cloud.aws.admin(ACCOUNT);
  await admin.createRole({ name: "looker", trust: nobody, permissions: {} });
  const { stdout } = await probe(["--policy"], env("looker"));
  await admin.createRole({ name: PROBER, trust: nobody, permissions: { probes: JSON.parse(stdout) } });
  running.calls.length = 0;
  const out = join(dirname(running.configFile), "assumptions.json");
  const run = await probe(["--yes", "--out", out]);
  screen = run.stdout;
  report = JSON.parse(readFileSync(out, "utf8"));
  expect([run.code, statSync(out).mode & 0o777]).toEqual([0, 0o600]);
}, 120_000);
afterAll(() => running.close());

const answerTo = (id: string) => report.results.find((each) => each.id === id);

describe("valetkey doctor --assumptions, on the embedded AWS", () => {
  it("tries what the embedded AWS has, with the rights that --policy prints alone", () => {
    for (const id of [
      ...["leading-keys-in-transactions", "times-agree", "copies-keep-their-marks", "deny-holds-for-copies"],
      ...["escapes-are-read", "own-tags-are-told", "tag-names-have-no-case"],
    ])
      expect(answerTo(id), id).toMatchObject({ answer: "holds" });
  });

  it("says not known where a probe could not be tried, and why nothing can try some", () => {
    expect(answerTo("bus-denies-its-account")).toMatchObject({
      answer: "not_known",
      found: expect.stringContaining("("),
    });
    expect(answerTo("passed-to-service")).toMatchObject({ answer: "cannot_be_probed" });
  });

  it("removes everything that it made", () => {
    expect(report.left).toEqual([]);
    const count = (action: string) => running.calls.filter((call) => call.action === action).length;
    for (const kind of ["iam:%Role", "s3:%Bucket", "dynamodb:%Table"]) {
      expect(count(kind.replace("%", "Create")), kind).toBeGreaterThan(0);
      expect(count(kind.replace("%", "Delete")), kind).toBe(count(kind.replace("%", "Create")));
    }
  });

  it("names the endpoint, and says that an emulator proves nothing about AWS", () => {
    expect(report).toMatchObject({ isAws: false, account: ACCOUNT });
    expect(running.cloud.aws.endpoint).toContain(report.endpoint);
    expect(screen).toContain("proves nothing about AWS");
  });

  it("makes nothing without a yes, in an account that is not the deployment's, or inside a task", async () => {
    running.calls.length = 0;
    expect(await probe([])).toMatchObject({ code: 64, stderr: expect.stringContaining(`in account ${ACCOUNT}`) });
    const elsewhere = await probe(["--yes"], env("ci", "444455556666"));
    expect(elsewhere).toMatchObject({ code: 64, stderr: expect.stringContaining("neither the hub nor a target") });
    expect(await probe(["--yes"], { ...env(), VALETKEY_TASK: "t." })).toMatchObject({ code: 77 });
    const makes = ({ action }: ApiCall) =>
      /^(iam|s3|dynamodb|sqs|events):(Create|Put)(Role|Bucket|Table|Queue)/.test(action);
    expect(running.calls.filter(makes)).toEqual([]);
  });
});
