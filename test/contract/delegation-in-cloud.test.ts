import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AwsCredentials, type RunningTask, type TaskRequest, withTask } from "../../client/with-task.ts";
import { hasBoto3 } from "../needs.ts";
import { read } from "../sdks/story.ts";
import { CLIENT } from "../unit/client/run-client.ts";
import { startProcess } from "./package/start-process.ts";
import { ACCOUNT, BUCKET, type RunningCloud, registrarOf, runCloud } from "./running-cloud.ts";

let running: RunningCloud;
beforeAll(async () => {
  running = await runCloud();
  await registrarOf(running.url, running.cloud, {})("helper", "owner@acme.test");
});
afterAll(() => running.close());

const reads = (...names: readonly string[]) => [
  {
    type: "aws",
    account: ACCOUNT,
    actions: ["s3:GetObject"],
    resources: names.map((n) => `arn:aws:s3:::${BUCKET}/${n}`),
  },
];
const REPORT = reads("reports/weekly.csv");

/** Runs work in a task of the agent: `demo`, the parent, or `helper`. */
async function as<T>(agent: string, more: Partial<TaskRequest>, work: (task: RunningTask) => Promise<T>): Promise<T> {
  const token = await running.cloud.agents.mint({ sub: `agent:${agent}` });
  const own = { url: running.url, purpose: "report", intent: reads("reports/*") } as const;
  return withTask({ ...own, identity: { kind: "token", token }, ...more }, work);
}
const keysOf = async (task: RunningTask) => {
  const { accessKeyId, secretAccessKey, sessionToken }: AwsCredentials = await task.credentials()();
  return { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, SessionToken: sessionToken };
};
const outcome = async (of: Promise<unknown>) =>
  of.then(
    () => "ran",
    ({ event }) => event,
  );

describe("a sub-agent's task on the embedded AWS", () => {
  it("has keys of its own below the parent's task, and they end with it", async () => {
    const seen = await as("demo", {}, async (parent) => {
      const delegation = (await parent.delegate("helper", REPORT)).text();
      return as("helper", { delegation, intent: REPORT }, async (child) => {
        const keys = await keysOf(child);
        return { isBelow: child.id.startsWith(parent.id), read: await read(running, keys), keys };
      });
    });
    await running.cloud.settled();
    expect(seen).toMatchObject({ isBelow: true, read: "read" });
    expect(await read(running, seen.keys)).toBe("AccessDenied");
  });

  it("loses its keys when the parent's task ends, while the sub-agent works on", async () => {
    let end = () => {};
    const parentMayEnd = new Promise<void>((resolve) => {
      end = resolve;
    });
    let give = (_: string) => {};
    const handed = new Promise<string>((resolve) => {
      give = resolve;
    });
    const parent = as("demo", {}, async (task) => {
      give((await task.delegate("helper", REPORT)).text());
      await parentMayEnd;
    });
    const delegation = await handed;
    const reads = await as("helper", { delegation, intent: REPORT }, async (child) => {
      const keys = await keysOf(child);
      const before = await read(running, keys);
      end();
      await parent;
      await running.cloud.settled();
      return [before, await read(running, keys)];
    });
    expect(reads).toEqual(["read", "AccessDenied"]);
  });

  it("never has more than was handed on, than the parent has, or for longer", async () => {
    await as("demo", { ttlSeconds: 120 }, async (parent) => {
      expect(await outcome(parent.delegate("helper", reads("payroll/*")))).toBe("policy_denied");
      const delegation = (await parent.delegate("helper", REPORT, { ttlSeconds: 43_200 })).text();
      expect(await outcome(as("helper", { delegation, intent: reads("reports/*") }, async () => {}))).toBe(
        "policy_denied",
      );
      const end = await as(
        "helper",
        { delegation, intent: REPORT, ttlSeconds: 43_200 },
        async (child) => child.expiresAt,
      );
      expect(end.getTime()).toBeLessThanOrEqual(parent.expiresAt.getTime());
    });
  });

  it("is not opened by another agent, twice, or after the parent's end", async () => {
    const late = await as("demo", {}, async (parent) => {
      const stolen = (await parent.delegate("helper", REPORT)).text();
      expect(await outcome(as("tickets", { delegation: stolen, intent: REPORT }, async () => {}))).toBe(
        "delegation_token_invalid",
      );
      const delegation = await parent.delegate("helper", REPORT);
      await as("helper", { delegation, intent: REPORT }, async () => {});
      expect(await outcome(as("helper", { delegation, intent: REPORT }, async () => {}))).toBe(
        "delegation_token_invalid",
      );
      return { parent, delegation: await parent.delegate("helper", REPORT) };
    });
    const { parent, delegation } = late;
    expect(await outcome(as("helper", { delegation, intent: REPORT }, async () => {}))).toBe(
      "delegation_token_invalid",
    );
    expect(await outcome(parent.delegate("helper", REPORT))).toBe("task_ended");
  });
});

describe("valetkey exec on the embedded AWS", () => {
  it("lets its command delegate to the named agent, and not a narrower command inside it", async () => {
    const folder = mkdtempSync(join(tmpdir(), "valetkey-delegation-"));
    try {
      const weekly = `s3:GetObject=arn:aws:s3:::${BUCKET}/reports/weekly.csv`;
      const delegate = (out: string) => `"$NODE" "$CLIENT" delegate --to helper --allow '${weekly}' --out ${out}`;
      const narrow = `"$NODE" "$CLIENT" exec --narrow --allow '${weekly}' -- sh -c`;
      const script = `${delegate("own")}; echo $?; ${narrow} '${delegate("narrow").replaceAll("'", "'\\''")}'; echo $?`;
      const args = [
        "exec",
        "--purpose",
        "reports",
        "--delegate-to",
        "helper",
        "--allow",
        weekly,
        "--",
        "sh",
        "-c",
        script,
      ];
      const env = {
        NODE: process.execPath,
        CLIENT,
        HOME: folder,
        VALETKEY_URL: running.url,
        VALETKEY_ACCOUNT: ACCOUNT,
        VALETKEY_TOKEN: await running.cloud.agents.mint({ sub: "agent:demo" }),
        AWS_ENDPOINT_URL: running.cloud.aws.endpoint,
        AWS_REGION: "us-east-1",
      };
      const ran = await startProcess(process.execPath, [CLIENT, ...args], env, undefined, undefined, folder);
      expect([ran.stdout, readdirSync(folder).filter((name) => /^(own|narrow)/.test(name))]).toEqual([
        "0\n64\n",
        ["own"],
      ]);
      expect(ran.stderr).toContain("may delegate to nobody");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("the Python package on the embedded AWS", () => {
  it.runIf(hasBoto3())("hands on a part of a task, whose keys end with the sub-agent's task", async () => {
    const program = `
import json, os, valetkey
from botocore.exceptions import ClientError
reads = lambda name: [valetkey.aws("${ACCOUNT}", ["s3:GetObject"], ["arn:aws:s3:::${BUCKET}/" + name])]
with valetkey.task(purpose="reports", intent=reads("reports/*"), identity=os.environ["PARENT"]) as parent:
    text = parent.delegate("helper", reads("reports/weekly.csv"), ttl=300).text()
    refused = []
    for wider in (reads("reports/*"), reads("payroll/*")):
        try:
            with valetkey.task(delegation=text, purpose="more", intent=wider, identity=os.environ["GREEDY"]):
                pass
        except valetkey.RefusedError as error:
            refused.append(error.event)
    with valetkey.task(delegation=text, purpose="one", intent=reads("reports/weekly.csv"), identity=os.environ["CHILD"]) as child:
        s3 = child.boto3_session(region="us-east-1").client("s3")
        body = s3.get_object(Bucket="${BUCKET}", Key="reports/weekly.csv")["Body"].read().decode()
        keys = child.credentials()
        print(json.dumps([child.id.startswith(parent.id), body, refused, keys.access_key_id, keys.secret_access_key, keys.session_token]))
`;
    const mint = (agent: string) => running.cloud.agents.mint({ sub: `agent:${agent}` });
    const env = {
      PYTHONPATH: fileURLToPath(new URL("../../python/src", import.meta.url)),
      PYTHONDONTWRITEBYTECODE: "1",
      AWS_ENDPOINT_URL: running.cloud.aws.endpoint,
      VALETKEY_URL: running.url,
      PARENT: await mint("demo"),
      CHILD: await mint("helper"),
      GREEDY: await mint("helper"),
    };
    const { stdout, stderr } = await startProcess("python3", ["-c", program], env);
    const [isBelow, body, refused, AccessKeyId, SecretAccessKey, SessionToken] = JSON.parse(
      stdout || JSON.stringify([stderr]),
    );
    expect([isBelow, body, refused]).toEqual([true, "week,orders\n", ["policy_denied", "policy_denied"]]);
    await running.cloud.settled();
    expect(await read(running, { AccessKeyId, SecretAccessKey, SessionToken })).toBe("AccessDenied");
  });
});
