import { expect, it } from "vitest";
import { recordHash } from "../../../functions/core/approvals/approval-record.ts";
import { watchWorlds } from "../../harness/watch-worlds.ts";
import { ApprovalScene, intentOf } from "./approving.ts";
import { breakGlass, broken, review, tokenOver } from "./breaking-glass.ts";

watchWorlds();

/** Claims about a person beside who it is, as issuers put them into tokens. */
const PRIVATE = {
  email: "bob.private@acme.test",
  name: "Bob Private",
  preferred_username: "bob.private",
  upn: "bobp@corp.test",
  given_name: "Bobby",
  phone_number: "+15550100",
  picture: "https://photos.test/bob",
  ip: "203.0.113.77",
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
  const output = JSON.stringify([events, lines]);
  for (const type of ["voted", "denied", "used", "reviewed"])
    expect(events.map((event) => event.type)).toContain(`approval.${type}`);
  expect(events.at(-1)).toMatchObject({ type: "agent.changed", facts: { contact_changed: true } });
  for (const person of ["staff|bob", "staff|carol", "staff|alice"]) expect(output).toContain(person);
  for (const claim of Object.values(PRIVATE)) expect(output).not.toContain(claim);
});

it("no journal has the address of an owner, whatever is done with the agent", async () => {
  const scene = new ApprovalScene();
  const [old, next] = ["olivia.private@acme.test", "otto.private@acme.test"];
  const { agents } = scene.world.ports;
  const agent = agents.agents.get("demo");
  if (!agent) throw new Error("no agent");
  agents.agents.set("demo", { ...agent, owner: old });
  const operate = (act: string, body: object = {}) =>
    scene.operators.operate(`POST /v1/agents/{agent}${act}` as "POST /v1/agents/{agent}", {
      parameters: { agent: "demo" },
      body,
    });
  const held = await scene.waiting();
  expect(scene.record(held.approval).agent.owner).toBe("no person who is known");
  for (const [act, body] of [
    ...[["/confirm"], ["", { owner: next }], ["/suspend", { reason: "a look" }], ["/suspend", { reason: "a second" }]],
    ...[["/resume"], ["", { owner: "staff|bob" }], ["", { owner: old }], ["/offboard"]],
  ] as const)
    expect([act, (await operate(act, body)).status]).toEqual([act, expect.toSatisfy((status) => status < 300)]);
  const registered = await scene.operators.operate("POST /v1/agents", {
    body: {
      id: "fresh",
      name: "Fresh",
      owner: old,
      team: "demo",
      bindings: [{ issuer: "robots", claims: { sub: "agent:fresh" } }],
    },
  });
  expect(registered.status).toBe(201);
  const events = [...scene.world.ports.tasks.events, ...agents.events];
  for (const type of ["registered", "changed", "suspended", "confirmed", "offboarding"])
    expect(events.map((event) => event.type)).toContain(`agent.${type}`);
  expect(events.filter(({ facts }) => facts.owner_changed === true)).toHaveLength(3);
  expect(events.filter(({ facts }) => facts.owner === "staff|bob")).toHaveLength(1);
  const output = JSON.stringify([events, scene.world.lines]);
  for (const address of [old, next]) expect(output).not.toContain(address);
});
