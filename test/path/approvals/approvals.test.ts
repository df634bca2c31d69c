import { describe, expect, it } from "vitest";
import { approvalId } from "../../../contract/approval-id.ts";
import { recordHash } from "../../../functions/core/approvals/approval-record.ts";
import type { Deployment } from "../../../functions/core/deployment/deployment.ts";
import { fakeWorld, httpEvent } from "../../fakes/world/world.ts";
import { watchWorlds } from "../../harness/watch-worlds.ts";
import { APPROVING, ApprovalScene, intentOf, permitting } from "./approving.ts";

watchWorlds();

const codeOf = ({ status, body }: { readonly status: number; readonly body: { readonly code?: string } }) => [
  status,
  body.code,
];
const types = (scene: ApprovalScene, path: string) =>
  scene.world.ports.tasks.events.filter(({ of }) => of === path).map(({ type }) => type);

describe("a request that people must approve", () => {
  it("opens a waiting task, requests nothing of STS, and returns who decides about what", async () => {
    const scene = new ApprovalScene();
    const { status, body } = await scene.ask();
    expect(status).toBe(200);
    const { task } = body as { task?: { approval?: { id: string } } };
    const id = approvalId(task?.approval?.id ?? "");
    const record = scene.record(id);
    expect(body).toMatchObject({
      task: {
        status: "pending_approval",
        approval: {
          hash: recordHash(record),
          needed: [{ group: "sre", count: 1, have: 0 }],
          expires_at: "2026-11-24T12:15:00Z",
          url: `https://console.valetkey.test/approvals/${id}`,
        },
      },
      credentials: [],
      interval: 5,
    });
    expect(scene.world.ports.sessions.asked).toEqual([]);
    expect(record).toMatchObject({
      hub: "https://valetkey.test",
      agent: { id: "demo" },
      ttl: 900,
      accounts: ["111122223333"],
    });
    expect(types(scene, record.task)).toEqual(["approval.asked"]);
  });

  it("is vended at the first poll after the votes, for the requested time from then on", async () => {
    const scene = new ApprovalScene();
    const held = await scene.waiting();
    expect(codeOf(await scene.poll(held))).toEqual([400, "authorization_pending"]);
    scene.world.pass(100);
    await scene.vote(held);
    const answer = await scene.poll(held);
    expect(answer).toMatchObject({
      status: 200,
      body: { access_token: held.token, task: { id: held.id, status: "active", expires_at: "2026-11-24T12:16:40Z" } },
    });
    expect(answer.body.credentials).toHaveLength(1);
    expect(types(scene, held.id)).toEqual(["approval.asked", "approval.used"]);
    scene.world.pass(60);
    expect((await scene.service.renew(held)).status).toBe(200);
  });

  it("is vended through the credentials route too, which SDKs retry until then", async () => {
    const scene = new ApprovalScene();
    const held = await scene.waiting();
    expect(await scene.service.renew(held)).toMatchObject({
      status: 503,
      headers: { "retry-after": "5" },
      body: { Code: "authorization_pending" },
    });
    await scene.vote(held);
    expect(codeOf(await scene.service.renew(held, "aws-7"))).toEqual([404, "lease_unknown"]);
    expect((await scene.service.renew(held)).body.AccessKeyId).toMatch(/^ASIA/);
  });

  it("is requested through the credentials route thirty times a minute, and its votes are verified once for each", async () => {
    const scene = new ApprovalScene([permitting('@approval("sre=2")')]);
    const held = await scene.waiting();
    await scene.vote(held, "ann");
    const { ballots } = scene.world.ports;
    let reads = 0;
    ballots.before = (method) => {
      if (method === "readVotes") reads += 1;
    };
    const answers = [];
    for (let count = 0; count < 400; count += 1) answers.push(await scene.service.renew(held));
    expect(reads).toBe(30);
    expect(answers.slice(0, 30).every(({ body }) => body.Code === "authorization_pending")).toBe(true);
    expect(answers.at(-1)).toMatchObject({ status: 503, body: { Code: "slow_down" } });
    expect(Number(answers.at(-1)?.headers["retry-after"])).toBeGreaterThan(0);
    scene.world.pass(60);
    await scene.vote(held, "bob");
    expect((await scene.service.renew(held)).body.AccessKeyId).toMatch(/^ASIA/);
    expect(reads).toBe(31);
  });

  it("verifies no vote at the renewals of an approved task, and limits them no more than others", async () => {
    const scene = new ApprovalScene();
    const held = await scene.waiting();
    await scene.vote(held);
    expect((await scene.service.renew(held)).status).toBe(200);
    const { ballots } = scene.world.ports;
    ballots.before = (method) => {
      if (method === "readVotes") throw new Error("votes were read");
    };
    for (let count = 0; count < 40; count += 1) {
      scene.world.pass(11);
      expect((await scene.service.renew(held)).status).toBe(200);
    }
  });

  it("is refused where a person denies it, with the reason, and its task ends", async () => {
    const scene = new ApprovalScene();
    const held = await scene.waiting();
    await scene.vote(held);
    await scene.deny(held, "wrong bucket");
    expect(await scene.poll(held)).toMatchObject({
      status: 403,
      body: { code: "approval_denied", reason: "wrong bucket" },
    });
    expect(scene.world.ports.tasks.tasks.get(held.id)?.status).toBe("revoked");
    expect(codeOf(await scene.poll(held))).toEqual([403, "approval_denied"]);
  });

  it("I9e: expires where nobody votes in time, or nobody uses the approval in time, and is never called denied", async () => {
    const scene = new ApprovalScene();
    const [silent, unused] = [
      await scene.waiting(),
      await scene.waiting({ authorization_details: intentOf("s3:GetObject").replace("/a", "/b") }),
    ];
    await scene.vote(unused);
    scene.world.pass(301);
    expect(codeOf(await scene.poll(unused))).toEqual([403, "approval_expired"]);
    scene.world.pass(600);
    expect(codeOf(await scene.poll(silent))).toEqual([403, "approval_expired"]);
  });

  it("is cancelled by its holder's end of the task, and by an operator's", async () => {
    const scene = new ApprovalScene();
    const held = await scene.waiting();
    await scene.service.complete(held);
    await scene.vote(held);
    expect(codeOf(await scene.poll(held))).toEqual([403, "task_ended"]);
    const other = await scene.waiting();
    await scene.vote(other);
    await scene.operators.suspend();
    expect(codeOf(await scene.poll(other))).toEqual([403, "task_ended"]);
  });

  it("I5: from before a panic is not vended after its lift", async () => {
    const scene = new ApprovalScene();
    const held = await scene.waiting();
    await scene.vote(held);
    await scene.operators.panic();
    expect(codeOf(await scene.poll(held))).toEqual([403, "halted"]);
    scene.world.pass(10);
    await scene.operators.liftPanic();
    expect((await scene.poll(held)).status).toBe(403);
    expect(scene.world.ports.sessions.asked).toEqual([]);
  });
});

describe("a request for longer than its permit allows", () => {
  const permits = [
    permitting('@approval("sre") @maxTtl("10m")', "s3:GetObject", "context.ttl > 600"),
    permitting('@approval("security")', "s3:GetObject", 'context.ttl <= 600 && context.purpose == "repair"'),
  ];
  it("is decided for the time of the permit, as its use will be", async () => {
    const scene = new ApprovalScene(permits);
    const held = await scene.waiting({ task_ttl: "7200", purpose: "repair" });
    expect(scene.record(held.approval)).toMatchObject({ ttl: 600, needed: [{ group: "security", count: 1 }] });
  });

  it("asks nobody where policy denies that time", async () => {
    const scene = new ApprovalScene(permits);
    expect(codeOf(await scene.ask({ task_ttl: "7200" }))).toEqual([403, "policy_denied"]);
    expect(scene.world.ports.ballots.records.size).toBe(0);
  });
});

describe("a task that waits", () => {
  it("can neither present nor delegate anything", async () => {
    const tool = 'permit (principal, action == Action::"tool:Call", resource is Tool);';
    const scene = new ApprovalScene([permitting('@approval("sre")'), `@approval("sre") ${tool}`]);
    const details = [...JSON.parse(intentOf("s3:GetObject")), { type: "tool", server: "tickets", tools: ["search"] }];
    const held = await scene.waiting({ authorization_details: JSON.stringify(details) });
    expect(codeOf(await scene.service.present(held.token))).toEqual([400, "authorization_pending"]);
    expect(codeOf(await scene.service.delegate(held.token))).toEqual([400, "authorization_pending"]);
    await scene.vote(held);
    expect((await scene.poll(held)).status).toBe(200);
    const presented = await scene.service.present(held.token);
    expect(presented.status).toBe(200);
    expect((await scene.service.introspect(presented.body.access_token ?? "")).body.active).toBe(true);
    expect((await scene.service.delegate(held.token)).status).toBe(200);
  });

  it("is shown to its holder as waiting, with its approval, and as active once it is used", async () => {
    const scene = new ApprovalScene();
    const held = await scene.waiting();
    const { hash } = scene.world.ports.tasks.tasks.get(held.id)?.approval ?? {};
    expect((await scene.service.readTask(held)).body).toMatchObject({
      status: "pending_approval",
      approval: { id: held.approval, hash, needed: [{ group: "sre", count: 1 }] },
      leases: [],
    });
    await scene.vote(held);
    await scene.poll(held);
    const { body } = await scene.service.readTask(held);
    expect(body.status).toBe("active");
    expect(body).not.toHaveProperty("approval");
  });

  it("is not requested too often", async () => {
    const scene = new ApprovalScene();
    const held = await scene.waiting();
    for (let poll = 0; poll < 15; poll += 1) expect((await scene.poll(held)).body.error).toBe("authorization_pending");
    expect(await scene.poll(held)).toMatchObject({ status: 400, body: { error: "slow_down" } });
    expect(scene.world.ports.tasks.events.filter(({ type }) => type === "task.refused")).toEqual([]);
  });

  it("I9d: waits on while an issuer cannot be reached", async () => {
    const scene = new ApprovalScene();
    const held = await scene.waiting();
    await scene.vote(held);
    const { tokens } = scene.world.ports;
    const { Refusal } = await import("../../../functions/core/refusal.ts");
    tokens.before = () => {
      throw new Refusal("issuer_unreachable");
    };
    scene.world.pass(901);
    expect(codeOf(await scene.poll(held))).toEqual([400, "authorization_pending"]);
  });
});

describe("an agent that asks who it is", () => {
  const tasksOf = async ({ service, world }: ApprovalScene) => {
    const headers = { authorization: `Bearer ${world.agentToken()}` };
    const { body } = await service.send(httpEvent("GET /v1/self", { headers }));
    return (body as { readonly tasks?: unknown }).tasks;
  };

  it("learns of each task how far its request for approval is, and not who decided", async () => {
    const scene = new ApprovalScene();
    const held = await scene.waiting();
    const waits = (state: string) => [
      expect.objectContaining({ status: "pending_approval", approval: { id: held.approval, state } }),
    ];
    expect(await tasksOf(scene)).toEqual(waits("pending"));
    await scene.vote(held);
    expect(await tasksOf(scene)).toEqual(waits("approved"));
    await scene.poll(held);
    const [task] = (await tasksOf(scene)) as readonly object[];
    expect(task).toMatchObject({ id: held.id, status: "active" });
    expect(task).not.toHaveProperty("approval");
  });

  it("learns that a person has denied its request", async () => {
    const scene = new ApprovalScene();
    const held = await scene.waiting();
    await scene.deny(held);
    expect(await tasksOf(scene)).toEqual([
      expect.objectContaining({ id: held.id, approval: { id: held.approval, state: "denied" } }),
    ]);
  });
});

describe("the same request", () => {
  it("is answered with the task that waits, whatever purpose and lifetime it states", async () => {
    const scene = new ApprovalScene();
    const held = await scene.waiting();
    const again = await scene.waiting({ purpose: "something else", task_ttl: "60" });
    expect(again).toMatchObject({ id: held.id, approval: held.approval });
    expect(again.token).not.toBe(held.token);
    await scene.vote(held);
    expect((await scene.poll(again)).status).toBe(200);
  });

  it("under its key is the same task too, and once used its credentials", async () => {
    const scene = new ApprovalScene();
    const held = await scene.waiting({ idempotency_key: "run-1" });
    expect((await scene.waiting({ idempotency_key: "run-1" })).id).toBe(held.id);
  });

  it("gets the key at once where people have approved it meanwhile, as a caller that does not wait repeats it", async () => {
    const scene = new ApprovalScene();
    const held = await scene.waiting();
    await scene.vote(held);
    const { status, body } = await scene.ask();
    expect([status, body.task?.id]).toEqual([200, held.id]);
    expect(body.credentials).toHaveLength(1);
    expect(body.task).not.toHaveProperty("approval");
  });

  it("waits a minute after its denial, and after three denials everything does", async () => {
    const scene = new ApprovalScene();
    const deny = async () => {
      const held = await scene.waiting();
      await scene.deny(held);
      await scene.poll(held);
    };
    await deny();
    expect(await scene.ask({ purpose: "please" })).toMatchObject({
      status: 429,
      headers: { "retry-after": "60" },
      body: {
        code: "too_many_approvals",
        error_description: expect.stringMatching(
          /wait as long as Retry-After says\. A person has denied this request\.$/,
        ),
        reason: "not today",
      },
    });
    scene.world.pass(61);
    await deny();
    scene.world.pass(301);
    await deny();
    const other = await scene.ask({ authorization_details: intentOf("s3:GetObject").replace("/a", "/b") });
    expect(other.status).toBe(429);
    expect(other.body.error_description).toMatch(/ People have denied 3 of its requests within an hour\.$/);
    expect(other.body).not.toHaveProperty("reason");
  });

  it("denied, names the person's reason to no other workload of the agent", async () => {
    const scene = new ApprovalScene();
    const bindings = ["agent:demo", "agent:demo-2"].map((sub) => ({ issuer: "robots", claims: { sub } }));
    scene.world.addAgent({ id: "demo", bindings });
    await scene.deny(await scene.waiting());
    const other = await scene.ask({ subject_token: scene.world.agentToken({ sub: "agent:demo-2" }) });
    expect(codeOf(other)).toEqual([429, "too_many_approvals"]);
    expect(other.body).not.toHaveProperty("reason");
  });

  it("of an agent waits three times for a group and no more", async () => {
    const scene = new ApprovalScene();
    const requestFor = (name: string) => ({
      authorization_details: intentOf("s3:GetObject").replace("/a", `/${name}`),
    });
    for (const name of ["one", "two", "three"]) await scene.waiting(requestFor(name));
    const fourth = await scene.ask(requestFor("four"));
    expect(codeOf(fourth)).toEqual([429, "too_many_approvals"]);
    const first =
      "3 of its requests wait for people, the most at a time: people must decide one first, or one must expire.";
    expect(fourth.body.error_description).toContain(` ${first} \`valetkey whoami\` lists them.`);
  });
});

describe("I9b: what is vended is what was approved", () => {
  it("under a new bundle that comes to the same", async () => {
    const scene = new ApprovalScene();
    const held = await scene.waiting();
    await scene.vote(held);
    const same = scene.under(permitting('@id("renamed") @approval("sre")'));
    expect((await same.poll(held)).status).toBe(200);
  });

  it.each<readonly [string, string, readonly string[]]>([
    [
      "a Deny more",
      permitting('@approval("sre")') +
        ' forbid (principal, action, resource is AWS::Resource) when { resource.arn like "*secret*" };',
      [],
    ],
    ["other votes", permitting('@approval("sre=2")'), ["needed"]],
    ["no votes", permitting(""), ["needed"]],
    ["a shorter life", permitting('@approval("sre") @maxTtl("5m")'), ["ttl"]],
    ["a bound address", permitting('@approval("sre") @bindIp'), ["session_policies"]],
    ["nothing", permitting('@approval("sre")', "s3:PutObject"), ["grants"]],
  ])("an approval is void with %s, and says so", async (_, text, changed) => {
    const scene = new ApprovalScene();
    const held = await scene.waiting();
    await scene.vote(held);
    const later = scene.under(...text.split(/(?<=;) /));
    const answer = await later.poll(held);
    if (changed.length === 0) return expect(answer.status).toBe(200);
    expect(answer).toMatchObject({ status: 403, body: { code: "approval_void", changed } });
    expect(codeOf(await scene.poll(held))).toEqual([403, "approval_void"]);
    expect(types(scene, held.id)).toContain("approval.void");
    expect(scene.world.ports.sessions.asked).toEqual([]);
  });

  it("a renewal that would come to something else is refused", async () => {
    const scene = new ApprovalScene();
    const held = await scene.waiting();
    await scene.vote(held);
    await scene.poll(held);
    scene.world.pass(60);
    const bound = scene.under(permitting('@approval("sre") @bindIp'));
    expect(codeOf(await bound.service.renew(held))).toEqual([403, "approval_void"]);
    expect((await scene.service.renew(held)).status).toBe(200);
  });

  it("a task that was opened without people is not renewed once policy requires them", async () => {
    const scene = new ApprovalScene([permitting("")]);
    const held = await scene.service.start({ authorization_details: intentOf("s3:GetObject") });
    scene.world.pass(60);
    expect(codeOf(await scene.under(permitting('@approval("sre")')).service.renew(held))).toEqual([
      403,
      "policy_denied",
    ]);
  });
});

describe("I9c: an approval is used once", () => {
  it("by two polls at once: both get the same session or have to wait", async () => {
    const scene = new ApprovalScene();
    const held = await scene.waiting();
    await scene.vote(held);
    const answers = await Promise.all([scene.poll(held), scene.poll(held), scene.service.renew(held)]);
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThan(0);
    expect(scene.world.ports.sessions.asked).toHaveLength(1);
    expect(scene.world.ports.ballots.uses.get(held.approval)).toHaveLength(1);
  });

  it("the sign-in of a vote that was used votes for nothing else", async () => {
    const scene = new ApprovalScene();
    const first = await scene.waiting();
    const second = await scene.waiting({ authorization_details: intentOf("s3:GetObject").replace("/a", "/b") });
    await scene.vote(first);
    await scene.vote(second);
    expect((await scene.poll(first)).status).toBe(200);
    expect(codeOf(await scene.poll(second))).toEqual([400, "authorization_pending"]);
  });
});

describe("an operator's list of live tasks", () => {
  it("lists the tasks that wait for people, with what they wait for, until the approval is used", async () => {
    const scene = new ApprovalScene();
    const held = await scene.waiting();
    const listed = async () => {
      const { body } = await scene.operators.operate("GET /v1/tasks", { query: "agent=demo" });
      return (body as { tasks: readonly object[] }).tasks;
    };
    const hash = recordHash(scene.record(held.approval));
    const needed = [{ group: "sre", count: 1 }];
    expect(await listed()).toMatchObject([
      { id: held.id, status: "pending_approval", approval: { id: held.approval, hash, needed } },
    ]);
    await scene.vote(held);
    expect(await listed()).toMatchObject([{ status: "pending_approval" }]);
    await scene.poll(held);
    const [task] = await listed();
    expect(task).toMatchObject({ id: held.id, status: "active" });
    expect(task).not.toHaveProperty("approval");
  });
});

describe("people of an issuer that proves an acr at each request, and gives no time of the sign-in", () => {
  const byAcr: Deployment = {
    ...APPROVING,
    issuers: APPROVING.issuers.map((issuer) =>
      issuer.approvals ? { ...issuer, approvals: { ...issuer.approvals, freshness: "acr" } } : issuer,
    ),
    approvers: APPROVING.approvers?.map((group) => ({ ...group, acr: ["phr"] })) ?? [],
  };
  const scene = () => new ApprovalScene(undefined, fakeWorld({ deployment: byAcr }));
  const proven = { auth_time: undefined, acr: "phr" };

  it("I9a: vote by it, and by no sign-in without it", async () => {
    const waiting = scene();
    const held = await waiting.waiting();
    for (const without of [{ auth_time: undefined }, { ...proven, acr: "pwd" }])
      await waiting.vote(held, "bob", without);
    expect(codeOf(await waiting.poll(held))).toEqual([400, "authorization_pending"]);
    await waiting.vote(held, "bob", proven);
    expect((await waiting.poll(held)).status).toBe(200);
  });

  it("I9c: vote once by one sign-in, which is their token's second", async () => {
    const waiting = scene();
    const first = await waiting.waiting();
    const second = await waiting.waiting({ authorization_details: intentOf("s3:GetObject").replace("/a", "/b") });
    await waiting.vote(first, "bob", proven);
    await waiting.vote(second, "bob", proven);
    expect((await waiting.poll(first)).status).toBe(200);
    expect(codeOf(await waiting.poll(second))).toEqual([400, "authorization_pending"]);
    waiting.world.pass(1);
    await waiting.vote(second, "bob", proven);
    expect((await waiting.poll(second)).status).toBe(200);
  });
});

describe("I9a: nothing is vended without the votes", () => {
  it("below an approved task: a child never inherits an approval", async () => {
    const scene = new ApprovalScene([permitting('@approval("sre")')]);
    const held = await scene.waiting();
    await scene.vote(held);
    await scene.poll(held);
    const token = await scene.service.delegation(held);
    const child = await scene.service.exchangeDelegation(token, { authorization_details: intentOf("s3:GetObject") });
    expect(codeOf(child)).toEqual([403, "policy_denied"]);
  });
});
