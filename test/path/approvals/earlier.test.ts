import { parse } from "valibot";
import { describe, expect, it } from "vitest";
import { agentId } from "../../../contract/agent-id.ts";
import { type EarlierRequests, listEarlierRequests } from "../../../contract/approvals.ts";
import { earlierInWords } from "../../../contract/decision/earlier-in-words.ts";
import { recordHash } from "../../../functions/core/approvals/approval-record.ts";
import { type AskedForApproval, approverToken, askForApproval } from "../../fakes/samples/asked-approval.ts";
import { eventOn } from "../../fakes/samples/task.ts";
import type { FakeService } from "../../fakes/world/service.ts";
import type { FakeWorld } from "../../fakes/world/world.ts";
import { watchWorlds } from "../../harness/watch-worlds.ts";
import { ApprovalScene, intentOf, permitting, type WaitingHeld } from "./approving.ts";
import { breakGlass, reader, sceneOf, tokenOver } from "./breaking-glass.ts";
import { decide, read as readOne, start, withdraw } from "./deciding.ts";

watchWorlds();

const ROUTE = "GET /v1/approvals/{approval}/earlier";
const earlier = (service: FakeService, approval: string, token: string) =>
  service.operate(ROUTE, { parameters: { approval }, token });
/** Reads the earlier requests, as the contract has them. */
const read = async (service: FakeService, approval: string, token = approverToken(service.world)) => {
  const { status, body } = await earlier(service, approval, token);
  expect(status).toBe(200);
  return parse(listEarlierRequests.answer.schema, body) as EarlierRequests;
};
const outcomes = ({ requests }: EarlierRequests) => requests.map(({ outcome }) => outcome);

/** A person approves through `approve`. */
const approve = (scene: ApprovalScene, { approval }: WaitingHeld, person = "bob") =>
  decide(
    scene.service,
    approval,
    { decision: "approve", vote: tokenOver(scene, recordHash(scene.record(approval)), person) },
    reader(scene, person),
  );
const deny = (service: FakeService, id: string, token = approverToken(service.world)) =>
  decide(service, id, { decision: "deny", reason: "not today" }, token);

/** Opens a task that waits, has bob approve it, and gets its key. */
async function used(scene: ApprovalScene, changed: Parameters<ApprovalScene["ask"]>[0] = {}): Promise<WaitingHeld> {
  const held = await scene.waiting(changed);
  expect((await approve(scene, held)).status).toBe(200);
  expect((await scene.poll(held)).status).toBe(200);
  return held;
}

/** Requests of one agent for the same, each recorded after the one before. */
function sameRequests(world: FakeWorld, key = "the same") {
  let last: AskedForApproval | undefined;
  return async (changed: Parameters<typeof askForApproval>[1] = {}): Promise<AskedForApproval> => {
    last = await askForApproval(world, changed, { key, ...(last ? { replaces: last.id } : {}) });
    return last;
  };
}

const taskOf = async ({ world }: FakeService, { record }: AskedForApproval) => {
  const task = await world.ports.tasks.read(record.task as never);
  if (!task) throw new Error("no task");
  return task;
};

describe("GET /v1/approvals/{approval}/earlier", () => {
  it("counts the agent's requests for the same, with who approved and who denied, the latest first", async () => {
    const scene = new ApprovalScene();
    const approved: WaitingHeld[] = [];
    for (let nth = 0; nth < 3; nth += 1) {
      approved.push(await used(scene, { purpose: `purpose ${nth}` }));
      scene.world.pass(3_600);
    }
    const denied = await scene.waiting();
    await deny(scene.service, denied.approval, reader(scene, "carol"));
    scene.world.pass(86_400);
    const asked = await scene.waiting();
    const answer = await read(scene.service, asked.approval);
    expect(answer.cut).toBe(false);
    const at = expect.stringMatching(/^20\d\d-.*Z$/);
    expect(answer.requests).toEqual([
      { id: denied.approval, outcome: "denied", by: ["staff|carol"], asked_at: at, at },
      ...approved
        .toReversed()
        .map(({ approval: id }) => ({ id, outcome: "approved", by: ["staff|bob"], asked_at: at, at })),
    ]);
    expect(earlierInWords(answer)).toBe("Asked 4 times before, within 30 days: 3 approved, 1 denied.");
  });

  it("names each way in which a request ends", async () => {
    const service = start();
    const { world } = service;
    const { ballots, tasks } = world.ports;
    const ask = sameRequests(world);
    const announced = { decision: "approved", at: world.nowSeconds() } as const;
    await ask();
    world.pass(60);
    const withdrawn = await ask();
    ballots.votes.set(
      withdrawn.id,
      new Map([["staff|bob", { issuer: "staff", person: "bob", token: "t", hashes: ["h"] }]]),
    );
    await ballots.putOutcome(withdrawn.id, {
      decision: "withdrawn",
      by: { issuer: "staff", value: "bob" },
      at: world.nowSeconds(),
    });
    world.pass(60);
    const uncollected = await ask();
    ballots.announced.set(uncollected.id, announced);
    world.pass(60);
    const cancelled = await ask();
    const ended = { status: "completed", endedAt: world.nowSeconds() } as const;
    await tasks.end(await taskOf(service, cancelled), ended, eventOn(await taskOf(service, cancelled), "task.ended"));
    world.pass(60);
    const changed = await ask();
    const found = { at: world.nowSeconds(), changed: ["grants"] } as const;
    const task = await taskOf(service, changed);
    await ballots.recordVoid(task, changed.id, found, eventOn(task, "approval.void"));
    world.pass(700);
    await ask({ expires_at: world.nowSeconds() + 900 });
    world.pass(60);
    const asked = await ask();
    const answer = await read(service, asked.id);
    expect(outcomes(answer)).toEqual(["pending", "void", "cancelled", "uncollected", "withdrawn", "expired"]);
    expect(earlierInWords(answer)).toBe(
      "Asked 6 times before, within 30 days: 1 approved and not collected, 1 withdrawn, 1 expired, 1 ended undecided, 1 void, 1 waiting.",
    );
  });

  it("marks an approval that one person gave alone, by breaking the glass", async () => {
    const scene = sceneOf();
    const held = await scene.waiting();
    await breakGlass(scene, held);
    expect((await scene.poll(held)).status).toBe(200);
    scene.world.pass(60);
    const { requests } = await read(scene.service, (await scene.waiting()).approval);
    expect(requests).toMatchObject([{ outcome: "approved", by: ["staff|bob"], glass: true }]);
  });

  it("leaves out what is not the same, later requests, and those of more than 30 days ago", async () => {
    const scene = new ApprovalScene([permitting('@approval("sre")'), permitting('@approval("sre")', "s3:PutObject")]);
    const { world, service } = scene;
    await used(scene);
    world.pass(30 * 86_400 + 1);
    const recent = await used(scene);
    world.pass(60);
    await used(scene, { authorization_details: intentOf("s3:PutObject") });
    world.pass(60);
    const asked = await scene.waiting();
    world.pass(60);
    expect((await service.complete(asked)).status).toBe(200);
    const later = await scene.waiting();
    expect((await read(service, later.approval)).requests.map(({ id }) => id)).toEqual([
      asked.approval,
      recent.approval,
    ]);
    expect((await read(service, asked.approval)).requests.map(({ id }) => id)).toEqual([recent.approval]);
  });

  it("counts the requests for a person apart from those for nobody, and for another person", async () => {
    const service = start();
    const person = (value: string) => ({ person: { issuer: "staff", value } });
    await askForApproval(service.world, {}, { key: "nobody's" });
    await askForApproval(service.world, person("kim"), { key: "kim's" });
    const ask = sameRequests(service.world, "pat's");
    const first = await ask(person("pat"));
    service.world.pass(60);
    const asked = await ask(person("pat"));
    expect((await read(service, asked.id)).requests.map(({ id }) => id)).toEqual([first.id]);
  });

  it("counts no request that gave way to others before anybody saw it", async () => {
    const service = start();
    const ask = sameRequests(service.world);
    const gone = await ask();
    const task = await taskOf(service, gone);
    const end = { status: "withdrawn", endedAt: service.world.nowSeconds() } as const;
    await service.world.ports.tasks.end(task, end, eventOn(task, "task.ended"));
    expect((await read(service, (await ask()).id)).requests).toEqual([]);
    // A denial is counted, whatever became of its task.
    await service.world.ports.ballots.putOutcome(gone.id, {
      ...{ decision: "denied", by: { issuer: "staff", value: "bob" }, at: service.world.nowSeconds() },
    });
    expect(outcomes(await read(service, (await ask()).id))).toContain("denied");
  });

  it("shows nothing that an agent has written", async () => {
    const service = start();
    const ask = sameRequests(service.world);
    const first = await ask({ purpose: "approve me, all others did" });
    await deny(service, first.id);
    const { body } = await earlier(service, (await ask()).id, approverToken(service.world));
    expect(JSON.stringify(body)).not.toContain("approve me");
    expect(JSON.stringify(body)).not.toContain("not today");
  });
});

describe("who may see earlier requests", () => {
  /** Permits approvers every request but those with this purpose. */
  const HIDING = `@id("approvers") permit (principal is User in Group::"staff|valetkey-approvers", action == Action::"valetkey:Approve", resource)
    unless { context.purpose == "hidden" };`;
  const sceneHiding = () => new ApprovalScene([permitting('@approval("sre")')], undefined, {}, [HIDING]);

  it("I9a: answers an approver of nothing alike about a request and about none", async () => {
    const service = start();
    const { id } = await askForApproval(service.world);
    const token = service.world.operatorToken({ sub: "mallory", groups: ["g-sre"] });
    const [real, none] = [await earlier(service, id, token), await earlier(service, "0123456789abcdef0123", token)];
    expect(real).toMatchObject({ status: 403, body: { code: "operator_denied" } });
    const { request_id: _, ...told } = real.body;
    expect(none).toMatchObject({ status: 403, body: told });
  });

  it("I9a: refuses it for a request that the person may not approve, though they may approve the earlier ones", async () => {
    const scene = sceneHiding();
    await used(scene);
    const asked = await scene.waiting({ purpose: "hidden" });
    expect(await earlier(scene.service, asked.approval, reader(scene, "bob"))).toMatchObject({
      ...{ status: 403, body: { code: "operator_denied" } },
    });
  });

  it("I9a: does not count an earlier request that the person may not approve: the answer is as if there were none", async () => {
    const answers = [];
    for (const purpose of [undefined, "hidden"]) {
      const scene = sceneHiding();
      const denied = await scene.waiting();
      await deny(scene.service, denied.approval, reader(scene, "carol"));
      scene.world.pass(300);
      if (purpose !== undefined) {
        await scene.service.complete(await scene.waiting({ purpose }));
      }
      scene.world.pass(300);
      const asked = await scene.waiting();
      const { requests, ...rest } = await read(scene.service, asked.approval, reader(scene, "bob"));
      answers.push({ ...rest, requests: requests.map(({ id: _, ...each }) => each) });
    }
    const [without, hiding] = answers;
    expect(without?.requests).toHaveLength(1);
    expect(hiding).toEqual(without);
  });

  it("evaluates policy for the agent as it is registered now, as the request's own page does", async () => {
    const OF_DEMO = `@id("approvers") permit (principal is User in Group::"staff|valetkey-approvers", action == Action::"valetkey:Approve", resource)
      when { resource.team == "demo" };`;
    const { world, service } = new ApprovalScene([], undefined, {}, [OF_DEMO]);
    const ask = sameRequests(world);
    const agent = { id: agentId("demo"), name: "demo", owner: "staff|owner", team: "left since" };
    const first = await ask({ agent });
    const asked = await ask();
    expect((await readOne(service, first.id)).status).toBe(200);
    expect((await read(service, asked.id)).requests.map(({ id }) => id)).toEqual([first.id]);
  });
});

describe("an agent that floods its list of requests", () => {
  it("does not hide an earlier denial behind 500 requests for something else", async () => {
    const service = start();
    const ask = sameRequests(service.world);
    await deny(service, (await ask()).id);
    for (let nth = 0; nth < 500; nth += 1) await askForApproval(service.world);
    const answer = await read(service, (await ask()).id);
    expect(answer).toMatchObject({ cut: false, requests: [{ outcome: "denied" }] });
  });

  it("is found out where its list is longer than what is read: the answer says that it was cut", async () => {
    const service = start();
    const ask = sameRequests(service.world);
    await deny(service, (await ask()).id);
    service.world.pass(60);
    for (let nth = 0; nth < 2_000; nth += 1) await askForApproval(service.world);
    service.world.pass(60);
    const answer = await read(service, (await ask()).id);
    expect(answer).toMatchObject({ cut: true, requests: [] });
    expect(earlierInWords(answer)).toBe(
      "No earlier request for this within 30 days that you may see. The agent has asked so often that older requests were not read.",
    );
  });

  it("reads a hundred requests for the same, and counts them as at least that many", async () => {
    const service = start();
    const ask = sameRequests(service.world);
    await deny(service, (await ask()).id);
    for (let nth = 0; nth < 100; nth += 1) {
      service.world.pass(1);
      await ask();
    }
    service.world.pass(901);
    const reads: string[] = [];
    const asked = await ask();
    service.world.ports.ballots.before = (method) => void reads.push(method);
    const answer = await read(service, asked.id);
    expect(reads.filter((method) => method === "readAnnounced")).toHaveLength(100);
    expect(answer.requests).toHaveLength(100);
    expect(earlierInWords(answer)).toBe(
      "Asked at least 100 times before, within 30 days: 100 expired. The agent has asked so often that older requests were not read.",
    );
  });

  it("counts nothing where the list lacks the request itself, and says that it was cut", async () => {
    const service = start();
    const ask = sameRequests(service.world);
    await ask();
    const { id } = await ask();
    const { ballots } = service.world.ports;
    const all = ballots.listRequests.bind(ballots);
    ballots.listRequests = async (...given) => (await all(...given)).filter((each) => each.id !== id);
    expect(await read(service, id)).toMatchObject({ cut: true, requests: [] });
  });
});

describe("facts that somebody forged", () => {
  it("does not count an announced approval as one that gave a key", async () => {
    const service = start();
    const ask = sameRequests(service.world);
    const first = await ask();
    service.world.ports.ballots.announced.set(first.id, { decision: "approved", at: service.world.nowSeconds() });
    service.world.pass(2_000);
    expect(outcomes(await read(service, (await ask()).id))).toEqual(["uncollected"]);
  });

  it("does not let an announcement take the place of a denial", async () => {
    const service = start();
    const ask = sameRequests(service.world);
    const first = await ask();
    await deny(service, first.id);
    service.world.ports.ballots.announced.set(first.id, { decision: "approved", at: service.world.nowSeconds() });
    expect((await read(service, (await ask()).id)).requests).toMatchObject([{ outcome: "denied", by: ["staff|bob"] }]);
  });

  it("names of an approval only people whose votes the exchange has counted", async () => {
    const scene = new ApprovalScene();
    const held = await used(scene);
    const hashes = [recordHash(scene.record(held.approval))];
    const votes = scene.world.ports.ballots.votes.get(held.approval);
    votes?.set("staff|carol", { issuer: "staff", person: "carol", token: "ey.a.b", hashes });
    scene.world.pass(60);
    const { requests } = await read(scene.service, (await scene.waiting()).approval);
    expect(requests).toMatchObject([{ outcome: "approved", by: ["staff|bob"] }]);
  });

  it("decides nothing: after the same was denied, the next request waits as any other", async () => {
    const service = start();
    const ask = sameRequests(service.world);
    await deny(service, (await ask()).id);
    const asked = await ask();
    const before = structuredClone([...service.world.ports.ballots.announced]);
    await read(service, asked.id);
    expect([...service.world.ports.ballots.announced]).toEqual(before);
    expect((await withdraw(service, asked.id)).body.code).toBe("not_eligible");
  });
});
