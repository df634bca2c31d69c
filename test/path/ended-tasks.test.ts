import { describe, expect, it } from "vitest";
import { taskPath } from "../../functions/core/task-path.ts";
import { suspendAgent } from "../../functions/steps/agents/suspend-agent.ts";
import { FakeService } from "../fakes/world/service.ts";
import { fakeWorld, httpEvent, policiesWithPermits } from "../fakes/world/world.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";
import { cedarOf } from "../unit/core/cedar-of.ts";

watchWorlds();

const serve = () => new FakeService(fakeWorld());
const tasks = (service: FakeService, query: string, token?: string) =>
  service.operate("GET /v1/tasks", { query, ...(token === undefined ? {} : { token }) });

const keyOf = async (service: FakeService, id: string): Promise<string> => {
  const path = taskPath(id);
  const task = path && (await service.world.ports.tasks.read(path));
  return task?.leases[0]?.accessKeyId ?? "";
};

/** A world in which olivia leads the team `demo` and may look at nothing else. */
const withALead = () =>
  new FakeService(
    fakeWorld({
      policies: cedarOf([
        'permit (principal is Agent, action, resource is AWS::Resource) when { ["1h"].contains("1h") };',
        'permit (principal is User, action in Action::"valetkey:Observe", resource in Team::"demo") when { principal == User::"staff|olivia" };',
        'permit (principal is User, action, resource) when { principal == User::"staff|alice" };',
      ]),
    }),
  );

describe("the tasks that a suspension ended", () => {
  it("are named in its answer, those below too, and a repeat names none", async () => {
    const service = serve();
    const root = await service.start();
    const below = await service.startBelow(root);
    const { body } = await service.suspend();
    expect(body).toMatchObject({ ended_tasks: 2, ended: expect.arrayContaining([root.id, below.id]) });
    expect((await service.suspend()).body).toMatchObject({ ended_tasks: 0, ended: [] });
  });

  it("are named in an offboarding's answer", async () => {
    const service = serve();
    const { id } = await service.start();
    expect((await service.offboard()).body).toMatchObject({ ended_tasks: 1, ended: [id] });
  });

  it("are found afterwards by whoever comes second: the latest first, with how, when and by whom", async () => {
    const service = serve();
    const first = await service.start();
    const second = await service.start();
    await service.complete(first);
    service.world.pass(5);
    await service.suspend();
    const { status, body } = await tasks(service, "agent=demo&ended=true");
    expect({ status, tasks: body.tasks }).toMatchObject({
      status: 200,
      tasks: [
        { id: second.id, status: "revoked", ended_by: "staff|alice", ended_at: "2026-11-24T12:00:05Z" },
        { id: first.id, status: "completed", ended_by: "demo" },
      ],
    });
    expect(JSON.stringify(body)).not.toContain(first.token);
    expect((await tasks(service, "agent=demo")).body).toMatchObject({ tasks: [] });
  });

  it("are shown to their holder, too", async () => {
    const service = serve();
    const held = await service.start();
    await service.suspend();
    expect(await service.readTask(held)).toMatchObject({
      status: 200,
      body: { status: "revoked", ended_by: "staff|alice" },
    });
  });

  it("come page by page", async () => {
    const service = serve();
    service.world.addAgent({ id: "demo", limits: { liveTasks: 100, taskSeconds: 900, tasksPerMinute: 100 } });
    const ids: string[] = [];
    for (let n = 0; n < 55; n += 1) ids.push((await service.start()).id);
    await service.suspend();
    const first = (await tasks(service, "agent=demo&ended=true")).body;
    const second = (await tasks(service, `agent=demo&ended=true&after=${encodeURIComponent(String(first.next))}`)).body;
    const listed = [first, second].flatMap((page) => page.tasks as readonly { readonly id: string }[]);
    expect(listed.map(({ id }) => id).sort()).toEqual(ids.sort());
    expect(second).not.toHaveProperty("next");
  });

  it("are believed of the tasks' own records, not of the list, which five functions may write", async () => {
    const service = serve();
    const { id } = await service.start();
    const other = await service.startBelow(await service.start());
    await service.suspend("helper");
    const [living, foreign] = [taskPath(id), taskPath(other.id)];
    if (!living || !foreign) throw new Error("no path");
    service.world.ports.tasks.ended = async () => ({ paths: [living, foreign] });
    expect((await tasks(service, "agent=demo&ended=true")).body).toEqual({ tasks: [] });
  });

  it.each([
    "agent=demo&ended=yes",
    "agent=demo&ended=true&after=x",
    "ended=true",
    "agent=demo&ended=true&after=0000000001%23..",
  ])("%s is a 400", async (query) => {
    expect(await tasks(serve(), query)).toMatchObject({ status: 400, body: { code: "malformed_request" } });
  });
});

describe("the reason of a suspension", () => {
  const suspend = (service: FakeService, body: unknown) =>
    service.operate("POST /v1/agents/{agent}/suspend", { parameters: { agent: "demo" }, body });

  it("is in the journal and in the agent's record", async () => {
    const service = serve();
    expect((await suspend(service, { reason: "key in a public log" })).body).toMatchObject({
      halted: { by: "staff|alice", reason: "key in a public log" },
    });
    expect(service.world.ports.agents.events).toMatchObject([
      { type: "agent.suspended", facts: { by: "staff|alice", reason: "key in a public log" } },
    ]);
  });

  it("is recorded once, also where the agent was suspended before without one", async () => {
    const service = serve();
    await service.suspend();
    for (const _ of ["once", "again"]) await suspend(service, { reason: "ticket 4711" });
    expect(service.world.ports.agents.events).toMatchObject([
      { type: "agent.suspended", facts: { by: "staff|alice" } },
      { type: "agent.suspended", facts: { by: "staff|alice", reason: "ticket 4711", again: true } },
    ]);
  });

  it("is recorded beside its author's name, where another has suspended the agent before", async () => {
    const world = fakeWorld();
    const permit = `permit (principal, action == Action::"valetkey:SuspendAgent", resource) when { principal.id == "staff|bo" };`;
    const service = new FakeService(world, { ...world.ports, policies: policiesWithPermits(["bo-suspends", permit]) });
    const suspendFor = async (reason: string, sub: string) => {
      const token = world.operatorToken({ sub });
      const request = { parameters: { agent: "demo" }, body: { reason }, token };
      return (await service.operate("POST /v1/agents/{agent}/suspend", request)).body;
    };
    await suspendFor("key in a public log", "alice");
    const halted = { by: "staff|alice", at: expect.any(String) };
    expect(await suspendFor("ticket 4711", "bo")).toMatchObject({
      halted: { ...halted, reason: "ticket 4711", reason_by: "staff|bo" },
    });
    const own = await suspendFor("it was the log", "alice");
    expect((own as { halted?: object }).halted).toEqual({ ...halted, reason: "it was the log" });
  });

  it("that sounds like a check's suspends all the same, also an agent that its owner confirms at that moment", async () => {
    const service = serve();
    const { agents } = service.world.ports;
    const read = await agents.record("demo");
    if (!read) throw new Error("no agent");
    await service.operate("POST /v1/agents/{agent}/confirm", { parameters: { agent: "demo" } });
    const reason = { said: "unconfirmed" };
    expect((await suspendAgent(read, "staff|alice", service.world.ports, reason)).agent.status).toBe("suspended");
  });

  it.each([
    ["blank", { reason: "  " }],
    ["too long", { reason: "x".repeat(257) }],
    ["no text", { reason: 7 }],
    ["text that turns around", { reason: "a\u202eb" }],
    ["a control character", { reason: "\u001b[2J" }],
    ["beside another field", { reason: "x", force: true }],
  ])("%s is a 400, and the agent stays as it is", async (_, body) => {
    const service = serve();
    expect(await suspend(service, body)).toMatchObject({ status: 400, body: { code: "malformed_request" } });
    expect(service.world.ports.agents.events).toEqual([]);
  });

  it.each(["", "{}", " { } "])("is not needed: the body %j, of no type, suspends", async (body) => {
    const service = serve();
    const event = httpEvent("POST /v1/agents/{agent}/suspend", {
      headers: { authorization: `Bearer ${service.world.operatorToken()}` },
      pathParameters: { agent: "demo" },
      body,
    });
    const encoded = { ...event, body: Buffer.from(body).toString("base64"), isBase64Encoded: true };
    expect(await service.send(encoded)).toMatchObject({ status: 200, body: { status: "suspended" } });
    expect(await service.send(event)).toMatchObject({ status: 200, body: { status: "suspended" } });
  });

  it("is in an offboarding's journal", async () => {
    const service = serve();
    const parameters = { agent: "demo" };
    await service.operate("POST /v1/agents/{agent}/offboard", { parameters, body: { reason: "project ended" } });
    expect(service.world.ports.agents.events[0]).toMatchObject({
      type: "agent.offboarding",
      facts: { reason: "project ended" },
    });
  });
});

describe("the task of a session", () => {
  it("is found by its name, alive or not", async () => {
    const service = serve();
    const { id } = await service.start();
    expect((await tasks(service, `task=${id}`)).body).toMatchObject({ tasks: [{ id, status: "active" }] });
    await service.suspend();
    expect((await tasks(service, `task=${id}`)).body).toMatchObject({ tasks: [{ id, status: "revoked" }] });
  });

  it("is found by its access key, among the living and those whose sessions may live", async () => {
    const service = serve();
    const ids = [(await service.start()).id, (await service.start()).id];
    const key = await keyOf(service, ids[1] ?? "");
    expect((await tasks(service, `access_key_id=${key}`)).body).toMatchObject({ tasks: [{ id: ids[1] }] });
    await service.suspend();
    const account = "&account=111122223333";
    expect((await tasks(service, `access_key_id=${key}${account}`)).body).toMatchObject({
      tasks: [{ id: ids[1], status: "revoked" }],
      searched: { whole: true },
    });
    expect((await tasks(service, `access_key_id=${key}&account=444455556666`)).body).toMatchObject({ tasks: [] });
  });

  it("is found by a key that a renewal has replaced, whose session may live still", async () => {
    const service = serve();
    const held = await service.start({ task_ttl: "3600" });
    const key = await keyOf(service, held.id);
    service.world.pass(60);
    expect((await service.renew(held)).status).toBe(200);
    expect(await keyOf(service, held.id)).not.toBe(key);
    expect((await tasks(service, `access_key_id=${key}`)).body).toMatchObject({ tasks: [{ id: held.id }] });
  });

  it("of a key of nobody is none, and the answer has how many were searched, and that these are all", async () => {
    const service = serve();
    await service.start();
    expect(await tasks(service, "access_key_id=ASIAAAAAAAAAAAAAAAAA")).toMatchObject({
      status: 200,
      body: { tasks: [], searched: { tasks: 1, whole: true } },
    });
  });

  it.each([
    "AKIAAAAAAAAAAAAAAAAA",
    "ASIA",
    "ASIAAAAAAAAAAAAAAAAA&account=1",
    "ASIAAAAAAAAAAAAAAAAA&agent=Demo",
    "asia/../x",
  ])("by %s is a 400", async (key) => {
    expect(await tasks(serve(), `access_key_id=${key}`)).toMatchObject({ status: 400 });
  });

  it("reports when its time was over before all were searched", async () => {
    const service = serve();
    await service.start();
    service.world.ports.tasks.before = (method) => {
      if (method === "issued") service.world.pass(16);
    };
    expect((await tasks(service, "access_key_id=ASIAAAAAAAAAAAAAAAAA")).body).toMatchObject({
      searched: { whole: false },
    });
  });

  it("is not shown to an operator who may look at everything but its agent", async () => {
    const service = new FakeService(
      fakeWorld({
        policies: cedarOf([
          "permit (principal, action, resource);",
          'forbid (principal is User, action == Action::"valetkey:ListTasks", resource in Team::"finance");',
        ]),
      }),
    );
    service.world.addAgent({ id: "payroll", team: "finance" });
    const { id } = await service.start({ subject_token: service.world.agentToken({ sub: "agent:payroll" }) });
    expect(await tasks(service, `access_key_id=${await keyOf(service, id)}`)).toMatchObject({ status: 403 });
    const own = await keyOf(service, (await service.start()).id);
    expect(await tasks(service, `access_key_id=${own}`)).toMatchObject({ status: 200 });
  });

  it("is shown only to those who may see its agent, and nobody else learns whether there is one", async () => {
    const service = withALead();
    service.world.addAgent({ id: "payroll", team: "finance" });
    const own = await service.start();
    const foreign = await service.start({ subject_token: service.world.agentToken({ sub: "agent:payroll" }) });
    const olivia = () => service.world.operatorToken({ sub: "olivia", groups: [] });
    const key = await keyOf(service, foreign.id);
    const answers = [];
    for (const query of [
      `task=${foreign.id}`,
      "task=nosuchtask00.",
      `access_key_id=${key}`,
      "access_key_id=ASIAAAAAAAAAAAAAAAAA",
    ])
      answers.push((await tasks(service, query, olivia())).status);
    expect(answers).toEqual([403, 403, 403, 403]);
    expect((await tasks(service, `access_key_id=${key}&agent=payroll`, olivia())).status).toBe(403);
    expect((await tasks(service, `access_key_id=${key}&agent=demo`, olivia())).body).toMatchObject({ tasks: [] });
    const ownKey = await keyOf(service, own.id);
    expect((await tasks(service, `access_key_id=${ownKey}&agent=demo`, olivia())).body).toMatchObject({
      tasks: [{ id: own.id }],
    });
    expect((await tasks(service, `task=${own.id}`, olivia())).body).toMatchObject({ tasks: [{ id: own.id }] });
  });
});
