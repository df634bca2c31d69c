import { describe, expect, it } from "vitest";
import { Triggers } from "../harness/triggers.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";

watchWorlds();

describe("an agent that would pass for the canary", () => {
  it("is not registered, and an agent whose id only looks like it is", async () => {
    const { service } = new Triggers();
    const register = (id: string) =>
      service.operate("POST /v1/agents", {
        body: {
          id,
          name: "n",
          owner: "o@acme.test",
          team: "demo",
          bindings: [{ issuer: "robots", claims: { sub: `agent:${id}` } }],
        },
      });
    const refused = await register("valetkey-probe");
    expect(refused).toMatchObject({ status: 400, body: { code: "agent_invalid" } });
    expect((await register("valetkey-prober")).status).toBe(201);
  });
});
