import { readFileSync } from "node:fs";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { SECRET_TAGS } from "../../functions/names.ts";
import { exchangeParameters, GRANT_TYPE, type RunningCloud, runCloud } from "./running-cloud.ts";

const HUB = "999900001111";
const TTL_SECONDS = 6;
const SLOW_MS = 15_000;

let running: RunningCloud;
beforeAll(async () => {
  running = await runCloud();
  const tags = { [SECRET_TAGS.managed]: "true", [SECRET_TAGS.exclusive]: "true" };
  running.cloud.aws.admin(HUB).createSecret({ name: "demo/api-key", value: "value", tags });
  // Warms the function up before anything is timed.
  await sendDeadline({ path: "k7f3m2q9x4ab.", name: "secret-0" });
  await vi.waitFor(() => expect(actionsOf("revoke-leases")).toContain("sqs:DeleteMessage"), 60_000);
});
afterAll(() => running.close());

/** Requests a task with the secret, which one task at a time may have. */
async function ask() {
  const answer = await fetch(`${running.url}/v1/token`, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: GRANT_TYPE,
      ...exchangeParameters(await running.cloud.agents.mint({ sub: "agent:demo" })),
      authorization_details: JSON.stringify([{ type: "secret", actions: ["read"], identifiers: ["demo/api-key"] }]),
      task_ttl: String(TTL_SECONDS),
    }),
  });
  const body = (await answer.json()) as { readonly task?: { readonly id: string; readonly expires_at: string } };
  return { status: answer.status, id: body.task?.id ?? "", dueMs: Date.parse(body.task?.expires_at ?? "") };
}

const actionsOf = (name: string) =>
  running.calls.filter(({ sessionName }) => sessionName === `valetkey-${name}`).map(({ action }) => action);
const revocationsOf = (id: string) =>
  readFileSync(running.cloud.logFile, "utf8")
    .split("\n")
    .filter((line) => line.includes('"event":"lease_revoked"') && line.includes(id))
    .map((line) => JSON.parse(line) as { readonly lease: string; readonly late_seconds: number });
const until = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms - Date.now()));

describe("a connector's credential ends with its task's deadline, though no sweep runs", () => {
  it("a message that came too soon is postponed until the deadline, so its sender ends nothing early", async () => {
    const { status, id, dueMs } = await ask();
    expect(status).toBe(200);
    await sendDeadline({ path: id, name: "secret-0" });
    await vi.waitFor(
      () => expect(actionsOf("revoke-leases")).toContain("sqs:ChangeMessageVisibility"),
      dueMs - Date.now(),
    );
    await until(dueMs - 100);
    expect(revocationsOf(id)).toEqual([]);
    await vi.waitFor(() => expect(revocationsOf(id)).toHaveLength(1), SLOW_MS);
    expect(actionsOf("sweep")).toEqual([]);
    expect(running.calls.filter(({ decision }) => decision === "Denied")).toEqual([]);
  });

  it("another task gets the secret within seconds of the deadline, and not before", async () => {
    const { status, id, dueMs } = await ask();
    expect(status).toBe(200);
    expect((await ask()).status).toBe(409);
    await until(dueMs - 100);
    expect(revocationsOf(id)).toEqual([]);
    await vi.waitFor(() => expect(revocationsOf(id)).toHaveLength(1), SLOW_MS);
    expect(revocationsOf(id)).toEqual([expect.objectContaining({ lease: "secret-0" })]);
    // Some three seconds as a rule. A busy machine takes longer, and a sweep would have taken a minute.
    expect(revocationsOf(id)[0]?.late_seconds).toBeLessThan(SLOW_MS / 1_000);
    expect((await ask()).status).toBe(200);
    expect(actionsOf("sweep")).toEqual([]);
    expect(running.calls.filter(({ decision }) => decision === "Denied")).toEqual([]);
  });

  it.each(["exchange", "tasks", "operate", "intake", "sweep", "revoke-leases", "reconcile", "rotate"])(
    "%s may not send to the deadline queue: only the relay does",
    async (name) => {
      await expect(sendDeadline({ path: "k7f3m2q9x4ab.", name: "secret-0" }, name)).rejects.toMatchObject({
        name: "AccessDenied",
      });
    },
  );
});

/** Sends with the rights of a function of the hub. */
async function sendDeadline(message: object, name = "relay"): Promise<void> {
  const { aws } = running.cloud;
  const sqs = new SQSClient({
    endpoint: aws.endpoint,
    region: aws.region,
    credentials: aws.keysFor(`arn:aws:iam::${HUB}:role/valetkey-${name}`, "a-test"),
  });
  const QueueUrl = `${aws.endpoint}/${HUB}/valetkey-deadlines`;
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(message) }));
}
