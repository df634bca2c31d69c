import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AwsCredentials, type RunningTask, type TaskRequest, withTask } from "../../client/with-task.ts";
import { read } from "../sdks/story.ts";
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
