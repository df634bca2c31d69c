import { describe, expect, it } from "vitest";
import { approverToken, askForApproval } from "../../../fakes/asked-approval.ts";
import type { FakeService } from "../../../fakes/fake-service.ts";
import { watchWorlds } from "../../harness/watch-worlds.ts";
import { approve, start } from "./deciding.ts";

watchWorlds();

describe("GET /v1/approvals", () => {
  const list = (service: FakeService, query = "", token = approverToken(service.world)) =>
    service.operate("GET /v1/approvals", { query, token });

  it("lists what waits for a group, with the person's part in it", async () => {
    const service = start();
    const request = await askForApproval(service.world);
    const both = await askForApproval(service.world, {
      needed: [
        { group: "security", count: 1 },
        { group: "sre", count: 1 },
      ],
    });
    const { body } = await list(service);
    expect((body.approvals as { id: string }[]).map(({ id }) => id).toSorted()).toEqual(
      [request.id, both.id].toSorted(),
    );
    expect((await list(service, "group=security")).body).toMatchObject({
      approvals: [{ id: both.id, hash: both.hash, status: "pending", you: { may_vote: true, groups: ["sre"] } }],
    });
    await approve(service, request);
    expect(((await list(service, "group=sre")).body.approvals as unknown[]).length).toBe(1);
  });

  it("shows nobody what policy does not let them approve", async () => {
    const service = start();
    await askForApproval(service.world);
    expect((await list(service, "", service.world.operatorToken())).body).toEqual({ approvals: [] });
  });

  it.each(["group=nobody", "group=A", "status=used", "status=pending,used", "status="])(
    "I10: refuses %s",
    async (query) => {
      expect(await list(start(), query)).toMatchObject({ status: 400, body: { code: "malformed_request" } });
    },
  );
});
