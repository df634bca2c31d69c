import { describe, expect, it } from "vitest";
import { agentId } from "../../../contract/agent-id.ts";
import { approverToken, askForApproval } from "../../fakes/samples/asked-approval.ts";
import { watchWorlds } from "../../harness/watch-worlds.ts";
import { approve, decide, read, start, use, withdraw } from "./deciding.ts";

watchWorlds();

describe("a standing approval that may be used again", () => {
  const standing = { uses: 3, window: 86_400, shape: "shape" };
  const begin = async () => {
    const service = start();
    const request = await askForApproval(service.world, { standing });
    await approve(service, request);
    await use(service, request);
    const place = { issuer: "staff", group: "sre" };
    const until = request.record.created_at + standing.window;
    const entry = { id: request.id, hash: request.hash, agent: agentId("demo"), expiresAt: until, use: 1 };
    service.world.ports.ballots.inboxes.set("staff#sre", [entry]);
    return { service, request, place };
  };

  it("is listed with its uses, apart from what waits", async () => {
    const { service, request } = await begin();
    const list = (query: string) =>
      service.operate("GET /v1/approvals", { query, token: approverToken(service.world) });
    expect((await list("status=standing")).body).toMatchObject({
      approvals: [{ id: request.id, status: "standing", standing: { used: 1, uses: 3, until: expect.any(String) } }],
    });
    expect((await list("status=pending")).body).toMatchObject({ approvals: [] });
    expect((await read(service, request.id)).body).toMatchObject({
      status: "standing",
      standing: { used: 1, uses: 3 },
    });
  });

  it("I9c: is ended by its approver's withdrawal", async () => {
    const { service, request, place } = await begin();
    expect(await withdraw(service, request.id)).toMatchObject({ status: 200, body: { status: "withdrawn" } });
    expect((await read(service, request.id)).body).toMatchObject({ status: "withdrawn" });
    expect(await service.world.ports.ballots.listWaiting(place, service.world.nowSeconds())).toEqual([]);
  });

  it("is ended by a denial of anybody in the group, and by no vote", async () => {
    const { service, request, place } = await begin();
    expect(await approve(service, request, {}, "carol")).toMatchObject({ status: 409, body: { code: "already_used" } });
    expect(await withdraw(service, request.id, approverToken(service.world, "carol"))).toMatchObject({ status: 403 });
    const denial = { decision: "deny", reason: "enough" };
    expect(await decide(service, request.id, denial, approverToken(service.world, "carol"))).toMatchObject({
      status: 200,
      body: { status: "denied" },
    });
    expect(await service.world.ports.ballots.listWaiting(place, service.world.nowSeconds())).toEqual([]);
  });

  it("cannot be withdrawn once its last use is made", async () => {
    const { service, request } = await begin();
    const [first] = service.world.ports.ballots.uses.get(request.id) ?? [];
    if (!first) throw new Error("no use");
    service.world.ports.ballots.uses.set(request.id, [first, { ...first, n: 2 }, { ...first, n: 3 }]);
    expect(await withdraw(service, request.id)).toMatchObject({ status: 409, body: { code: "already_used" } });
  });
});
