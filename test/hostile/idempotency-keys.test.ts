import { describe, expect, it } from "vitest";
import { exchangeForm } from "../fakes/fake-world.ts";
import { call } from "./call.ts";
import type { HostileWorld } from "./hostile-world.ts";
import { DETAILS } from "./opened-task.ts";
import { scene } from "./scene.ts";

describe("another's idempotency key", () => {
  const open = async (world: HostileWorld, token: string, purpose = "summarise the weekly report") => {
    const form = { ...exchangeForm(token, DETAILS), purpose, idempotency_key: "deploy-42" };
    const answer = await call("POST /v1/token", world.ports, { form });
    return { status: answer.statusCode, ...JSON.parse(answer.body) };
  };

  it("opens a task of one's own, not the other agent's", async () => {
    const { world } = await scene();
    const first = await open(world, world.mint());
    const other = await open(world, world.mint({ issuer: "mesh" }));
    expect([first.status, other.status]).toEqual([200, 200]);
    expect(other.task.id).not.toBe(first.task.id);
    expect(world.ports.tasks.tasks.get(other.task.id)).toMatchObject({ agent: "agent-of-mesh" });
  });

  it("opens a task of one's own to another workload that is bound to the same agent", async () => {
    const { world } = await scene();
    world.addAgent({ id: "demo", bindings: ["a", "b"].map((sub) => ({ issuer: "robots", claims: { sub } })) });
    const [first, other] = [
      await open(world, world.mint({ claims: { sub: "a" } })),
      await open(world, world.mint({ claims: { sub: "b" } })),
    ];
    expect(other.task.id).not.toBe(first.task.id);
  });

  it("does not turn one request into another", async () => {
    const { world } = await scene();
    await open(world, world.mint());
    expect(await open(world, world.mint(), "empty the bucket")).toMatchObject({
      status: 409,
      code: "idempotency_conflict",
    });
  });
});
