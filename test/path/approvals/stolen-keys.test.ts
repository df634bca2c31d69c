import { describe, expect, it } from "vitest";
import { recordHash } from "../../../functions/core/approvals/approval-record.ts";
import { STORED_VOTES, sealedUseOf } from "../../../functions/core/approvals/stored-approval.ts";
import { accountId } from "../../../functions/core/deployment/account-id.ts";
import { taskPath } from "../../../functions/core/task-path.ts";
import { sealedFieldsOf } from "../../../functions/core/tasks/sealed-fields.ts";
import type { Task } from "../../../functions/core/tasks/task.ts";
import { fakeToken } from "../../fakes/world/tokens.ts";
import { fakeWorld } from "../../fakes/world/world.ts";
import { APPROVING, ApprovalScene, intentOf, permitting, type WaitingHeld } from "./approving.ts";

// These tests change the worlds behind the service's back, so nothing watches the worlds for being sound.

const OTHER = { authorization_details: intentOf("s3:GetObject").replace("/a", "/b") };

/** Changes a task's record, as every function may that ends tasks. */
function change(scene: ApprovalScene, { id }: WaitingHeld, changed: (task: Task) => Task): void {
  const { tasks } = scene.world.ports.tasks;
  const task = tasks.get(id);
  if (!task) throw new Error("no such task");
  tasks.set(id, changed(task));
}

async function expectNothing(scene: ApprovalScene, held: WaitingHeld): Promise<void> {
  expect((await scene.poll(held)).status).not.toBe(200);
  expect((await scene.service.renew(held)).status).not.toBe(200);
  expect(scene.world.ports.sessions.asked).toEqual([]);
  expect(scene.world.ports.ballots.uses.size).toBe(0);
}

describe("with the keys of a function that may write tasks, nothing is vended without the votes (I9a)", () => {
  const lease = { name: "aws-0", account: accountId("111122223333"), role: "valetkey-task-0", detail: 0 };
  const issued = { ...lease, state: "issued", event: 1, startedAt: 1, fenceAt: 2 } as const;

  it.each<readonly [string, (task: Task, other: Task) => Task]>([
    ["takes the approval out of the record", ({ approval: _, ...task }) => task],
    ["names an approval that was used", (task, { approval }) => ({ ...task, ...(approval ? { approval } : {}) })],
    ["puts in another hash", (task) => ({ ...task, approval: { id: task.approval?.id ?? "", hash: "x" } })],
    ["gives it leases", (task) => ({ ...task, leases: [issued] })],
    ["takes the approval out and gives it leases", ({ approval: _, ...task }) => ({ ...task, leases: [issued] })],
    ["puts the used task's record in its place", (task, other) => ({ ...other, path: task.path, tokens: task.tokens })],
  ])("though somebody %s", async (_, changed) => {
    const scene = new ApprovalScene();
    const [held, used] = [await scene.waiting(), await scene.waiting(OTHER)];
    await scene.vote(used);
    expect((await scene.poll(used)).status).toBe(200);
    const before = scene.world.ports.sessions.asked.length;
    const other = scene.world.ports.tasks.tasks.get(used.id);
    if (!other) throw new Error("no such task");
    change(scene, held, (task) => changed(task, other));
    expect((await scene.poll(held)).status).not.toBe(200);
    expect((await scene.service.renew(held)).status).not.toBe(200);
    expect(scene.world.ports.sessions.asked).toHaveLength(before);
  });

  it("though somebody names another agent's standing approval of the same effects", async () => {
    const scene = new ApprovalScene([permitting('@approval("sre") @standing("3/7d")')]);
    const standing = await scene.waiting({ standing: "3/7d" });
    await scene.vote(standing);
    expect((await scene.poll(standing)).status).toBe(200);
    scene.world.addAgent({ id: "other" });
    const subject = scene.world.agentToken({ sub: "agent:other" });
    const held = await scene.waiting({ subject_token: subject, standing: "3/7d" });
    const { approval } = scene.world.ports.tasks.tasks.get(standing.id) ?? {};
    change(scene, held, (task) => ({ ...task, ...(approval ? { approval } : {}) }));
    expect((await scene.poll(held)).status).not.toBe(200);
    expect((await scene.service.renew(held)).status).not.toBe(200);
    expect(scene.world.ports.sessions.asked).toHaveLength(1);
  });

  it("though somebody sets a cancelled task back, with all its votes (I5)", async () => {
    const scene = new ApprovalScene();
    const held = await scene.waiting();
    await scene.vote(held);
    const own = scene.world.ports.tasks.tasks.get(held.id);
    await scene.service.complete(held);
    change(scene, held, ({ chain }) => ({ ...(own as Task), chain }));
    await expectNothing(scene, held);
  });

  it("a task that has ended is vended nothing once more, though somebody sets it back to waiting (I9c)", async () => {
    const scene = new ApprovalScene();
    const held = await scene.waiting();
    const own = scene.world.ports.tasks.tasks.get(held.id);
    await scene.vote(held);
    expect((await scene.poll(held)).status).toBe(200);
    change(scene, held, ({ chain }) => ({ ...(own as Task), chain }));
    scene.world.pass(60);
    await scene.poll(held);
    expect(scene.world.ports.ballots.uses.get(held.approval)).toHaveLength(1);
    expect(scene.world.ports.sessions.asked).toHaveLength(1);
  });
});

describe("with the keys of approve, nothing is vended without the people's own issuer (I9d)", () => {
  const place = { issuer: "staff", value: "bob" };
  const put = (
    scene: ApprovalScene,
    { approval }: WaitingHeld,
    token: string,
    hashes: readonly string[],
    value = "bob",
  ) => scene.world.ports.ballots.putVote(approval, { person: { ...place, value }, token, hashes });
  const hashOf = (scene: ApprovalScene, { approval }: WaitingHeld) => recordHash(scene.record(approval));

  it.each<readonly [string, (scene: ApprovalScene, held: WaitingHeld) => Promise<unknown>]>([
    [
      "forges a token",
      (scene, held) =>
        put(scene, held, `${scene.voteToken([held.approval], "bob").slice(0, -4)}AAAA`, [hashOf(scene, held)]),
    ],
    [
      "stores a vote on another request",
      async (scene, held) => {
        const other = await scene.waiting(OTHER);
        await put(scene, held, scene.voteToken([other.approval], "bob"), [hashOf(scene, other)]);
        await put(scene, held, scene.voteToken([other.approval], "eve"), [hashOf(scene, held)], "eve");
      },
    ],
    [
      "stores a sign-in of the console, or of an agent",
      async (scene, held) => {
        const nonce = hashOf(scene, held);
        const now = scene.world.nowSeconds();
        const claims = { sub: "bob", aud: "approvals", nonce, iat: now, auth_time: now, groups: ["g-sre"] };
        await put(scene, held, fakeToken({ ...claims, iss: "https://staff.test", aud: "console" }), [nonce]);
        await put(scene, held, fakeToken({ ...claims, iss: "https://robots.test" }), [nonce], "eve");
      },
    ],
    [
      "stores the vote of the agent's owner, and of who shaped it",
      async (scene, held) => {
        await scene.vote(held, "owner");
        await scene.vote(held, "registrar");
      },
    ],
    [
      "stores one person twice, where two are required",
      async (scene, held) => {
        await scene.vote(held, "bob");
        await put(scene, held, scene.voteToken([held.approval], "bob"), [hashOf(scene, held)], "someone-else");
      },
    ],
    [
      "hides a vote behind what is none",
      async (scene, held) => {
        for (let n = 0; n < STORED_VOTES.most; n += 1)
          await put(scene, held, `junk.${n}.junk`, [hashOf(scene, held)], `a-${n}`);
        await scene.vote(held, "bob");
      },
    ],
  ])("though somebody %s", async (name, steals) => {
    const isOfTwo = name.includes("twice");
    const scene = new ApprovalScene([permitting(isOfTwo ? '@approval("sre=2")' : '@approval("sre")')]);
    const held = await scene.waiting();
    await steals(scene, held);
    await expectNothing(scene, held);
  });

  it("another record in the request's place brings nothing", async () => {
    const scene = new ApprovalScene();
    const [held, other] = [await scene.waiting(), await scene.waiting(OTHER)];
    await scene.vote(other);
    const { records, votes } = scene.world.ports.ballots;
    const swapped = { ...scene.record(other.approval), id: held.approval, task: taskPath(held.id) };
    const { canonicalJson } = await import("../../../contract/canonical-json.ts");
    records.set(held.approval, canonicalJson(swapped));
    const token = scene.voteToken([held.approval], "bob");
    votes.set(
      held.approval,
      new Map([
        ["staff|bob", { issuer: "staff", person: "bob", token, hashes: [recordHash(scene.record(held.approval))] }],
      ]),
    );
    expect(await scene.poll(held)).toMatchObject({ status: 403, body: { code: "approval_void" } });
    expect(scene.world.ports.sessions.asked).toEqual([]);
  });
});

describe("I9a, I9d: with the keys of approve, nobody's vote counts whom Cedar does not permit to approve", () => {
  const MAY = 'permit (principal is User, action == Action::"valetkey:Approve", resource)';
  const FORBID = 'forbid (principal is User, action == Action::"valetkey:Approve", resource)';
  const APPROVERS =
    'permit (principal is User in Group::"staff|approvers", action == Action::"valetkey:Approve", resource);';

  const settled = async (policies: readonly string[], claims: object, relabel: readonly string[] = []) => {
    const scene = new ApprovalScene(undefined, fakeWorld({ deployment: APPROVING }), {}, policies);
    const held = await scene.waiting();
    const { agents } = scene.world.ports.agents;
    const agent = agents.get("demo");
    if (agent) agents.set("demo", { ...agent, labels: relabel });
    // A genuine vote of a member of the group: `approve` itself would have refused it.
    await scene.vote(held, "bob", claims);
    return { scene, held };
  };

  it.each<readonly [string, readonly string[], object, readonly string[]]>([
    ["no policy permits anybody", [], {}, []],
    ["policy permits another group", [APPROVERS], {}, []],
    [
      "policy permits a group that another issuer asserts",
      [APPROVERS],
      { groups: ["g-sre", "partners|approvers"] },
      [],
    ],
    ["policy permits operators", [MAY.replace("valetkey:Approve", "valetkey:EndTask").concat(";")], {}, []],
    ["a forbid names the person", [`${MAY};`, `${FORBID} when { principal.id == "staff|bob" };`], {}, []],
    [
      "a forbid is about the request's groups",
      [`${MAY};`, `${FORBID} when { context.groups.contains("sre") };`],
      {},
      [],
    ],
    [
      "a forbid is about its account",
      [`${MAY};`, `${FORBID} when { context.accounts.contains("111122223333") };`],
      {},
      [],
    ],
    ["a label of today forbids it", [`${MAY};`, `${FORBID} when { resource.labels.contains("prod") };`], {}, ["prod"]],
    ["the permit errs", [`${MAY} when { context.missing == 1 };`], {}, []],
    ["a forbid errs", [`${MAY};`, `${FORBID} when { context.missing == 1 };`], {}, []],
    ["the token lists a group as no text, which a forbid could name", [`${MAY};`], { groups: ["g-sre", 7] }, []],
  ])("where %s", async (_, policies, claims, relabel) => {
    const { scene, held } = await settled(policies, claims, relabel);
    expect(await scene.poll(held)).toMatchObject({ body: { approval: { needed: [{ have: 0 }] } } });
    await expectNothing(scene, held);
  });

  it("the same vote brings a key where Cedar permits it, by the groups of the vote's own token", async () => {
    const { scene, held } = await settled([APPROVERS], { groups: ["g-sre", "approvers"] });
    expect((await scene.poll(held)).status).toBe(200);
  });

  it("one vote of two counts alone where Cedar permits only it", async () => {
    const policies = [`${MAY};`, `${FORBID} when { principal.id == "staff|bob" };`];
    const scene = new ApprovalScene(
      [permitting('@approval("sre=2")')],
      fakeWorld({ deployment: APPROVING }),
      {},
      policies,
    );
    const held = await scene.waiting();
    await scene.vote(held, "bob");
    await scene.vote(held, "eve");
    expect(await scene.poll(held)).toMatchObject({ body: { approval: { needed: [{ count: 2, have: 1 }] } } });
    await scene.vote(held, "carol");
    expect((await scene.poll(held)).status).toBe(200);
  });
});

describe("I9a: an approval counts as used where the exchange sealed the use for this task and record", () => {
  const waiting = async () => {
    const scene = new ApprovalScene();
    const held = await scene.waiting();
    const hash = recordHash(scene.record(held.approval));
    const use = { n: 1, task: taskPath(held.id) as Task["path"], hash, votes: ["v"], usedAt: scene.world.nowSeconds() };
    const put = async (changed: Partial<typeof use>, seal?: string) => {
      const item = { ...use, ...changed };
      const sealed = await scene.world.ports.recordKey.seal("approval-use", sealedUseOf(held.approval, item));
      scene.world.ports.ballots.uses.set(held.approval, [{ ...item, seal: seal ?? sealed }]);
      // The task's version of the use, with the approved deadline.
      const { tasks } = scene.world.ports.tasks;
      const task = { ...(tasks.get(held.id) as Task), expiresAt: use.usedAt + 900 };
      tasks.set(held.id, { ...task, seal: await scene.world.ports.recordKey.seal("task", sealedFieldsOf(task)) });
    };
    return { scene, held, put };
  };

  it.each<readonly [string, Parameters<Awaited<ReturnType<typeof waiting>>["put"]>]>([
    ["without a seal", [{}, "forged"]],
    ["sealed for another task", [{ task: "k7f3m2q9x4ab." as Task["path"] }]],
    ["sealed for another record", [{ hash: "A".repeat(43) }]],
  ])("a use is believed nowhere, %s", async (_, given) => {
    const { scene, held, put } = await waiting();
    await scene.vote(held);
    await put(...given);
    for (const answer of [
      await scene.poll(held),
      await scene.service.renew(held),
      await scene.service.present(held.token),
      await scene.service.delegate(held.token),
    ])
      expect(answer.status).not.toBe(200);
    expect(scene.world.ports.sessions.asked).toEqual([]);
  });

  it("a record with its own seal lets its holder delegate", async () => {
    const { scene, held, put } = await waiting();
    await put({});
    expect((await scene.service.delegate(held.token)).status).toBe(200);
  });
});
