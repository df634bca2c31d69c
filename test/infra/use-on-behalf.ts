import { expect } from "vitest";
import { TOKEN_TYPES } from "../../functions/names.ts";
import type { ApprovingCloud } from "../contract/approving-cloud.ts";
import { GRANT_TYPE, INTENT, patiently, putRequest } from "../contract/running-cloud.ts";
import { startFor } from "../contract/start-for.ts";

/** Policy by which people may call a tool through agents. */
export const TOOLS_FOR_PEOPLE = `@id("people-call-tickets")
permit (principal is User, action == Action::"tool:Call", resource is Tool) when { resource.server == "tickets" && context has actor };`;

/** Agents work for people, and what they do ends with the person: every turn that these take in AWS. */
export async function useOnBehalf(running: ApprovingCloud): Promise<void> {
  const { cloud, url } = running;
  const task = await startFor(running, "person:erin", { authorization_details: JSON.stringify(INTENT) });
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
  const told = await post("/v1/introspect", { token }, server);
  expect(await told.json()).toMatchObject({ active: true, sub: "staff|person:erin" });
  const ended = await fetch(`${url}/v1/people/staff%7Cperson:erin/end-tasks`, {
    method: "POST",
    headers: { authorization: `Bearer ${await cloud.people.mint({ sub: "person:alice", aud: `${url}/operate` })}` },
  });
  expect(await ended.json()).toMatchObject({ person: "staff|person:erin", ended: [task.id] });
  const other = await startFor(running, "person:dora");
  await putRequest(cloud, "person.offboard", { person: "staff|person:dora" });
  await cloud.settled();
  const receipt = await fetch(`${url}/v1/tasks/${other.id}/receipt`, {
    headers: { authorization: `Bearer ${await cloud.people.mint({ sub: "person:alice", aud: `${url}/operate` })}` },
  });
  expect(await receipt.json()).toMatchObject({ status: "revoked", by: expect.stringMatching(/^event:/) });
}
