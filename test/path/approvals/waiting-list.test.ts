import { describe, expect, it } from "vitest";
import { approverToken, askForApproval } from "../../fakes/samples/asked-approval.ts";
import { eventOn } from "../../fakes/samples/task.ts";
import type { FakeService } from "../../fakes/world/service.ts";
import { watchWorlds } from "../../harness/watch-worlds.ts";
import { approve, decide, start, use } from "./deciding.ts";

watchWorlds();

const idsOf = ({ body }: { readonly body: Readonly<Record<string, unknown>> }): readonly string[] =>
  (body.approvals as readonly { readonly id: string }[]).map(({ id }) => id);

/** Requests approvals that expire early, and ends their tasks at once. */
async function requestAndEnd({ world }: FakeService, count: number): Promise<void> {
  const now = world.nowSeconds();
  for (let nth = 0; nth < count; nth += 1) {
    const { record } = await askForApproval(world, { expires_at: now + 60 });
    const task = await world.ports.tasks.read(record.task as never);
    if (!task) throw new Error("no task");
    await world.ports.tasks.end(task, { status: "revoked", endedAt: now }, eventOn(task, "task.ended"));
  }
}

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
    const [first] = body.approvals as readonly { readonly may: string }[];
    expect(first?.may).toBe("Use tools of tickets: search");
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

  it("shows a request that waits behind sixty whose tasks have ended", async () => {
    const service = start();
    await requestAndEnd(service, 60);
    const honest = await askForApproval(service.world, { expires_at: service.world.nowSeconds() + 900 });
    expect(idsOf(await list(service))).toEqual([honest.id]);
  });

  it("removes the places of ended, denied and used requests, and no other", async () => {
    const service = start();
    await requestAndEnd(service, 1);
    const [denied, used, waiting] = [
      await askForApproval(service.world),
      await askForApproval(service.world),
      await askForApproval(service.world),
    ];
    await decide(service, denied.id, { decision: "deny", reason: "no" });
    await use(service, used);
    expect(idsOf(await list(service))).toEqual([waiting.id]);
    const left = await service.world.ports.ballots.listWaiting({ issuer: "staff", group: "sre" }, 0);
    expect(left.map(({ id }) => id)).toEqual([waiting.id]);
  });

  it("lists page by page what fits on no page, each request once", async () => {
    const service = start();
    const asked: string[] = [];
    for (let nth = 0; nth < 120; nth += 1) asked.push((await askForApproval(service.world)).id);
    const read: string[] = [];
    let next: unknown = "";
    for (let page = 0; next !== undefined && page < 9; page += 1) {
      const answer = await list(service, next === "" ? "" : `after=${encodeURIComponent(String(next))}`);
      expect(idsOf(answer).length).toBeLessThanOrEqual(50);
      read.push(...idsOf(answer));
      next = answer.body.next;
    }
    expect(read.toSorted()).toEqual(asked.toSorted());
  });

  it("examines a bounded number of requests for one answer, and names where the next begins", async () => {
    const service = start();
    for (let nth = 0; nth < 230; nth += 1) await askForApproval(service.world);
    let examined = 0;
    service.world.ports.ballots.before = (method) => {
      if (method === "readVotes") examined += 1;
    };
    const token = service.world.operatorToken();
    const { body } = await list(service, "", token);
    expect(body).toEqual({ approvals: [], next: expect.any(String) });
    expect(examined).toBe(200);
    expect((await list(service, `after=${encodeURIComponent(String(body.next))}`, token)).body).toEqual({
      approvals: [],
    });
  });

  it.each(["after=1", "after=", "group=nobody", "group=A", "status=used", "status=pending,used", "status="])(
    "I10: refuses %s",
    async (query) => {
      expect(await list(start(), query)).toMatchObject({ status: 400, body: { code: "malformed_request" } });
    },
  );
});
