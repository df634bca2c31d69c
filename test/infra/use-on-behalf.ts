import { expect } from "vitest";
import { TOKEN_TYPES } from "../../contract/names.ts";
import type { ApprovingCloud } from "../contract/approving-cloud.ts";
import { GRANT_TYPE, INTENT, patiently, putRequest, type StartedTask } from "../contract/running-cloud.ts";
import { personsToken, startFor } from "../contract/start-for.ts";
import { breakOffPersonsEnding } from "./hasten.ts";
import { READ_OBJECT } from "./use-everything.ts";

/** Policy by which people may call a tool through agents. */
export const TOOLS_FOR_PEOPLE = `@id("people-call-tickets") @budget("tickets 100/1d person, all-tickets 90/1d hub")
permit (principal is User, action == Action::"tool:Call", resource is Tool) when { resource.server == "tickets" && context has actor };`;

/** Agents work for people, and what they do ends with the person: every turn that these take in AWS. */
export async function useOnBehalf(running: ApprovingCloud): Promise<void> {
  const { cloud, url } = running;
  const task = await startFor(running, "person:erin", { authorization_details: JSON.stringify(INTENT) });
  await use(task, running);
  await prolong(task, running);
  await readBudgets(running);
  const ended = await fetch(`${url}/v1/people/staff%7Cperson:erin/end-tasks`, {
    method: "POST",
    headers: { authorization: `Bearer ${await cloud.people.mint({ sub: "person:alice", aud: `${url}/operate` })}` },
  });
  expect(await ended.json()).toMatchObject({ person: "staff|person:erin", ended: [task.id] });
  // A token of the very second of the ending is dead too.
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  await useConsent(running);
  await useAcceptance(running);
  const left = await startFor(running, "person:fred");
  await breakOffPersonsEnding(cloud, "staff|person:fred");
  await cloud.hosts.sweep.invoke({});
  const shown = await fetch(`${url}/v1/tasks/${left.id}`, { headers: { authorization: `Bearer ${left.token}` } });
  expect(await shown.json()).toMatchObject({ status: "revoked" });
  const other = await startFor(running, "person:dora");
  await putRequest(cloud, "person.offboard", { person: "staff|person:dora" });
  await cloud.settled();
  const receipt = await fetch(`${url}/v1/tasks/${other.id}/receipt`, {
    headers: { authorization: `Bearer ${await cloud.people.mint({ sub: "person:alice", aud: `${url}/operate` })}` },
  });
  expect(await receipt.json()).toMatchObject({ status: "revoked", by: expect.stringMatching(/^event:/) });
}

/** An operator looks at what is spent of the budgets. */
async function readBudgets({ cloud, url }: ApprovingCloud): Promise<void> {
  const headers = {
    authorization: `Bearer ${await cloud.people.mint({ sub: "person:alice", aud: `${url}/operate` })}`,
  };
  const ofHub = await fetch(`${url}/v1/budgets?name=all-tickets`, { headers });
  expect(await ofHub.json()).toMatchObject({ budgets: [{ spent: [{ holder: "*" }] }] });
  const ofErin = await fetch(`${url}/v1/budgets?person=staff%7Cperson:erin`, { headers });
  expect(await ofErin.json()).toMatchObject({ budgets: [{ spent: [{ holder: "staff|person:erin" }] }] });
}

/** A person gives a consent; an agent acts under it until the person withdraws it. */
async function useConsent(running: ApprovingCloud): Promise<void> {
  const { cloud, url, voting } = running;
  const erin = "person:erin";
  const give = async (): Promise<string> => {
    const given = await voting.perform(erin, "/v1/consents", {
      agent: "demo",
      purpose: "look after my reports",
      authorization_details: INTENT,
    });
    expect(given.status).toBe(201);
    return ((await given.json()) as { readonly id: string }).id;
  };
  const id = await give();
  const subject_token = await cloud.people.mint({ sub: erin, groups: ["support"], aud: url });
  const more = { subject_token, authorization_details: JSON.stringify(INTENT), deliver: "sign" };
  const task = await startFor(running, erin, more);
  await use(task, running);
  const signed = await fetch(`${url}/v1/tasks/${task.id}/sign`, {
    method: "POST",
    headers: { authorization: `Bearer ${task.token}`, "content-type": "application/json" },
    body: JSON.stringify(READ_OBJECT),
  });
  expect(await signed.json()).toMatchObject({ operation: "s3:GetObject" });
  const own = { authorization: `Bearer ${await cloud.people.mint({ sub: erin, groups: ["support"] })}` };
  const listed = await fetch(`${url}/v1/consents`, { headers: own });
  expect(await listed.json()).toMatchObject({ consents: [{ id, status: "live" }] });
  const shown = await fetch(`${url}/v1/consents/${id}`, { headers: own });
  expect(await shown.json()).toMatchObject({ id, person: "staff|person:erin", status: "live" });
  const withdrawn = await voting.send(erin, `/v1/consents/${id}/withdraw`, {});
  expect(await withdrawn.json()).toMatchObject({ status: "ended", ended: [task.id] });
  await give();
  await putRequest(cloud, "person.offboard", { person: "staff|person:erin" });
  await cloud.settled();
  const left = await fetch(`${url}/v1/consents`, { headers: own });
  expect(await left.json()).toEqual({ consents: [] });
}

/** Prolongs a task by a fresh token of its person. */
async function prolong(task: StartedTask, running: ApprovingCloud): Promise<void> {
  // A fresh token is issued in a later second than the first one.
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  const prolonged = await fetch(`${running.url}/v1/token`, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: GRANT_TYPE,
      subject_token: await personsToken(running, "person:erin"),
      subject_token_type: TOKEN_TYPES.idToken,
      actor_token: task.token,
      actor_token_type: TOKEN_TYPES.task,
    }),
  });
  expect(await prolonged.json()).toMatchObject({ sub: "staff|person:erin", task: { id: task.id, status: "active" } });
}

/** A person accepts the threat model of an agent, which then works in production. */
async function useAcceptance({ cloud, url, voting, register }: ApprovingCloud): Promise<void> {
  await register("modelled");
  const headers = {
    authorization: `Bearer ${await cloud.people.mint({ sub: "person:alice", aud: `${url}/operate` })}`,
  };
  const read = async () =>
    (await (await fetch(`${url}/v1/agents/modelled/threat-model`, { headers })).json()) as object;
  const { model } = (await read()) as { readonly model: object };
  const accepted = await voting.perform("person:carol", "/v1/agents/modelled/threat-model", model);
  expect(accepted.status).toBe(201);
  expect(await read()).toMatchObject({ status: "accepted" });
}

/** Shows a task for a person to a tool server. */
async function use(task: StartedTask, { cloud, url }: ApprovingCloud): Promise<void> {
  const post = (path: string, form: Readonly<Record<string, string>>, bearer?: string): Promise<Response> =>
    patiently(() =>
      fetch(url + path, {
        method: "POST",
        body: new URLSearchParams(form),
        ...(bearer === undefined ? {} : { headers: { authorization: `Bearer ${bearer}` } }),
      }),
    );
  const shown = await post("/v1/token", {
    grant_type: GRANT_TYPE,
    subject_token: task.token,
    subject_token_type: TOKEN_TYPES.accessToken,
    requested_token_type: TOKEN_TYPES.presentation,
    audience: "tickets",
  });
  const { access_token: token = "" } = (await shown.json()) as { readonly access_token?: string };
  const server = await cloud.agents.mint({ sub: "agent:tickets", aud: `${url}/introspect` });
  const introspection = await post("/v1/introspect", { token }, server);
  expect(await introspection.json()).toMatchObject({ active: true, sub: "staff|person:erin" });
}
