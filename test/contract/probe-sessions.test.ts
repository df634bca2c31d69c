import { setTimeout as sleep } from "node:timers/promises";
import { GetObjectCommand, ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { taskRoleName } from "../../functions/hub-names.ts";
import { PROBE_IDENTITY, SESSION_TAGS } from "../../functions/names.ts";
import { ACCOUNT, BUCKET, type RunningCloud, runCloud, type StartedTask } from "./running-cloud.ts";
import { probeKeys, watchBriefly } from "./short-probe.ts";

let running: RunningCloud;
beforeAll(async () => {
  running = await runCloud({}, { receipts: { sample: 0 } });
});
afterAll(() => running.close());
beforeEach(() => running.cloud.aws.iamActsAfter(0));

interface Lease {
  readonly role: string;
  readonly status: string;
  readonly policy_written_at: string;
  readonly observed?: {
    readonly status: string;
    readonly denied_at: string;
    readonly last_answered_at: string;
    readonly milliseconds: number;
  };
}

async function asOperator(path: string, body?: object) {
  const { cloud, url } = running;
  const answer = await fetch(url + path, {
    method: body === undefined ? "GET" : "POST",
    headers: {
      authorization: `Bearer ${await cloud.people.mint({ sub: "person:alice" })}`,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as { readonly ended_at: string; readonly leases: readonly Lease[] };
}

const receiptOf = async ({ id }: StartedTask) => {
  const receipt = await asOperator(`/v1/tasks/${id}/receipt`);
  const [lease] = receipt.leases;
  if (!lease) throw new Error("a task without a lease");
  return { endedAtMs: Date.parse(receipt.ended_at), lease, observed: lease.observed };
};

/** Time at which AWS first refuses the task's own key, tried every 20 ms; epoch milliseconds. */
async function deniedAtMs({ accessKeyId, secretAccessKey, sessionToken }: StartedTask): Promise<number> {
  const s3 = new S3Client({
    endpoint: running.cloud.aws.endpoint,
    region: "us-east-1",
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey, sessionToken },
  });
  for (;;) {
    try {
      await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: "reports/weekly.csv" }));
    } catch (error) {
      if (error instanceof Error && error.name === "AccessDenied") return Date.now();
      throw error;
    }
    await sleep(20);
  }
}

/** Upper bound on the delay by a busy machine. Far below a fence, which would end a session that no policy denies. */
const BUSY_MS = 20_000;

describe("a receipt with an observed denial, of an AWS that acts late", () => {
  it("reports when AWS refused: about when it refused the task's own key, and some time after the policy was written", async () => {
    running.cloud.aws.iamActsAfter(1_000);
    const task = await running.start();
    const denied = deniedAtMs(task);
    await asOperator(`/v1/tasks/${task.id}/end`, {});
    await running.cloud.settled();
    await running.cloud.probed();
    const { endedAtMs, lease, observed } = await receiptOf(task);
    expect(lease).toMatchObject({ status: "written", observed: { status: "denied" } });
    if (!observed) throw new Error("nothing was observed");
    const seenAtMs = Date.parse(observed.denied_at);
    expect(observed.milliseconds).toBe(seenAtMs - endedAtMs);
    // The policy takes effect a second after it was written. The probe calls four times a second, on a machine that may
    // be busy.
    const afterWriteMs = seenAtMs - Date.parse(lease.policy_written_at);
    expect(afterWriteMs).toBeGreaterThan(900);
    expect(afterWriteMs).toBeLessThan(BUSY_MS);
    expect(Math.abs(seenAtMs - (await denied))).toBeLessThan(BUSY_MS);
    expect(Date.parse(observed.last_answered_at)).toBeLessThanOrEqual(await denied);
    expect(Date.parse(observed.last_answered_at)).toBeGreaterThan(endedAtMs);
  });

  it("covers a suspended agent's task too, which the policy denies by its agent", async () => {
    running.cloud.aws.iamActsAfter(1_000);
    const task = await running.start();
    const beganAtMs = Date.now();
    await asOperator("/v1/agents/demo/suspend", {});
    await running.cloud.settled();
    await running.cloud.probed();
    const { lease } = await receiptOf(task);
    const { inline } = running.cloud.aws.rolePolicies(`arn:aws:iam::${ACCOUNT}:role/${lease.role}`);
    expect(JSON.stringify(inline)).not.toContain(task.id);
    await asOperator("/v1/agents/demo/resume", {});
    expect(lease).toMatchObject({ status: "written", observed: { status: "denied" } });
    const [write] = running.calls.filter(
      ({ action, resource, at }) => action === "iam:PutRolePolicy" && resource.endsWith(lease.role) && at > beganAtMs,
    );
    const afterWriteMs = Date.parse(lease.observed?.denied_at ?? "") - (write?.at ?? 0);
    expect(afterWriteMs).toBeGreaterThan(900);
    expect(afterWriteMs).toBeLessThan(BUSY_MS);
    await running.cloud.settled();
    running.cloud.aws.iamActsAfter(0);
    await sleep(1_000);
  });

  it("has an upper bound where AWS refused before the probe's first call, and serves other tasks of the same role", async () => {
    const task = await running.start();
    await running.complete(task);
    const { endedAtMs } = await receiptOf(task);
    const beganAtMs = Date.now();
    await watchBriefly(running.cloud, task.id, endedAtMs);
    const { observed } = await receiptOf(task);
    expect(observed?.status).toBe("at_most");
    expect(Date.parse(observed?.denied_at ?? "")).toBeGreaterThanOrEqual(beganAtMs);
    expect(observed?.milliseconds).toBe(Date.parse(observed?.denied_at ?? "") - endedAtMs);
  });

  it("is `not_observed` for a policy that was written and never takes effect", async () => {
    running.cloud.aws.iamActsAfter(Number.POSITIVE_INFINITY);
    const task = await running.start();
    await running.complete(task);
    const { endedAtMs } = await receiptOf(task);
    const lines = await watchBriefly(running.cloud, task.id, endedAtMs);
    expect((await receiptOf(task)).lease).toMatchObject({ status: "written", observed: { status: "not_observed" } });
    expect(lines).toMatchObject([{ level: "error", event: "not_observed", task: task.id }]);
  });

  it("is absent for a task that its holder ended, unless it is in the random sample", async () => {
    const task = await running.start();
    await running.complete(task);
    await running.cloud.probed();
    expect((await receiptOf(task)).lease).not.toHaveProperty("observed");
  });
});

describe("the probe, against an AWS that enforces IAM", () => {
  it("was refused nothing that it needed, named itself, and only listed buckets", async () => {
    const own = running.calls.filter(({ sourceIdentity, sessionName }) =>
      [sourceIdentity, sessionName].includes(PROBE_IDENTITY),
    );
    const asItself = own.filter(({ sessionName }) => sessionName === PROBE_IDENTITY);
    expect(asItself.filter(({ decision }) => decision === "Denied")).toEqual([]);
    const asTask = own.filter(({ sessionName }) => sessionName !== PROBE_IDENTITY);
    expect(new Set(asTask.map(({ action }) => action))).toEqual(new Set(["s3:ListAllMyBuckets"]));
    expect(asTask.length).toBeGreaterThan(10);
    for (const { context } of asTask) expect(context["aws:SourceIdentity"]).toBe(PROBE_IDENTITY);
  });

  /** Identities that a thief of its keys would assume. */
  const become = (identity: string, role = taskRoleName(0, {})) => {
    const sts = new STSClient({
      endpoint: running.cloud.aws.endpoint,
      region: "us-east-1",
      credentials: probeKeys(running.cloud),
    });
    return sts.send(
      new AssumeRoleCommand({
        RoleArn: `arn:aws:iam::${ACCOUNT}:role/${role}`,
        RoleSessionName: "k7f3m2q9x4ab.",
        SourceIdentity: identity,
        Tags: [
          { Key: SESSION_TAGS.agent, Value: "demo" },
          { Key: SESSION_TAGS.task, Value: "k7f3m2q9x4ab." },
          { Key: SESSION_TAGS.started, Value: "1764000000" },
        ],
        TransitiveTagKeys: Object.values(SESSION_TAGS),
      }),
    );
  };

  it("stolen, can be nobody else, and can only list buckets, even without a session policy", async () => {
    await expect(become("demo")).rejects.toMatchObject({ name: "AccessDenied" });
    await expect(become(PROBE_IDENTITY, "valetkey-revoker")).rejects.toMatchObject({ name: "AccessDenied" });
    const { Credentials: keys } = await become(PROBE_IDENTITY);
    const s3 = new S3Client({
      endpoint: running.cloud.aws.endpoint,
      region: "us-east-1",
      forcePathStyle: true,
      credentials: {
        accessKeyId: keys?.AccessKeyId ?? "",
        secretAccessKey: keys?.SecretAccessKey ?? "",
        sessionToken: keys?.SessionToken ?? "",
      },
    });
    expect((await s3.send(new ListBucketsCommand({}))).Buckets?.map(({ Name }) => Name)).toEqual([BUCKET]);
    for (const Key of ["reports/weekly.csv", "payroll/salaries.csv"])
      await expect(s3.send(new GetObjectCommand({ Bucket: BUCKET, Key }))).rejects.toMatchObject({
        name: "AccessDenied",
      });
  });
});
