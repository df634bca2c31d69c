import { describe, expect, it } from "vitest";
import { askForApproval } from "../fakes/samples/asked-approval.ts";
import { type Answer, FakeService } from "../fakes/world/service.ts";
import { ACCOUNT, fakeWorld, httpEvent, policiesWithPermits } from "../fakes/world/world.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";

watchWorlds();

const OVERVIEW = "GET /v1/overview";
const TASKS = "GET /v1/tasks";

interface Page {
  readonly tasks: readonly { readonly id: string; readonly agent: string }[];
  readonly next?: string;
}

/** Service with some live tasks of two agents, `demo` and `other`. */
async function busy(counts: Readonly<Record<string, number>>) {
  const world = fakeWorld();
  const service = new FakeService(world);
  const paths: string[] = [];
  for (const [agent, count] of Object.entries(counts)) {
    if (agent !== "demo") world.addAgent({ id: agent });
    for (let started = 0; started < count; started += 1) {
      const { id } = await service.start({ subject_token: world.agentToken({ sub: `agent:${agent}` }) });
      paths.push(`${agent}/${id}`);
    }
  }
  return { world, service, paths };
}
const pageAfter = async (service: FakeService, after?: string): Promise<Page> =>
  (await service.operate(TASKS, { query: after === undefined ? "" : `after=${encodeURIComponent(after)}` }))
    .body as Answer["body"] & Page;

/** Reads all pages. @param between done after each page. */
async function everyPage(service: FakeService, between: (page: Page) => Promise<unknown> = async () => undefined) {
  const seen: string[] = [];
  const sizes: number[] = [];
  for (let page = await pageAfter(service); ; page = await pageAfter(service, page.next)) {
    seen.push(...page.tasks.map(({ agent, id }) => `${agent}/${id}`));
    sizes.push(page.tasks.length);
    if (page.next === undefined) return { seen, sizes };
    await between(page);
  }
}

describe("the overview", () => {
  it("counts live tasks by agent and requests by group, and reports the panic and halted accounts", async () => {
    const { service, world } = await busy({ demo: 2, other: 1 });
    await askForApproval(world);
    expect((await service.operate(OVERVIEW)).body).toEqual({
      live: 4,
      agents: [
        { id: "demo", name: "demo", team: "demo", status: "active", live: 3 },
        { id: "other", name: "other", team: "demo", status: "active", live: 1 },
      ],
      approvals: [
        { group: "sre", waiting: 1 },
        { group: "security", waiting: 0 },
      ],
      escalations: { found: 0, more: false },
      panic: { halted: false },
      halted_accounts: [],
    });
    await service.operate("POST /v1/accounts/{account}/halt", {
      parameters: { account: ACCOUNT },
      body: { reason: "a drill" },
    });
    await service.panic("an agent ran wild");
    expect((await service.operate(OVERVIEW)).body).toMatchObject({
      panic: { halted: true, reason: "an agent ran wild", declared_by: "staff|alice" },
      halted_accounts: [{ account: ACCOUNT, halted: true, reason: "a drill" }],
    });
  });

  it("leaves out a request whose time is over, and a task that ended", async () => {
    const { service, world } = await busy({ demo: 1 });
    await askForApproval(world);
    world.pass(901);
    expect((await service.operate(OVERVIEW)).body).toMatchObject({ approvals: [{ waiting: 0 }, { waiting: 0 }] });
    const { service: second, paths } = await busy({ demo: 1 });
    await second.operate("POST /v1/tasks/{task}/end", { parameters: { task: paths[0]?.split("/")[1] ?? "" } });
    expect((await second.operate(OVERVIEW)).body).toMatchObject({ live: 0, agents: [] });
  });

  it("shows no purpose, no grant and no task", async () => {
    const { service, paths } = await busy({ demo: 1 });
    const text = JSON.stringify((await service.operate(OVERVIEW)).body);
    expect(text).not.toContain(paths[0]?.split("/")[1]);
    expect(text).not.toMatch(/purpose|s3:|arn:/);
  });

  it("is 304 while nothing changes, and whole again once something does", async () => {
    const { service, world } = await busy({ demo: 1 });
    const look = (etag: string) =>
      service.send(
        httpEvent(OVERVIEW, {
          headers: { authorization: `Bearer ${world.operatorToken()}`, "if-none-match": etag },
        }),
      );
    const { etag = "" } = (await service.operate(OVERVIEW)).headers;
    expect(etag).toMatch(/^"[\w-]{43}"$/);
    world.pass(5);
    expect(await look(`"other", W/${etag}`)).toMatchObject({ status: 304, body: {}, headers: { etag } });
    await service.start();
    const changed = await look(etag);
    expect(changed).toMatchObject({ status: 200, body: { live: 2 } });
    expect(changed.headers.etag).not.toBe(etag);
  });

  it("refuses whoever may not look, though they know its mark", async () => {
    const { service, world } = await busy({ demo: 1 });
    const { etag = "" } = (await service.operate(OVERVIEW)).headers;
    const headers = { authorization: `Bearer ${world.operatorToken({ sub: "mallory" })}`, "if-none-match": etag };
    const refused = await service.send(httpEvent(OVERVIEW, { headers }));
    expect(refused).toMatchObject({ status: 403, body: { code: "operator_denied" } });
    expect(refused.headers).not.toHaveProperty("etag");
  });
});

describe("the live tasks of all agents", () => {
  it("come page by page, each once, by agent and then by path", async () => {
    const { service, paths } = await busy({ demo: 48, other: 40, third: 14 });
    const { seen, sizes } = await everyPage(service);
    expect(seen).toEqual(paths.toSorted());
    expect(sizes).toEqual([50, 50, 2]);
  });

  it.each([
    ["ends exactly with an agent", { demo: 50, other: 1 }, [50, 1]],
    ["is the last and is full", { demo: 48, other: 2 }, [50]],
    ["is the only one, and empty", {}, [0]],
  ])("have a page that %s", async (_, counts, expected) => {
    const { service, paths } = await busy(counts);
    const { seen, sizes } = await everyPage(service);
    expect([seen, sizes]).toEqual([paths.toSorted(), expected]);
  });

  it("that end between two pages take no other's place", async () => {
    const { service, paths } = await busy({ demo: 48, other: 40 });
    const { seen } = await everyPage(service, async ({ tasks }) => {
      for (const { id } of [tasks[0], tasks.at(-1)].filter((each) => each !== undefined))
        await service.operate("POST /v1/tasks/{task}/end", { parameters: { task: id } });
    });
    expect(seen).toEqual(paths.toSorted());
  });

  it("leave out the agents of which policy does not let the operator see", async () => {
    const { world, paths } = await busy({ demo: 2, hidden: 3 });
    const blind = ["ReadOverview", "ListTasks"].map(
      (name) =>
        [
          `only-demo-${name}`,
          `permit (principal, action == Action::"valetkey:${name}", resource) when { principal.id == "staff|bo" && !(resource is Agent && resource.id == "hidden") };`,
        ] as const,
    );
    const service = new FakeService(world, { ...world.ports, policies: policiesWithPermits(...blind) });
    const token = () => world.operatorToken({ sub: "bo" });
    const listed = (await service.operate(TASKS, { query: "", token: token() })).body as Answer["body"] & Page;
    expect(listed.tasks.map(({ agent, id }) => `${agent}/${id}`)).toEqual(
      paths.filter((each) => each.startsWith("demo/")).toSorted(),
    );
    expect((await service.operate(OVERVIEW, { token: token() })).body).toMatchObject({
      live: 2,
      agents: [{ id: "demo" }],
    });
    expect(await service.operate(TASKS, { query: "", token: world.operatorToken({ sub: "mallory" }) })).toMatchObject({
      status: 403,
      body: { code: "operator_denied" },
    });
  });

  it.each(["demo", "demo/", "/k7f3m2q9x4ab.", "demo/k7f3m2q9x4ab./x", "Demo/k7f3m2q9x4ab.", "demo/../x"])(
    "refuse the mark %j, which is none of theirs",
    async (after) => {
      const { service } = await busy({ demo: 1 });
      expect(await service.operate(TASKS, { query: `after=${encodeURIComponent(after)}` })).toMatchObject({
        status: 400,
        body: { code: "malformed_request" },
      });
    },
  );

  it("are requested by agent once they have ended", async () => {
    const { service } = await busy({ demo: 1 });
    expect(await service.operate(TASKS, { query: "ended=true" })).toMatchObject({ status: 400 });
  });
});

describe("the tree of a task", () => {
  const LEASE = { name: "aws-0", fence_at: expect.any(Number), policy_sha256: expect.stringMatching(/^[\w-]{43}$/) };
  const treeOf = async (service: FakeService, id: string, token?: string) =>
    service.operate(TASKS, { query: `tree=${id}`, ...(token === undefined ? {} : { token }) });

  it("has every task of it, what happened to the one, and the opening of those right below it", async () => {
    const world = fakeWorld();
    const service = new FakeService(world);
    const root = await service.start();
    const child = await service.startBelow(root);
    await service.complete(child);
    const at = "2026-11-24T12:00:00.000Z";
    const opened = (task: string) => ({ task, n: 1, type: "task.opened", at, leases: [LEASE] });
    const own = {
      [root.id]: [opened(root.id), opened(child.id), { task: root.id, n: 2, type: "delegation.issued", at }],
      [child.id]: [opened(child.id), { task: child.id, n: 2, type: "task.ended", at, by: "helper" }],
    };
    for (const id of [root.id, child.id])
      expect((await treeOf(service, id)).body).toEqual({
        tasks: [
          expect.objectContaining({ id: root.id, status: "active" }),
          expect.objectContaining({ id: child.id, status: "completed", agent: "helper" }),
        ],
        hidden: 0,
        events: own[id],
      });
  });

  it("is 304 while nothing happens in it, without a look at an event, and whole again once something does", async () => {
    const world = fakeWorld();
    const service = new FakeService(world);
    const root = await service.start();
    const child = await service.startBelow(root);
    const reads: string[] = [];
    world.ports.tasks.before = (method) => void reads.push(method);
    const look = async (etag = '"none"') => {
      reads.length = 0;
      const headers = { authorization: `Bearer ${world.operatorToken()}`, "if-none-match": etag };
      const {
        status,
        body,
        headers: told,
      } = await service.send(httpEvent(TASKS, { headers, rawQueryString: `tree=${root.id}` }));
      return {
        status,
        body,
        etag: told.etag ?? "",
        asked: reads.filter((each) => /near|history|opening|record/.test(each)),
      };
    };
    const first = await look();
    expect(first).toMatchObject({ status: 200, asked: ["near", "history", "opening"] });
    world.pass(5);
    expect(await look(first.etag)).toEqual({ status: 304, body: {}, etag: first.etag, asked: ["near"] });
    await service.complete(child);
    const changed = await look(first.etag);
    expect(changed).toMatchObject({ status: 200, body: { tasks: [{ id: root.id }, { status: "completed" }] } });
    await service.delegation(root);
    expect(await look(changed.etag)).toMatchObject({ status: 200 });
    const mallory = {
      authorization: `Bearer ${world.operatorToken({ sub: "mallory" })}`,
      "if-none-match": changed.etag,
    };
    expect(await service.send(httpEvent(TASKS, { headers: mallory, rawQueryString: `tree=${root.id}` }))).toMatchObject(
      {
        status: 403,
      },
    );
  });

  it("leaves out the tasks of agents that the operator may not see, with their events, and reports how many", async () => {
    const world = fakeWorld();
    const [root] = [await new FakeService(world).start()];
    const child = await new FakeService(world).startBelow(root);
    const blind = `permit (principal, action == Action::"valetkey:ListTasks", resource is Agent) when { principal.id == "staff|bo" && resource.id == "demo" };`;
    const service = new FakeService(world, { ...world.ports, policies: policiesWithPermits(["only-demo", blind]) });
    const { body } = await treeOf(service, root.id, world.operatorToken({ sub: "bo" }));
    expect(body).toMatchObject({ tasks: [{ id: root.id }], hidden: 1 });
    expect(JSON.stringify(body)).not.toContain(child.id);
    expect(await treeOf(service, child.id, world.operatorToken({ sub: "bo" }))).toMatchObject({ status: 403 });
  });

  it.each([
    ["nosuchtask00.", 404],
    ["../x", 400],
  ] as const)("of %s is none", async (id, status) => {
    expect(await treeOf(new FakeService(fakeWorld()), encodeURIComponent(id))).toMatchObject({ status });
  });
});
