import { describe, expect, it } from "vitest";
import { agentId } from "../../../contract/agent-id.ts";
import { approvalId } from "../../../contract/approval-id.ts";
import { recordHash } from "../../../functions/core/approvals/approval-record.ts";
import { approverToken, askForApproval } from "../../fakes/samples/asked-approval.ts";
import { FakeService } from "../../fakes/world/service.ts";
import { fakeWorld } from "../../fakes/world/world.ts";
import { watchWorlds } from "../../harness/watch-worlds.ts";
import { ApprovalScene, intentOf, permitting, type WaitingHeld } from "./approving.ts";
import { reader, tokenOver } from "./breaking-glass.ts";

watchWorlds();

type Listing = readonly {
  readonly id: string;
  readonly status: string;
  readonly task?: { id: string; live: boolean };
}[];

interface Decision {
  readonly decided: { readonly at: string };
}

const list = async (scene: ApprovalScene, status: string, person = "bob"): Promise<Listing> => {
  const { body } = await scene.service.operate("GET /v1/approvals", {
    query: `status=${status}`,
    token: reader(scene, person),
  });
  return body.approvals as Listing;
};
/** A person approves through `approve`. */
const approve = (scene: ApprovalScene, { approval }: WaitingHeld, person = "bob") =>
  scene.service.operate("POST /v1/approvals/{approval}/decide", {
    parameters: { approval },
    body: { decision: "approve", vote: tokenOver(scene, recordHash(scene.record(approval)), person) },
    token: reader(scene, person),
  });

describe("approvals that a person gave and can still withdraw", () => {
  it("is listed from the vote to the end of its task, for that person alone", async () => {
    const scene = new ApprovalScene();
    const held = await scene.waiting();
    expect(await list(scene, "decided")).toEqual([]);
    await approve(scene, held);
    expect(await list(scene, "decided")).toMatchObject([
      { id: held.approval, status: "approved", you: { has_voted: true } },
    ]);
    expect(await list(scene, "decided", "carol")).toEqual([]);
    expect((await scene.poll(held)).status).toBe(200);
    expect(await list(scene, "decided")).toMatchObject([
      { id: held.approval, status: "used", task: { id: held.id, live: true } },
    ]);
    const { body } = await scene.service.operate("GET /v1/approvals/{approval}", {
      parameters: { approval: held.approval },
      token: reader(scene, "bob"),
    });
    expect(body).toMatchObject({ task: { id: held.id, live: true } });
    await scene.service.complete(held);
    expect(await list(scene, "decided")).toEqual([]);
  });

  it("is not listed once it is withdrawn", async () => {
    const scene = new ApprovalScene();
    const held = await scene.waiting();
    await approve(scene, held);
    const withdrawal = { parameters: { approval: held.approval }, body: {}, token: reader(scene, "bob") };
    expect((await scene.service.operate("POST /v1/approvals/{approval}/withdraw", withdrawal)).status).toBe(200);
    expect(await list(scene, "decided")).toEqual([]);
  });

  it("is not listed any more once nobody used it in time", async () => {
    const scene = new ApprovalScene();
    const held = await scene.waiting();
    await approve(scene, held);
    scene.world.pass(301);
    expect(await list(scene, "decided")).toEqual([]);
  });

  it("is the latest task of a standing approval, which is listed beside it", async () => {
    const scene = new ApprovalScene([permitting('@approval("sre") @standing("3/7d")')]);
    const held = await scene.waiting({ standing: "3/7d" });
    await approve(scene, held);
    expect((await scene.poll(held)).status).toBe(200);
    scene.world.pass(86_400);
    const { body } = await scene.ask({ standing: "3/7d" });
    const { id } = body.task as { id: string };
    for (const status of ["decided", "standing", "pending,review,standing,decided"])
      expect(await list(scene, status)).toMatchObject([
        { id: held.approval, status: "standing", task: { id, live: true } },
      ]);
  });

  it("has a task that its approver may end, by this repository's policies, and nobody who may not approve", async () => {
    const scene = new ApprovalScene();
    const held = await scene.waiting();
    await approve(scene, held);
    expect((await scene.poll(held)).status).toBe(200);
    const end = (groups: readonly string[]) =>
      scene.operators.operate("POST /v1/tasks/{task}/end", {
        ...{ parameters: { task: held.id }, body: {} },
        token: scene.world.operatorToken({ sub: "bob", groups }),
      });
    expect(await end(["g-sre"])).toMatchObject({ status: 403, body: { code: "operator_denied" } });
    expect((await end(["g-sre", "valetkey-approvers"])).status).toBe(200);
    expect(await list(scene, "decided")).toEqual([]);
  });

  it("is listed with what waits, each once", async () => {
    const scene = new ApprovalScene([permitting('@approval("sre=2")')]);
    const held = await scene.waiting();
    await approve(scene, held);
    expect(await list(scene, "pending,decided")).toMatchObject([{ id: held.approval, status: "pending" }]);
    expect(await list(scene, "decided")).toEqual([]);
  });
});

describe("the list of what a person decided", () => {
  it("has approvals, denials and withdrawals, the latest first, whatever became of the requests", async () => {
    const scene = new ApprovalScene();
    const [used, denied] = [
      await scene.waiting(),
      await scene.waiting({ authorization_details: intentOf("s3:GetObject").replace("/a", "/b") }),
    ];
    await approve(scene, used);
    expect((await scene.poll(used)).status).toBe(200);
    await scene.service.complete(used);
    scene.world.pass(5);
    const against = { decision: "deny", reason: "not now" };
    const parameters = { approval: denied.approval };
    const token = reader(scene, "bob");
    const { status } = await scene.service.operate("POST /v1/approvals/{approval}/decide", {
      ...{ parameters, body: against, token },
    });
    expect(status).toBe(200);
    expect(await list(scene, "mine")).toMatchObject([
      { id: denied.approval, status: "denied", decided: { as: "denied" } },
      { id: used.approval, status: "used", decided: { as: "approved" }, task: { live: false } },
    ]);
    expect(await list(scene, "mine", "carol")).toEqual([]);
    expect(await list(scene, "decided")).toEqual([]);
    scene.world.pass(30 * 86_400 - 3);
    expect(await list(scene, "mine")).toMatchObject([{ id: denied.approval }]);
  });

  it("names a withdrawal in place of the approval before it", async () => {
    const scene = new ApprovalScene();
    const held = await scene.waiting();
    await approve(scene, held);
    const withdrawal = { parameters: { approval: held.approval }, body: {}, token: reader(scene, "bob") };
    await scene.service.operate("POST /v1/approvals/{approval}/withdraw", withdrawal);
    expect(await list(scene, "mine")).toMatchObject([{ id: held.approval, decided: { as: "withdrawn" } }]);
  });

  it("is read page by page, each request once", async () => {
    const scene = new ApprovalScene();
    const ids: string[] = [];
    for (let n = 0; n < 3; n += 1) {
      const held = await scene.waiting();
      ids.unshift(held.approval);
      await approve(scene, held);
      expect((await scene.poll(held)).status).toBe(200);
      scene.world.pass(61);
    }
    const all = await list(scene, "mine");
    expect(all.map(({ id }) => id)).toEqual(ids);
    const at = (entry: (typeof all)[number]) => Date.parse((entry as unknown as Decision).decided.at) / 1_000;
    const after = all.map((each) => `2.${9_999_999_999 - at(each)}.${each.id}`);
    for (const [n, mark] of after.entries())
      expect((await list(scene, `mine&after=${mark}`)).map(({ id }) => id)).toEqual(ids.slice(n + 1));
  });

  it("has one order where several were decided in one second", async () => {
    const scene = new ApprovalScene();
    for (const name of ["a", "b", "c"]) {
      const held = await scene.waiting({ authorization_details: intentOf("s3:GetObject").replace("/a", `/${name}`) });
      await approve(scene, held);
    }
    const ids = (await list(scene, "mine")).map(({ id }) => id);
    expect(ids).toEqual(ids.toSorted());
    expect(ids).toHaveLength(3);
  });

  it("shows nothing that policy does not let the person approve any more", async () => {
    const scene = new ApprovalScene();
    const held = await scene.waiting();
    await approve(scene, held);
    const token = scene.world.operatorToken({ sub: "bob", groups: ["g-sre"] });
    const { body } = await scene.service.operate("GET /v1/approvals", { query: "status=mine", token });
    expect(body.approvals).toEqual([]);
  });

  it.each(["mine,pending", "pending,mine", "mine&group=sre"])("is a list of its own: %s is refused", async (status) => {
    const scene = new ApprovalScene();
    const { status: code } = await scene.service.operate("GET /v1/approvals", {
      query: `status=${status}`,
      token: reader(scene, "bob"),
    });
    expect(code).toBe(400);
  });
});

describe("the list of what waits", () => {
  it("is not crowded out by requests that expired and that DynamoDB has not removed yet", async () => {
    const service = new FakeService(fakeWorld());
    const { inboxes } = service.world.ports.ballots;
    const now = service.world.nowSeconds();
    const over = Array.from({ length: 60 }, (_, n) => ({
      id: approvalId(`over${n}`.padEnd(16, "x")),
      hash: "h",
      agent: agentId("demo"),
      expiresAt: now - n,
    }));
    inboxes.set("staff#sre", over);
    const request = await askForApproval(service.world);
    const { body } = await service.operate("GET /v1/approvals", { token: approverToken(service.world) });
    expect(body.approvals).toMatchObject([{ id: request.id }]);
  });
});
