import { describe, expect, it } from "vitest";
import { exchange } from "../../functions/exchange/exchange.ts";
import { exchangeForm, fakeWorld, formEvent } from "../fakes/fake-world.ts";

describe("POST /v1/token", () => {
  it("gives an agent a task and a key for exactly what it said", async () => {
    const world = fakeWorld();
    const answer = await exchange(formEvent(exchangeForm(world.agentToken())), world.ports);
    expect(answer.statusCode).toBe(200);
    const body = JSON.parse(answer.body);
    expect(body).toMatchObject({ token_type: "Bearer", expires_in: 900, task: { status: "active" } });
    expect(body.credentials).toMatchObject([
      { type: "aws", name: "aws-0", account: "111122223333", Expiration: "2026-11-24T12:15:00Z" },
    ]);
    const [asked] = world.ports.sessions.asked;
    expect(asked).toMatchObject({ path: body.task.id, agent: "demo", durationSeconds: 900 });
    expect(world.ports.tasks.events.map(({ type }) => type)).toEqual(["task.opened"]);
  });
});
