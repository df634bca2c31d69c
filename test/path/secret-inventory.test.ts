import { describe, expect, it } from "vitest";
import { agentId } from "../../contract/agent-id.ts";
import { isWholeChain } from "../../functions/core/journal/event.ts";
import { FakeService } from "../fakes/world/service.ts";
import { fakeWorld } from "../fakes/world/world.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";

watchWorlds();

const NAME = "reports/login";
const HOLDER = "k7f3m2q9x4ab.#secret-0";
const about = { parameters: { secret: "reports~login" } };

function serve() {
  const service = new FakeService(fakeWorld());
  const { ports, nowSeconds } = service.world;
  const { arn } = ports.inventory.add(NAME, {
    kind: "generated",
    rotatedAt: nowSeconds() - 60,
    nextAt: nowSeconds() + 60,
  });
  const take = () => ports.locks.take([{ name: NAME, arn, rotates: true }], HOLDER, nowSeconds() + 900);
  return { service, ports, take };
}

describe("a managed secret, as operators see it", () => {
  it("is free, with its rotations, until a task takes it", async () => {
    const { service } = serve();
    expect((await service.operate("GET /v1/secrets/{secret}", about)).body).toEqual({
      id: "reports~login",
      name: NAME,
      exclusive: true,
      delivery: "value",
      status: "free",
      rotation: {
        kind: "generated",
        in_progress: false,
        rotated_at: "2026-11-24T11:59:00Z",
        next_at: "2026-11-24T12:01:00Z",
      },
      exposure: { reads: 0, tasks: [], agents: [] },
    });
  });

  it("names which task holds it, who has seen the value in force, and until when it waits for its rotation", async () => {
    const { service, ports, take } = serve();
    await take();
    const read = { name: NAME, arn: "arn", agent: agentId("demo"), at: 0, until: 0 };
    await ports.locks.recordReads([
      { ...read, versionId: "v0", holder: "aaaaaaaaaaaa.#secret-0" },
      { ...read, versionId: "v1", holder: HOLDER, at: service.world.nowSeconds() + 5 },
      { ...read, versionId: "v1", holder: "k7f3m2q9x4ab.#secret-1", at: service.world.nowSeconds() },
    ]);
    const { body } = await service.operate("GET /v1/secrets/{secret}", about);
    expect(body).toMatchObject({
      status: "held",
      held_by: "k7f3m2q9x4ab.",
      held_until: "2026-11-24T12:15:00Z",
      exposure: { reads: 2, tasks: ["k7f3m2q9x4ab."], agents: ["demo"], since: "2026-11-24T12:00:00Z" },
    });
    await ports.locks.release([NAME], HOLDER, service.world.nowSeconds() + 300);
    const waiting = await service.operate("GET /v1/secrets", {});
    expect(waiting.body.secrets).toMatchObject([
      // The secret's last value is a minute old, and ten have to pass.
      { status: "pending_rotation", rotation: { waits_until: "2026-11-24T12:09:00Z" } },
    ]);
  });

  it("names the database that a login opens", async () => {
    const { service, ports } = serve();
    ports.inventory.add(NAME, { kind: "postgres-single", database: "orders" });
    expect((await service.operate("GET /v1/secrets/{secret}", about)).body).toMatchObject({ database: "orders" });
  });

  it("is requested to be rotated once, by the first requester, and that is recorded", async () => {
    const { service, ports, take } = serve();
    await take();
    const first = await service.operate("POST /v1/secrets/{secret}/rotate", about);
    service.world.pass(60);
    const second = await service.operate("POST /v1/secrets/{secret}/rotate", about);
    for (const { status, body } of [first, second])
      expect({ status, body }).toMatchObject({
        status: 202,
        body: { status: "held", rotation: { asked_at: "2026-11-24T12:00:00Z", waits_until: "2026-11-24T12:09:00Z" } },
      });
    expect(ports.locks.events).toMatchObject([
      { of: NAME, type: "secret.rotation_asked", facts: { by: "staff|alice" } },
    ]);
    expect(isWholeChain(ports.locks.events)).toBe(true);
  });

  it.each(["", "~", "none", "reports/none", "arn:aws:secretsmanager:us-east-1:1:secret:reports", "a%00b", "../x", "é"])(
    "%j is none",
    async (secret) => {
      const { service } = serve();
      expect(await service.operate("GET /v1/secrets/{secret}", { parameters: { secret } })).toMatchObject({
        status: 404,
        body: { code: "secret_not_found" },
      });
    },
  );
});
