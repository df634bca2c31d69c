import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SET_TYPE } from "../../functions/core/signals/read-signal.ts";
import { type OidcIssuer, startOidcIssuer } from "../../local/issuer/oidc-issuer.ts";
import { putRequest, type RunningCloud, runCloud, type StartedTask } from "./running-cloud.ts";
import { startFor } from "./start-for.ts";

const REVOKED = "https://schemas.openid.net/secevent/caep/event-type/session-revoked";
/** 250 to 530 ms were measured on two cores with a load of 11. */
const SOON_MS = 3_000;
let running: RunningCloud;
let risk: OidcIssuer;
beforeAll(async () => {
  risk = await startOidcIssuer({ port: 0, audience: "unused", kind: "agents" });
  running = await runCloud({}, { signals: [{ name: "risk", url: risk.issuer, people: "staff" }] });
});
afterAll(async () => {
  await running.close();
  await risk.close();
});

async function statusOf({ id, token }: StartedTask): Promise<string | undefined> {
  const answer = await fetch(`${running.url}/v1/tasks/${id}`, { headers: { authorization: `Bearer ${token}` } });
  return ((await answer.json()) as { readonly status?: string }).status;
}
const renewal = async ({ id, token }: StartedTask): Promise<number> =>
  (await fetch(`${running.url}/v1/tasks/${id}/credentials/aws-0`, { headers: { authorization: token } })).status;
const end = async (person: string) => {
  const answer = await fetch(`${running.url}/v1/people/${encodeURIComponent(`staff|${person}`)}/end-tasks`, {
    method: "POST",
    headers: { authorization: `Bearer ${await running.cloud.people.mint({ sub: "person:alice" })}` },
  });
  return { status: answer.status, body: (await answer.json()) as { readonly ended?: readonly string[] } };
};

async function push(
  sub: string,
  changed: object = {},
  header: Readonly<Record<string, unknown>> = { typ: SET_TYPE },
): Promise<Response> {
  const claims = {
    aud: `${running.url}/v1/signals`,
    exp: undefined,
    jti: randomUUID(),
    events: { [REVOKED]: {} },
    sub_id: { format: "iss_sub", iss: running.cloud.people.issuer, sub },
    ...changed,
  };
  return fetch(`${running.url}/v1/signals`, {
    method: "POST",
    headers: { "content-type": `application/${SET_TYPE}` },
    body: await risk.mint(claims, { header }),
  });
}
/** Waits until the task has ended. @returns milliseconds since the call. */
async function endedAfterMs(task: StartedTask): Promise<number> {
  const beganAt = performance.now();
  while ((await statusOf(task)) === "active") {
    if (performance.now() - beganAt > 10_000) throw new Error("still active");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return performance.now() - beganAt;
}

/**
 * Pushes an event about the person, and measures each leg. The first leads to the answer (`signals` and the bus), the
 * second to the end of the task (`intake`).
 */
async function pushed(sub: string, kind: string): Promise<{ readonly says: string; readonly endedMs: number }> {
  const task = await startFor(running, sub);
  // An event ends only tasks that were opened before its second.
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  const beganAt = performance.now();
  const answer = await push(sub);
  const answeredMs = performance.now() - beganAt;
  expect([answer.status, await answer.text()]).toEqual([202, ""]);
  const endedMs = await endedAfterMs(task);
  const says = `${kind}: 202 after ${Math.round(answeredMs)} ms, ended ${Math.round(endedMs)} ms later`;
  return { says, endedMs };
}

describe("a person's end, in the cloud", () => {
  it("by an operator leaves no task alive that is being opened at that moment (B4)", async () => {
    const settled = Promise.allSettled(Array.from({ length: 40 }, () => startFor(running, "person:erin")));
    await new Promise((resolve) => setTimeout(resolve, 150));
    const { status, body } = await end("person:erin");
    const started = (await settled).flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
    expect(status).toBe(200);
    for (const task of started) {
      expect([task.id, await statusOf(task)]).toEqual([task.id, "revoked"]);
      expect(await renewal(task)).toBe(403);
    }
    expect(started.length).toBeLessThan(40);
    expect(body.ended?.length).toBeLessThanOrEqual(started.length + 40);
  });

  it("by a transmitter takes effect right after the transmitter's answer, and later tasks continue", async ({
    annotate,
  }) => {
    // Starts signals and intake, which a fresh hub has not run yet.
    const cold = await pushed("person:hugo", "cold");
    const warm = await pushed("person:dora", "warm");
    // `npx vitest run --reporter=verbose` prints them.
    for (const { says } of [cold, warm]) await annotate(says);
    expect(warm.endedMs).toBeLessThan(SOON_MS);
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect(await statusOf(await startFor(running, "person:dora"))).toBe("active");
  });

  it("is refused for a token of another type or with unknown keys", async () => {
    const task = await startFor(running, "person:fred");
    const wrong = await push("person:fred", {}, { typ: "JWT" });
    expect([wrong.status, await wrong.json()]).toMatchObject([400, { err: "authentication_failed" }]);
    const stranger = await push("person:fred", { iss: "https://nobody.test" });
    expect([stranger.status, await stranger.json()]).toMatchObject([400, { err: "invalid_issuer" }]);
    expect(await statusOf(task)).toBe("active");
  });

  it("by a publisher takes effect right after the event was put", async ({ annotate }) => {
    const task = await startFor(running, "person:gwen");
    await putRequest(running.cloud, "person.offboard", { person: "staff|person:gwen" });
    const endedMs = await endedAfterMs(task);
    await annotate(`publisher: ended ${Math.round(endedMs)} ms after the bus had it`);
    expect(endedMs).toBeLessThan(SOON_MS);
  });
});
