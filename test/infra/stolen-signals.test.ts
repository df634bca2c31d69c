import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { functionRoleName } from "../../functions/hub-names.ts";
import { KINDS, type Kind } from "../../functions/names.ts";
import { functionRoleArn } from "../../infra/arns.ts";
import { ACCOUNT, type RunningCloud, runCloud, type StartedTask } from "../contract/running-cloud.ts";
import { startFor } from "../contract/start-for.ts";
import { Thief } from "./thief.ts";

const HUB = "999900001111";
let running: RunningCloud;
beforeAll(async () => {
  running = await runCloud();
});
afterAll(() => running.close());

/** Puts an event on the bus with the keys of `signals`. @returns whether the bus took it. */
async function put(source: string, type: string, detail: object): Promise<boolean> {
  const { endpoint, region } = running.cloud.aws;
  const credentials = running.cloud.aws.keysFor(
    functionRoleArn("signals", { partition: "aws", account: HUB }),
    functionRoleName("signals", {}),
  );
  const client = new EventBridgeClient({ endpoint, region, credentials });
  const entry = { EventBusName: "valetkey", Source: source, DetailType: type, Detail: JSON.stringify(detail) };
  const outcome = await client.send(new PutEventsCommand({ Entries: [entry] })).then(
    ({ FailedEntryCount: failed }) => failed === 0,
    () => false,
  );
  await running.cloud.settled();
  return outcome;
}
const word = (changed: object = {}) => ({
  version: "1",
  person: "staff|person:erin",
  dead_until: Date.now() / 1_000,
  transmitter: "risk",
  reason: "session-revoked",
  requested_by: "valetkey",
  ...changed,
});
const isAlive = async ({ id, token }: StartedTask): Promise<boolean> => {
  const answer = await fetch(`${running.url}/v1/tasks/${id}`, { headers: { authorization: `Bearer ${token}` } });
  return ((await answer.json()) as { readonly status?: string }).status === "active";
};

describe("with the role of signals and nothing else", () => {
  it("a person's tasks are ended, of an issuer that a transmitter speaks of", async () => {
    const task = await startFor(running, "person:erin");
    expect(await put("valetkey", "person.offboard", word())).toBe(true);
    expect(await isAlive(task)).toBe(false);
  });

  it.each([
    ["a moment to come", { person: "staff|person:dora", dead_until: Date.now() / 1_000 + 3_600 }],
    ["another transmitter", { person: "staff|person:dora", transmitter: "other" }],
    ["an agent", { agent: "demo", person: undefined }],
    ["a task", { task: "k7f3m2q9x4ab.", person: undefined }],
    ["everybody", { person: "staff|*" }],
  ])("nothing ends by %s", async (_, changed) => {
    const [doras, own] = [await startFor(running, "person:dora"), await running.start()];
    await put("valetkey", "person.offboard", word(changed));
    expect([await isAlive(doras), await isAlive(own)]).toEqual([true, true]);
  });

  it.each([
    ["valetkey", "task.end"],
    ["valetkey", "agent.offboard"],
    ["valetkey", "escalation.detected"],
    ["valetkey", "ocsf"],
    ["valetkey.request", "person.offboard"],
    ["valetkey.request", "agent.offboard"],
    ["aws.s3", "AWS API Call via CloudTrail"],
  ])("the bus takes no %s %s", async (source, type) => {
    const task = await running.start();
    expect(await put(source, type, { ...word(), task: task.id, agent: "demo" })).toBe(false);
    expect(await isAlive(task)).toBe(true);
  });

  it("nothing of the table is read or written", async () => {
    const thief = new Thief(running, "signals");
    for (const kind of Object.keys(KINDS) as Kind[]) {
      const item = { pk: `${KINDS[kind]}x`, sk: "x" };
      expect([kind, await thief.write({ ...item, by: "thief" }), await thief.reads(item)]).toEqual([
        kind,
        false,
        false,
      ]);
    }
  });

  it("no role of a target account is become", async () => {
    const { allows } = await import("./iam.ts");
    const { rightsOf } = await import("../../infra/rights.ts");
    const rights = rightsOf("signals", { ...running.cloud.scope });
    for (const role of ["valetkey-task-0", "valetkey-revoker"]) {
      const call = { action: "sts:AssumeRole", resource: `arn:aws:iam::${ACCOUNT}:role/${role}` };
      expect(await allows(rights, call)).toBe(false);
    }
  });
});
