import { describe, expect, it } from "vitest";
import { Refusal } from "../../functions/core/refusal.ts";
import type { TaskPath } from "../../functions/core/task-path.ts";
import { endPerson } from "../../functions/steps/tasks/end-person.ts";
import { endTasksFor } from "../../functions/steps/tasks/end-tasks-for.ts";
import { finishPeople } from "../../functions/sweep/sweep.ts";
import { STEPPING_UP } from "../fakes/samples/voted-act.ts";
import { FakeService, type Held } from "../fakes/world/service.ts";
import { ACCOUNT, fakeWorld, policiesWith } from "../fakes/world/world.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";

watchWorlds();

const POLICIES = policiesWith(
  `@id("first") permit (principal is User, action in Action::"valetkey:Operate", resource) when { principal.firstOperator };
@id("anybody") permit (principal, action == Action::"s3:GetObject", resource is AWS::Resource) when { resource.arn like "arn:aws:s3:::acme-data/*" };
@id("tools") permit (principal, action == Action::"tool:Call", resource is Tool);`,
);
const READ = [{ type: "aws", account: ACCOUNT, actions: ["s3:GetObject"], resources: ["arn:aws:s3:::acme-data/a"] }];
const ASKED = { authorization_details: JSON.stringify(READ) };
const PAT = { issuer: "staff", value: "pat" };
const BY = "staff|alice";

const serve = () => new FakeService(fakeWorld({ policies: POLICIES }));

/** The same with a tool, so that the task can be shown to its server. */
const WITH_TOOL = {
  authorization_details: JSON.stringify([...READ, { type: "tool", server: "tickets", tools: ["search"] }]),
};

async function startFor(
  service: FakeService,
  sub = "pat",
  token = service.world.personToken({ sub }),
  asked = ASKED,
): Promise<Held> {
  const { status, body } = await service.exchangeFor(token, asked);
  if (status !== 200 || !body.task || !body.access_token) throw new Error(`not started: ${JSON.stringify(body)}`);
  return { id: body.task.id, token: body.access_token };
}
const statusOf = ({ world }: FakeService, { id }: Held) => world.ports.tasks.tasks.get(id)?.status;

describe("the end of a person's tasks", () => {
  it("ends the person's tasks and those of sub-agents below them, and nobody else's (B5)", async () => {
    const service = serve();
    const [root, kims] = [await startFor(service), await startFor(service, "kim")];
    const own = await service.start(ASKED);
    const below = await service.startBelow(root, ASKED);
    const { ended, left } = await endPerson(PAT, BY, service.world.ports, { reason: "left" });
    expect([new Set(ended), left]).toEqual([new Set([root.id, below.id]), 0]);
    expect([root, below, kims, own].map((held) => statusOf(service, held))).toEqual([
      "revoked",
      "revoked",
      "active",
      "active",
    ]);
    service.world.pass(20);
    expect((await service.renew(root)).status).toBe(403);
    expect((await service.renew(kims)).status).toBe(200);
  });

  it("distinguishes people of different issuers (B5)", async () => {
    const service = serve();
    const task = await startFor(service);
    for (const issuer of ["partners", "robots"]) await endPerson({ issuer, value: "pat" }, BY, service.world.ports);
    expect(statusOf(service, task)).toBe("active");
  });

  it("opens nothing by a token from before, and everything by a fresh one (B2)", async () => {
    const service = serve();
    const token = service.world.personToken();
    await endPerson(PAT, BY, service.world.ports);
    const { status, body } = await service.exchangeFor(token, ASKED);
    expect([status, body.code]).toEqual([400, "person_ended"]);
    service.world.pass(1);
    expect((await service.exchangeFor(service.world.personToken(), ASKED)).status).toBe(200);
  });

  it("takes a token from an issuer whose clock is ahead as one of this moment", async () => {
    const service = serve();
    const iat = service.world.nowSeconds() + 20;
    const task = await startFor(service, "pat", service.world.personToken({ iat, exp: iat + 300 }));
    await endPerson(PAT, BY, service.world.ports);
    expect(statusOf(service, task)).toBe("revoked");
  });

  it("ends what was opened by tokens from up to the moment that is named, and records it with the reason", async () => {
    const service = serve();
    const before = await startFor(service);
    service.world.pass(10);
    const deadUntil = service.world.nowSeconds() - 5;
    const after = await startFor(service);
    const { ended } = await endPerson(PAT, "event:e-1", service.world.ports, { deadUntil, reason: "session revoked" });
    expect([ended, statusOf(service, after)]).toEqual([[before.id], "active"]);
    expect(service.world.ports.tasks.events.find(({ type }) => type === "person.tasks_ended")).toMatchObject({
      facts: { by: "event:e-1", person: "staff|pat", dead_until: deadUntil, reason: "session revoked" },
    });
    service.world.pass(20);
    expect((await service.renew(after)).status).toBe(200);
  });

  it("renews, shows and delegates nothing more though an ending was not written yet", async () => {
    const service = serve();
    const task = await startFor(service, "pat", service.world.personToken(), WITH_TOOL);
    const shown = (await service.present(task.token)).body.access_token ?? "";
    expect((await service.introspect(shown)).body.active).toBe(true);
    service.world.pass(20);
    service.world.ports.tasks.before = (method) => {
      if (method === "end") throw new Refusal("store_unavailable");
    };
    await expect(endPerson(PAT, BY, service.world.ports)).rejects.toThrow(Refusal);
    expect(statusOf(service, task)).toBe("active");
    expect((await service.renew(task)).body.code).toBe("task_ended");
    expect((await service.delegate(task.token)).status).toBe(403);
    expect((await service.present(task.token)).body.code).toBe("task_ended");
    expect((await service.introspect(shown)).body).toEqual({ active: false });
    service.world.ports.tasks.before = () => undefined;
    service.world.pass(1);
    expect((await endPerson(PAT, BY, service.world.ports)).ended).toEqual([task.id]);
  });

  it("ends a part of the person's tasks alone where that is requested (B4)", async () => {
    const service = serve();
    const [one, other] = [await startFor(service), await startFor(service)];
    const only = ({ path }: { readonly path: TaskPath }) => path === one.id;
    expect(await endTasksFor(PAT, BY, service.world.ports, { only })).toEqual({ ended: [one.id], left: 0 });
    expect(statusOf(service, other)).toBe("active");
    expect(await endTasksFor(PAT, BY, service.world.ports, { untilMs: 0 })).toEqual({ ended: [], left: 2 });
  });

  it("blocks no other ending where one fails, and is finished by a repeat", async () => {
    const service = serve();
    const held = await Promise.all(["1", "2", "3"].map(() => startFor(service)));
    let failures = 1;
    service.world.ports.tasks.before = (method) => {
      if (method !== "end" || failures === 0) return;
      failures -= 1;
      throw new Refusal("store_unavailable");
    };
    await expect(endPerson(PAT, BY, service.world.ports)).rejects.toThrow(Refusal);
    expect(held.filter((each) => statusOf(service, each) === "active")).toHaveLength(1);
    expect((await endPerson(PAT, BY, service.world.ports)).ended).toHaveLength(1);
  });

  it("leaves nothing alive of 200 vends in flight (B4)", async () => {
    const service = serve();
    for (let index = 0; index < 20; index += 1) service.world.addAgent({ id: `agent-${index}` });
    const vend = async (index: number) => {
      // Each begins at another turn of the event loop, so that the cut falls between their steps.
      for (let turn = 0; turn < index % 100; turn += 1) await Promise.resolve();
      const sub = `agent:agent-${index % 20}`;
      const person = service.world.personToken({ may_act: { iss: "https://robots.test", sub } });
      return service.exchangeFor(person, { ...ASKED, actor_token: service.world.agentToken({ sub }) });
    };
    let vended = 0;
    const vends = Array.from({ length: 200 }, (_, index) => vend(index).finally(() => (vended += 1)));
    // The cut begins with the first answer, however many steps a vend has.
    for (let turn = 0; turn < 10_000 && vended === 0; turn += 1) await Promise.resolve();
    await endPerson(PAT, BY, service.world.ports);
    const answers = await Promise.all(vends);
    const codes = new Set(answers.map(({ body }) => body.code ?? "vended"));
    expect(codes).toEqual(new Set(["vended", "person_ended", "task_ended"]));
    const tasks = [...service.world.ports.tasks.tasks.values()];
    expect(tasks.filter(({ status }) => status === "active")).toEqual([]);
    service.world.pass(20);
    for (const { status, body } of answers)
      if (status === 200 && body.task && body.access_token)
        expect((await service.renew({ id: body.task.id, token: body.access_token })).status).toBe(403);
  });
});

describe("an ending of a person's tasks that broke off", () => {
  it("is finished by the sweep of the next minute, and leaves its list then (B4)", async () => {
    const service = serve();
    const [one, two] = [await startFor(service), await startFor(service)];
    const { ports } = service.world;
    // The function that ended them was given no time after the cut.
    expect(await endPerson(PAT, BY, ports, { reason: "left" }, 0)).toEqual({ ended: [], left: 2 });
    expect([one, two].map((held) => statusOf(service, held))).toEqual(["active", "active"]);
    await finishPeople(ports);
    expect([one, two].map((held) => statusOf(service, held))).toEqual(["revoked", "revoked"]);
    expect(await ports.tasks.openPersonEndings()).toEqual([]);
  });

  it("stays open while a task cannot be ended, which is loud, and names nobody in the log", async () => {
    const service = serve();
    await startFor(service);
    const { ports } = service.world;
    await endPerson(PAT, BY, ports, {}, 0);
    ports.tasks.before = (method) => {
      if (method === "end") throw new Refusal("store_unavailable");
    };
    await finishPeople(ports);
    expect(service.world.lines.at(-1)).toEqual({
      ...{ level: "error", event: "ending_unfinished", why: "store_unavailable" },
    });
    expect(await ports.tasks.openPersonEndings()).toMatchObject([{ person: PAT }]);
    ports.tasks.before = () => undefined;
    await finishPeople(ports);
    expect(await ports.tasks.openPersonEndings()).toEqual([]);
  });

  it("ends nothing that was opened by a later token", async () => {
    const service = serve();
    const { ports } = service.world;
    await endPerson(PAT, BY, ports, {}, 0);
    service.world.pass(1);
    const later = await startFor(service);
    await finishPeople(ports);
    expect(statusOf(service, later)).toBe("active");
  });

  it("is closed by who finished it", async () => {
    const service = serve();
    await startFor(service);
    await endPerson(PAT, BY, service.world.ports);
    expect(await service.world.ports.tasks.openPersonEndings()).toEqual([]);
  });
});

describe("an operator who ends a person's tasks", () => {
  const end = (service: FakeService, person: string, body?: object) =>
    service.operate("POST /v1/people/{person}/end-tasks", { parameters: { person }, ...(body ? { body } : {}) });

  it("returns which ended, up to which moment tokens are dead, and records the reason in the journal", async () => {
    const service = serve();
    const task = await startFor(service);
    service.world.pass(1);
    const { status, body } = await end(service, "staff|pat", { reason: "left the company" });
    const deadUntil = new Date(service.world.nowSeconds() * 1_000).toISOString();
    expect([status, body]).toEqual([
      200,
      { person: "staff|pat", dead_until: deadUntil, ended_tasks: 1, ended: [task.id] },
    ]);
    const { events } = service.world.ports.tasks;
    expect(events.find(({ type }) => type === "person.tasks_ended")).toMatchObject({
      facts: { by: "staff|alice", person: "staff|pat", reason: "left the company" },
    });
    expect(events.find(({ of, type }) => of === task.id && type === "task.ended")?.facts.by).toBe("staff|alice");
    expect((await end(service, "staff|pat")).body).toMatchObject({ ended: [] });
  });

  it.each([
    ["staff|auth0|pat", "auth0|pat"],
    ["staff%7Ckim%2Fx", "kim/x"],
    ["staff|50%25", "50%"],
    ["staff|a%2525", "a%25"],
  ])("names by %j the person %j", async (named, value) => {
    const service = serve();
    const [task, pats] = [await startFor(service, value), await startFor(service)];
    expect((await end(service, named)).body).toMatchObject({ person: `staff|${value}`, ended: [task.id] });
    expect(statusOf(service, pats)).toBe("active");
  });

  it.each(["pat", "staff|", "|pat", "robots|pat", "nobody|pat", "staff|%", `staff|${"x".repeat(257)}`, ""])(
    "names nobody by %j",
    async (named) => {
      const service = serve();
      const before = service.world.ports.tasks.persons.cuts.size;
      expect((await end(service, named)).body.code).toBe("malformed_request");
      expect(service.world.ports.tasks.persons.cuts.size).toBe(before);
    },
  );

  it("needs no vote, as taking away never does", async () => {
    const service = new FakeService(fakeWorld({ policies: POLICIES, deployment: STEPPING_UP }));
    const task = await startFor(service);
    expect((await end(service, "staff|pat")).body).toMatchObject({ ended: [task.id] });
  });
});
