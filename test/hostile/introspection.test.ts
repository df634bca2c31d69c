import { describe, expect, it } from "vitest";
import { call } from "./call.ts";
import type { HostileWorld } from "./hostile-world.ts";
import { DETAILS, serverToken } from "./opened-task.ts";
import { bent, type Scene, scene } from "./scene.ts";
import { traces } from "./traces.ts";

describe("introspection", () => {
  const INACTIVE = { statusCode: 200, body: '{"active":false}' };
  const ask = (world: HostileWorld, token: string, assertion: string) =>
    call("POST /v1/introspect", world.ports, { form: { token }, authorization: `Bearer ${assertion}` });

  it("answers the tool server that the token is for", async () => {
    const { world, own } = await scene();
    const answer = await ask(world, own.presentation, serverToken(world));
    expect(JSON.parse(answer.body)).toMatchObject({ active: true, task: own.task, aud: "tickets" });
    expect(JSON.parse(answer.body).authorization_details).toEqual([DETAILS[1]]);
  });

  it("reveals nothing to another agent, not even to the token's own agent", async () => {
    const { world, own } = await scene();
    world.addAgent({ id: "eavesdropper" });
    for (const sub of ["agent:eavesdropper", "agent:demo"]) {
      expect(await ask(world, own.presentation, serverToken(world, sub))).toMatchObject(INACTIVE);
    }
  });

  it("reveals nothing about task tokens, guesses and other text to the tool server", async () => {
    const { world, own } = await scene();
    const guess = `vkp_${own.task}_${"A".repeat(43)}`;
    for (const token of [
      own.taskToken,
      own.taskToken.replace("vk_", "vkp_"),
      guess,
      bent(own.presentation),
      own.oidc,
      own.task,
    ]) {
      expect(await ask(world, token, serverToken(world))).toMatchObject(INACTIVE);
    }
  });

  it("answers inactive once the task or the token has ended", async () => {
    const { world, own, sister } = await scene();
    await call("POST /v1/revoke", world.ports, { form: { token: own.presentation } });
    await call("POST /v1/revoke", world.ports, { form: { token: sister.taskToken } });
    for (const { presentation } of [own, sister]) {
      expect(await ask(world, presentation, serverToken(world))).toMatchObject(INACTIVE);
    }
  });

  it.each<readonly [string, (scene: Scene) => string]>([
    ["a stranger's token", ({ world }) => serverToken(world, "agent:nobody")],
    ["a token for exchange", ({ world }) => world.mint({ claims: { sub: "agent:tickets" } })],
    [
      "a token for operation",
      ({ world }) => world.mint({ claims: { sub: "agent:tickets", aud: "https://valetkey.test/operate" } }),
    ],
    [
      "a person's token",
      ({ world }) => world.mint({ issuer: "staff", claims: { aud: "https://valetkey.test/introspect" } }),
    ],
    ["the presentation token itself", ({ own }) => own.presentation],
    ["the task's token", ({ own }) => own.taskToken],
    ["nothing that is a token", () => "secret"],
  ])("refuses a client with %s", async (_, assertion) => {
    const it = await scene();
    const before = traces(it.world);
    const answer = await ask(it.world, it.own.presentation, assertion(it));
    expect([answer.statusCode, JSON.parse(answer.body).code]).toEqual([401, "client_unauthenticated"]);
    const bare = await call("POST /v1/introspect", it.world.ports, { form: { token: it.own.presentation } });
    expect(bare.statusCode).toBe(401);
    expect(traces(it.world)).toEqual(before);
  });

  it("also checks the token's kind, in case the record has a token of one kind in the list of the other", async () => {
    const { world, own } = await scene();
    const task = world.ports.tasks.tasks.get(own.task);
    if (!task) throw new Error("no task");
    const [{ hash } = { hash: "" }] = task.tokens;
    const [shown] = task.presentations;
    if (!shown) throw new Error("no presentation");
    world.ports.tasks.tasks.set(own.task, {
      ...task,
      tokens: [{ hash: shown.hash }],
      presentations: [{ ...shown, hash }],
    });
    expect(await ask(world, own.taskToken, serverToken(world))).toMatchObject(INACTIVE);
    const path = { task: own.task };
    const read = await call("GET /v1/tasks/{task}", world.ports, { authorization: own.presentation, path });
    expect(read.statusCode).toBe(401);
  });

  it("refuses a suspended tool server", async () => {
    const { world, own } = await scene();
    world.addAgent({ id: "tickets", status: "suspended" });
    expect((await ask(world, own.presentation, serverToken(world))).statusCode).toBe(401);
  });

  it("accepts one way of client authentication, not two at once", async () => {
    const { world, own } = await scene();
    const form = {
      token: own.presentation,
      client_assertion: serverToken(world, "agent:nobody"),
      client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    };
    const both = await call("POST /v1/introspect", world.ports, { form, authorization: serverToken(world) });
    expect(JSON.parse(both.body).code).toBe("malformed_request");
  });
});
