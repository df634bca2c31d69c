import { expect, it } from "vitest";
import { recordHash } from "../../../functions/core/approvals/approval-record.ts";
import { watchWorlds } from "../../harness/watch-worlds.ts";
import { type ApprovalScene, intentOf } from "./approving.ts";
import { breakGlass, broken, review, tokenOver } from "./breaking-glass.ts";

watchWorlds();

/** Claims about a person beside who it is, as issuers put them into tokens. */
const PRIVATE = {
  ...{ email: "bob.private@acme.test", name: "Bob Private", preferred_username: "bob.private", upn: "bobp@corp.test" },
  ...{ given_name: "Bobby", phone_number: "+15550100", picture: "https://photos.test/bob", ip: "203.0.113.77" },
};

const decide = (scene: ApprovalScene, approval: string, person: string, body: object) =>
  scene.service.operate("POST /v1/approvals/{approval}/decide", {
    parameters: { approval },
    body,
    token: scene.world.operatorToken({ sub: person, groups: ["g-sre", "valetkey-approvers"], ...PRIVATE }),
  });

it("the journal and the log lines hold (issuer, person) of people, and no other claim of any of their tokens", async () => {
  const { scene, held } = await broken();
  expect((await review(scene, held)).status).toBe(200);
  scene.world.pass(1);
  const [voted, denied] = [
    await scene.waiting({ authorization_details: intentOf("s3:GetObject").replace("/a", "/b") }),
    await scene.waiting({ authorization_details: intentOf("s3:GetObject").replace("/a", "/c") }),
  ];
  for (const person of ["bob", "carol"]) {
    const vote = tokenOver(scene, recordHash(scene.record(voted.approval)), person, PRIVATE);
    expect((await decide(scene, voted.approval, person, { decision: "approve", vote })).status).toBe(200);
  }
  expect((await scene.poll(voted)).status).toBe(200);
  expect((await decide(scene, denied.approval, "bob", { decision: "deny", reason: "not today" })).status).toBe(200);
  const third = await scene.waiting({ authorization_details: intentOf("s3:GetObject").replace("/a", "/d") });
  await breakGlass(scene, third);
  const changed = await scene.operators.operate("POST /v1/agents/{agent}", {
    parameters: { agent: "demo" },
    body: { contact: PRIVATE.email },
    token: scene.world.operatorToken({ sub: "alice", ...PRIVATE }),
  });
  expect(changed).toMatchObject({ status: 200, body: { contact: PRIVATE.email } });

  const { ports, lines } = scene.world;
  const events = [...ports.tasks.events, ...ports.agents.events];
  const told = JSON.stringify([events, lines]);
  for (const type of ["voted", "denied", "used", "reviewed"])
    expect(events.map((event) => event.type)).toContain(`approval.${type}`);
  expect(events.at(-1)).toMatchObject({ type: "agent.changed", facts: { contact_changed: true } });
  for (const person of ["staff|bob", "staff|carol", "staff|alice"]) expect(told).toContain(person);
  for (const claim of Object.values(PRIVATE)) expect(told).not.toContain(claim);
});
