import { expect } from "vitest";
import { BUS_SOURCES, ESCALATION_EVENT, TOKEN_TYPES } from "../../contract/names.ts";
import type { ApprovingCloud } from "../contract/approving-cloud.ts";
import { ACCOUNT, GRANT_TYPE, INTENT } from "../contract/running-cloud.ts";

/** Policy under which a freeze ends what reads. */
export const FROZEN = `@id("frozen")
forbid (principal is Agent, action == Action::"s3:GetObject", resource)
when { context.conditions.contains("change-freeze") };`;

const AGENT = "frozen";
const PLACE = { scope: `agent:${AGENT}` } as const;

/** Conditions of both kinds are set and ended, and live tasks are decided anew: alone, above others, for a person, and waiting for people. */
export async function useConditions(running: ApprovingCloud): Promise<void> {
  const { cloud, url, voting } = running;
  const operator = async () => ({ authorization: `Bearer ${await cloud.people.mint({ sub: "person:alice" })}` });
  const change = async (condition: string, what: "tighten" | "loosen" | "recheck", body: object) => {
    const path = `/v1/conditions/${condition}/${what}`;
    const headers = { ...(await operator()), "content-type": "application/json" };
    const answer =
      what === "loosen"
        ? await voting.perform("person:alice", path, body)
        : await fetch(url + path, { method: "POST", headers, body: JSON.stringify(body) });
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  const statusOf = async ({ id }: { readonly id: string }) =>
    ((await (await fetch(`${url}/v1/tasks/${id}/receipt`, { headers: await operator() })).json()) as { status: string })
      .status;

  await running.register(AGENT);
  const own = async () => ({
    subject_token: await cloud.agents.mint({ sub: `agent:${AGENT}` }),
    deliver: "sign",
  });
  const root = await running.start(await own());
  const delegated = await fetch(`${url}/v1/token`, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: GRANT_TYPE,
      subject_token: root.token,
      subject_token_type: TOKEN_TYPES.accessToken,
      requested_token_type: TOKEN_TYPES.delegation,
      audience: "tickets",
    }),
  });
  expect(delegated.status).toBe(200);
  const consent = { agent: AGENT, purpose: "look after my reports", authorization_details: INTENT };
  const given = await voting.perform("person:erin", "/v1/consents", consent);
  const { id } = (await given.json()) as { readonly id: string };
  const forErin = await running.start({
    subject_token: await cloud.people.mint({ sub: "person:erin", groups: ["support"], aud: url }),
    actor_token: await cloud.agents.mint({ sub: `agent:${AGENT}` }),
    actor_token_type: TOKEN_TYPES.idToken,
    authorization_details: JSON.stringify(INTENT),
  });
  const waiting = await running.ask(AGENT, "published/frozen.csv");

  const tried = await change("change-freeze", "recheck", { ...PLACE, dry_run: true });
  expect(tried).toMatchObject({
    decided: 3,
    tasks: expect.arrayContaining([expect.objectContaining({ task: root.id })]),
  });
  const nobody = await change("change-freeze", "recheck", { scope: "team:nobody", dry_run: true });
  expect(nobody).toMatchObject({ decided: 0, tasks: [] });
  const mallory = await fetch(`${url}/v1/conditions/change-freeze/recheck`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${await cloud.people.mint({ sub: "person:mallory" })}`,
      "content-type": "application/json",
    },
    body: JSON.stringify(PLACE),
  });
  expect(mallory.status).toBe(403);
  const setting = { ...PLACE, seconds: 600, reason: "use every right" };
  const ending = { ...PLACE, reason: "it is over" };
  await change("change-freeze", "tighten", setting);
  await cloud.settled();
  expect(await Promise.all([root, forErin, waiting].map(statusOf))).toEqual(["revoked", "revoked", "active"]);
  await change("change-freeze", "loosen", ending);
  const suspect = await running.start(await own());
  await cloud.hosts.intake.invoke({
    ...{ id: "suspect", source: BUS_SOURCES.own, account: cloud.hubAccount, time: new Date().toISOString() },
    "detail-type": ESCALATION_EVENT,
    detail: { version: "1", id: "w".repeat(43), rule: "E6", at: 1, account: ACCOUNT, task: suspect.id },
  });
  await cloud.settled();
  expect(await statusOf(suspect)).toBe("revoked");
  await change("responding", "loosen", setting);
  const listed = await fetch(`${url}/v1/conditions`, { headers: await operator() });
  expect(await listed.json()).toMatchObject({ conditions: [{ holds: [PLACE] }, { holds: [PLACE] }] });
  await change("change-freeze", "loosen", ending);
  await change("responding", "tighten", ending);
  await voting.send("person:erin", `/v1/consents/${id}/withdraw`, {});
}
