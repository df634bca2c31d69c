import { afterAll, beforeAll, expect, it } from "vitest";
import { ACCOUNT, type RunningCloud, runCloud } from "./running-cloud.ts";

const UNIT = "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111";
const OTHER = "o-a1b2c3d4e5/r-ab12/ou-ab12-22222222";
const [SECOND, THIRD] = ["100000000002", "100000000003"];
const region = "us-east-1";
let running: RunningCloud;
beforeAll(async () => {
  running = await runCloud(
    {},
    {
      // A hub beside another one: all its resources have this prefix.
      prefix: "valetkey-emea",
      organization: { units: [UNIT, OTHER] },
      accounts: [ACCOUNT, SECOND, THIRD].map((id) => ({ id, region, taskRoles: 2 })),
    },
  );
});
afterAll(() => running.close());

const operate = async (method: string, path: string, body?: object) => {
  const answer = await fetch(`${running.url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${await running.cloud.people.mint({ sub: "person:alice" })}`,
      ...(body ? { "content-type": "application/json" } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return { status: answer.status, body: (await answer.json()) as Readonly<Record<string, unknown>> };
};
const retire = () => operate("POST", `/v1/accounts/${ACCOUNT}/halt`, { reason: "it leaves", retire: true });
/** Denials of STS, by the account of the role. */
const denied = () =>
  running.calls.filter(({ action, decision }) => action === "sts:AssumeRole" && decision === "Denied").length;

it("I1, I5: of three accounts in two units, one joins, is used, is moved out and back, and is retired with its key dead", async () => {
  const { aws } = running.cloud;
  aws.placeAccount(SECOND, `${OTHER}/`);
  // The account is in no organisation yet: IAM gets no path.
  await expect(running.start()).rejects.toThrow();
  expect(denied()).toBe(1);
  aws.placeAccount(ACCOUNT, `${UNIT}/ou-ab12-33333333/`);
  const task = await running.start();
  expect(task.accessKeyId).toMatch(/^ASIA/);
  aws.placeAccount(ACCOUNT, "o-a1b2c3d4e5/r-ab12/ou-ab12-99999999/");
  await expect(running.start()).rejects.toThrow();
  expect(denied()).toBe(2);
  // The reconciler still becomes the revoker: revocation does not depend on the unit.
  await running.complete(task);
  const inline = [0, 1].map(
    (index) => aws.rolePolicies(`arn:aws:iam::${ACCOUNT}:role/valetkey-emea-task-${index}`).inline,
  );
  expect(JSON.stringify(inline)).toContain(task.id);
  aws.placeAccount(ACCOUNT, `${UNIT}/`);
  const last = await running.start();
  const first = await retire();
  expect(first).toMatchObject({ status: 200, body: { state: "retiring", ended: [last.id], left: 0 } });
  await expect(running.start()).rejects.toThrow(/account_halted|403/);
  expect((await operate("GET", "/v1/accounts")).body.accounts).toEqual([
    expect.objectContaining({ account: ACCOUNT, retires: true, dead_by: first.body.dead_by }),
    expect.objectContaining({ account: SECOND, halted: false }),
    expect.objectContaining({ account: THIRD, halted: false }),
  ]);
});
