import { describe, expect, it } from "vitest";
import { approvalId } from "../../../contract/approval-id.ts";
import { recordHash } from "../../../functions/core/approvals/approval-record.ts";
import type { SealingPorts } from "../../../functions/core/ports.ts";
import { Refusal } from "../../../functions/core/refusal.ts";
import type { TaskPath } from "../../../functions/core/task-path.ts";
import type { Answer } from "../../fakes/world/service.ts";
import { watchWorlds } from "../../harness/watch-worlds.ts";
import { ApprovalScene, intentOf, permitting, type WaitingHeld } from "./approving.ts";

watchWorlds();

const STANDING = '@approval("sre") @standing("3/7d")';
const DAY = 86_400;

const codeOf = ({ status, body }: Answer) => [status, body.code];
const sceneOf = (...annotations: readonly string[]) => new ApprovalScene(annotations.map((each) => permitting(each)));
const ask = (scene: ApprovalScene, changed = {}) => scene.ask({ standing: "3/7d", ...changed });
const usesOf = (scene: ApprovalScene, { approval }: WaitingHeld) => scene.world.ports.ballots.uses.get(approval) ?? [];
const statusOf = ({ body }: Answer) => (body.task as { status?: string } | undefined)?.status;
const idOf = ({ body }: Answer) => (body.task as { id: string }).id;

/** Requests three uses, has Bob approve them, and makes the first one. */
async function begun(scene = sceneOf(STANDING), changed = {}): Promise<{ scene: ApprovalScene; held: WaitingHeld }> {
  const held = await scene.waiting({ standing: "3/7d", ...changed });
  await scene.vote(held);
  expect((await scene.poll(held)).status).toBe(200);
  return { scene, held };
}

describe("a standing approval", () => {
  it("I9c: is used as often as people approved, each use a task of its own, and then a new approval is required", async () => {
    const { scene, held } = await begun();
    expect(scene.record(held.approval).standing).toMatchObject({ uses: 3, window: 7 * DAY });
    const tasks = [held.id];
    for (const day of [1, 2]) {
      scene.world.pass(DAY);
      const answer = await ask(scene, { purpose: `the run of day ${day}` });
      expect([answer.status, statusOf(answer)]).toEqual([200, "active"]);
      expect(answer.body.credentials).toHaveLength(1);
      tasks.push(idOf(answer));
    }
    expect(usesOf(scene, held)).toMatchObject(tasks.map((task, index) => ({ n: index + 1, task })));
    expect(scene.world.ports.sessions.asked).toHaveLength(3);
    scene.world.pass(60);
    const fourth = await ask(scene);
    expect(statusOf(fourth)).toBe("pending_approval");
    expect(fourth.body.credentials).toEqual([]);
    expect(usesOf(scene, held)).toHaveLength(3);
  });

  it("gives each of its tasks renewals under that task's own use", async () => {
    const { scene, held } = await begun();
    scene.world.pass(DAY);
    const { body } = await ask(scene);
    const further = { id: idOf({ body } as Answer), token: body.access_token ?? "" };
    scene.world.pass(60);
    expect((await scene.service.renew(further)).status).toBe(200);
    expect((await scene.service.readTask(further)).body.status).toBe("active");
    // A use that the exchange has not sealed is none, and prevents another.
    const broken = usesOf(scene, held).map((use) => (use.n === 2 ? { ...use, seal: "forged" } : use));
    scene.world.ports.ballots.uses.set(held.approval, broken);
    expect(codeOf(await scene.service.renew(further))).toEqual([403, "approval_expired"]);
    expect(usesOf(scene, held)).toHaveLength(2);
  });

  it("under the key of a request that used it is answered with the same task, and counts once", async () => {
    const { scene, held } = await begun();
    scene.world.pass(DAY);
    const first = await ask(scene, { idempotency_key: "run-2" });
    scene.world.pass(30);
    const again = await ask(scene, { idempotency_key: "run-2" });
    expect([statusOf(again), idOf(again)]).toEqual(["active", idOf(first)]);
    expect(again.body.credentials).toHaveLength(1);
    expect(usesOf(scene, held)).toHaveLength(2);
  });

  it.each<readonly [string, (scene: ApprovalScene, held: WaitingHeld) => unknown]>([
    ["its window is over", ({ world }) => world.pass(7 * DAY)],
    ["its approver withdrew", ({ world }, { approval }) => against(world, approval, "withdrawn")],
    ["a person of the group denied it", ({ world }, { approval }) => against(world, approval, "denied")],
    [
      "its agent was suspended and resumed",
      async ({ operators, world }) => {
        await operators.suspend();
        world.pass(60);
        await operators.operate("POST /v1/agents/{agent}/resume", { parameters: { agent: "demo" } });
      },
    ],
    [
      "somebody changed the agent, though not as its approver",
      ({ operators }) =>
        operators.operate("POST /v1/agents/{agent}", {
          parameters: { agent: "demo" },
          body: { limits: { live_tasks: 7 } },
        }),
    ],
    [
      "its approver shapes the agent",
      ({ world }) => {
        const shapers = [
          { by: "staff|registrar", at: world.nowSeconds(), registered: true },
          { by: "staff|bob", at: world.nowSeconds() },
        ] as const;
        world.addAgent({ id: "demo", shapers });
      },
    ],
    [
      "a panic was declared and lifted",
      async ({ operators, world }) => {
        await operators.panic();
        world.pass(10);
        await operators.liftPanic();
      },
    ],
    ["approve has removed the votes", ({ world }, { approval }) => world.ports.ballots.votes.delete(approval)],
    [
      "its issuer does not publish the key any more",
      (scene, { approval }) => {
        const [[place = "", vote] = []] = [...(scene.world.ports.ballots.votes.get(approval) ?? [])];
        const token = `${String(vote?.token).slice(0, -4)}AAAA`;
        scene.world.ports.ballots.votes.set(approval, new Map([[place, { ...vote, token }]]));
      },
    ],
  ])("I9c: covers nothing once %s", async (_, end) => {
    const { scene, held } = await begun();
    scene.world.pass(60);
    await end(scene, held);
    scene.world.pass(61);
    const before = scene.world.ports.sessions.asked.length;
    const answer = await ask(scene);
    expect([statusOf(answer), answer.body.code]).toContainEqual(
      answer.status === 200 ? "pending_approval" : "too_many_approvals",
    );
    expect(usesOf(scene, held)).toHaveLength(1);
    expect(scene.world.ports.sessions.asked).toHaveLength(before);
  });

  it("begins with the task that requested it, and with none where that task was not vended in time", async () => {
    const scene = sceneOf(STANDING);
    const held = await scene.waiting({ standing: "3/7d" });
    await scene.vote(held);
    scene.world.pass(301);
    expect(codeOf(await scene.poll(held))).toEqual([403, "approval_expired"]);
    expect(statusOf(await ask(scene))).toBe("pending_approval");
    expect(usesOf(scene, held)).toEqual([]);
  });

  it("I9d: does not begin with a use that the exchange has not sealed", async () => {
    const scene = sceneOf(STANDING);
    const held = await scene.waiting({ standing: "3/7d" });
    await scene.vote(held);
    scene.world.pass(301);
    expect(codeOf(await scene.poll(held))).toEqual([403, "approval_expired"]);
    const task = scene.record(held.approval).task as TaskPath;
    const hash = recordHash(scene.record(held.approval));
    const forged = { n: 1, task, hash, votes: [], usedAt: scene.world.nowSeconds(), seal: "forged" };
    scene.world.ports.ballots.uses.set(held.approval, [forged]);
    expect(statusOf(await ask(scene))).toBe("pending_approval");
    expect(usesOf(scene, held)).toEqual([forged]);
  });

  it("I9d: has its further task wait while an issuer cannot be reached, and vends it at a poll", async () => {
    const { scene, held } = await begun();
    scene.world.pass(DAY);
    const { world } = scene;
    const tokens: SealingPorts["tokens"] = {
      verify: async (token, issuer) => {
        if (issuer.kind === "people") throw new Refusal("issuer_unreachable");
        return world.ports.tokens.verify(token);
      },
    };
    const cut = new ApprovalScene([permitting(STANDING)], world, { tokens });
    const further = await cut.waiting({ standing: "3/7d" });
    expect(further.approval).toBe(held.approval);
    expect(codeOf(await cut.poll(further))).toEqual([400, "authorization_pending"]);
    expect((await scene.poll(further)).status).toBe(200);
    expect(usesOf(scene, held)).toHaveLength(2);
  });
});

describe("I9b: a standing approval covers the same request with the same effects, and nothing else", () => {
  it.each<readonly [string, object, string]>([
    ["another lifetime", { task_ttl: "60" }, STANDING],
    ["other resources", { authorization_details: intentOf("s3:GetObject").replace("/a", "/b") }, STANDING],
    ["more uses", { standing: "2/7d" }, STANDING],
    ["a longer window", { standing: "3/6d" }, STANDING],
    ["no further use", { standing: "" }, STANDING],
    ["a session policy that policy has changed", {}, `${STANDING} @bindIp`],
    ["more votes", {}, '@approval("sre=2") @standing("3/7d")'],
  ])("so a new approval is required for %s", async (_, changed, annotations) => {
    const { scene, held } = await begun();
    scene.world.pass(61);
    const answer = await ask(scene.under(permitting(annotations)), changed);
    expect(statusOf(answer)).toBe("pending_approval");
    expect(usesOf(scene, held)).toHaveLength(1);
  });

  it("a standing approval counts only while Cedar lets its approvers approve it", async () => {
    const { scene, held } = await begun();
    scene.world.pass(61);
    const forbidden = new ApprovalScene([permitting(STANDING)], scene.world, {}, []);
    expect(statusOf(await ask(forbidden))).toBe("pending_approval");
    expect(usesOf(scene, held)).toHaveLength(1);
    expect(statusOf(await ask(scene, { task_ttl: "900" }))).toBe("active");
  });

  it("a request for one task leaves a standing approval as it was", async () => {
    const { scene, held } = await begun();
    scene.world.pass(61);
    expect(statusOf(await scene.ask({ task_ttl: "60" }))).toBe("pending_approval");
    expect(statusOf(await ask(scene))).toBe("active");
    expect(usesOf(scene, held)).toHaveLength(2);
  });

  it.each(["is denied", "nobody has decided"])(
    "is still found after a request for another lifetime that %s",
    async (how) => {
      const { scene, held } = await begun();
      scene.world.pass(61);
      const other = await scene.waiting({ standing: "3/7d", task_ttl: "60" });
      if (how === "is denied") {
        await scene.deny(other);
        expect(codeOf(await scene.poll(other))).toEqual([403, "approval_denied"]);
      }
      expect(statusOf(await ask(scene))).toBe("active");
      expect(usesOf(scene, held)).toHaveLength(2);
    },
  );

  it.each([
    ["session_policies", `${STANDING} @bindIp`],
    ["standing", '@approval("sre") @standing("2/7d")'],
  ])(
    "a use is void, and its task ends, where policy has changed the %s between the opening and the use",
    async (changed, now) => {
      const { scene, held } = await begun();
      scene.world.pass(61);
      const { ballots } = scene.world.ports;
      const later = scene.under(permitting(now));
      // The task waits since nobody can verify the votes; then policy changes.
      const tokens: SealingPorts["tokens"] = {
        verify: async (token, issuer) => {
          if (issuer.kind === "people") throw new Refusal("issuer_unreachable");
          return scene.world.ports.tokens.verify(token);
        },
      };
      const further = await new ApprovalScene([permitting(STANDING)], scene.world, { tokens }).waiting({
        standing: "3/7d",
      });
      expect(await later.poll(further)).toMatchObject({ body: { code: "approval_void", changed: [changed] } });
      expect(scene.world.ports.tasks.tasks.get(further.id)?.status).toBe("revoked");
      expect(ballots.voids.size).toBe(0);
      expect(usesOf(scene, held)).toHaveLength(1);
    },
  );

  it("no other agent uses a standing approval, and no child", async () => {
    const { scene, held } = await begun();
    scene.world.addAgent({ id: "other" });
    const identity = scene.world.agentToken({ sub: "agent:other" });
    scene.world.pass(61);
    const other = await ask(scene, { subject_token: identity });
    expect(statusOf(other)).toBe("pending_approval");
    // Nor where the list of the other agent named it: what shapes the agent is part of what was approved.
    const { ballots } = scene.world.ports;
    ballots.standing = async () => approvalId(held.approval);
    scene.world.pass(61);
    const lied = { subject_token: scene.world.agentToken({ sub: "agent:other" }), task_ttl: "900" };
    expect(statusOf(await ask(scene, lied))).toBe("pending_approval");
    const token = await scene.service.delegation(held);
    const child = await scene.service.exchangeDelegation(token, {
      authorization_details: intentOf("s3:GetObject"),
      standing: "3/7d",
    });
    expect(codeOf(child)).toEqual([403, "policy_denied"]);
    expect(usesOf(scene, held)).toHaveLength(1);
  });
});

describe("the uses that people may approve", () => {
  it.each([
    ["are none, unless a permit allows more", ['@approval("sre")'], "2/1h", /one task at a time/],
    ["are no more than the permit allows", [STANDING], "4/7d", /3 uses within 168 hours/],
    ["last no longer than the permit allows", [STANDING], "3/8d", /3 uses within 168 hours/],
  ] as const)("%s", async (_, annotations, standing, sentence) => {
    const scene = sceneOf(...annotations);
    const { status, body } = await ask(scene, { standing });
    expect([status, body.code]).toEqual([403, "policy_denied"]);
    expect(JSON.stringify(body.denials)).toMatch(sentence);
    expect(scene.world.ports.ballots.records.size).toBe(0);
  });

  it("are the least that all permits of one request allow", async () => {
    const texts = [
      permitting('@approval("sre") @standing("9/7d")'),
      permitting('@approval("sre") @standing("5/2d")', "s3:PutObject"),
      permitting('@approval("sre")', "s3:DeleteObject"),
    ];
    const scene = new ApprovalScene(texts);
    const askFor = (standing: string, ...actions: string[]) =>
      ask(scene, { standing, authorization_details: intentOf(...actions) });
    expect(codeOf(await askFor("6/2d", "s3:GetObject", "s3:PutObject"))).toEqual([403, "policy_denied"]);
    expect(codeOf(await askFor("5/3d", "s3:GetObject", "s3:PutObject"))).toEqual([403, "policy_denied"]);
    expect(statusOf(await askFor("5/2d", "s3:GetObject", "s3:PutObject"))).toBe("pending_approval");
    expect(codeOf(await askFor("2/1h", "s3:GetObject", "s3:DeleteObject"))).toEqual([403, "policy_denied"]);
  });

  it("need no approval where no permit requires one: then the terms mean nothing", async () => {
    expect(statusOf(await ask(new ApprovalScene([permitting("")])))).toBe("active");
  });

  it.each(["1/7d", "31/7d", "3/31d", "3/0d", "3/7", "3/7w", "many"])("%j are no terms", async (standing) => {
    expect(codeOf(await ask(sceneOf(STANDING), { standing }))).toEqual([400, "malformed_request"]);
  });
});

describe("I9c: of several requests at once", () => {
  it("one gets the last use, and the other has to request a new approval", async () => {
    const { scene, held } = await begun(sceneOf('@approval("sre") @standing("2/7d")'), { standing: "2/7d" });
    scene.world.pass(61);
    const answers = await Promise.all([ask(scene, { standing: "2/7d" }), ask(scene, { standing: "2/7d" })]);
    expect(answers.filter((answer) => statusOf(answer) === "active")).toHaveLength(1);
    expect(usesOf(scene, held)).toHaveLength(2);
    expect(scene.world.ports.sessions.asked).toHaveLength(2);
  });
});

function against(world: ApprovalScene["world"], approval: string, decision: "denied" | "withdrawn") {
  const by = { issuer: "staff", value: "bob" };
  return world.ports.ballots.putOutcome(approval, { decision, by, at: world.nowSeconds() }, undefined, 3);
}
