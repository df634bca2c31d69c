import { describe, expect, it } from "vitest";
import { agentId } from "../../contract/agent-id.ts";
import type { BudgetList } from "../../contract/budgets.ts";
import { NOTHING_SPENT, secondOf, spend } from "../../functions/core/budgets/spent.ts";
import { FakeService } from "../fakes/world/service.ts";
import { type FakeWorld, fakeWorld } from "../fakes/world/world.ts";
import { aroundCalls } from "../harness/around-calls.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";
import { cedarOf } from "../unit/core/cedar-of.ts";
import { intentOf } from "./approvals/approving.ts";

watchWorlds();

const ROUTE = "GET /v1/budgets";
const READ = { authorization_details: intentOf("s3:GetObject") };
const DAY = 86_400;

/** Permits `ada` every operation, and all agents everything within these budgets. */
const within = (budget: string, ...further: readonly string[]) =>
  cedarOf([
    `@id("all") @budget("${budget}") permit (principal is Agent, action, resource);`,
    '@id("ada") permit (principal == User::"staff|ada", action in Action::"valetkey:Observe", resource);',
    '@id("people") permit (principal is User, action, resource is AWS::Resource);',
    ...further,
  ]);

type Answered = { readonly status: number; readonly body: BudgetList & { readonly code?: string } };

/** Lists the budgets as a person of `staff`. */
async function listed(service: FakeService, query: Readonly<Record<string, string>> = {}, sub = "ada") {
  const token = service.world.operatorToken({ sub });
  const answer = await service.operate(ROUTE, { query: new URLSearchParams(query).toString(), token });
  return answer as unknown as Answered;
}

/** Lists what is spent as `budget: holder grants` each. */
const spentIn = ({ body }: Answered) =>
  body.budgets.flatMap(({ text, spent = [] }) => spent.map(({ holder, grants }) => `${text}: ${holder} ${grants}`));

/** Records that a holder has spent a grant just now. */
function spendFor({ ports: { budgets, clock } }: FakeWorld, key: string): void {
  budgets.spent.set(key, { spent: spend(NOTHING_SPENT, secondOf(clock.nowMs())), version: 1 });
}

function serviceWithin(budget: string, ...further: readonly string[]) {
  const world = fakeWorld();
  return new FakeService(world, { ...world.ports, policies: within(budget, ...further) });
}

describe("the list of budgets", () => {
  it("shows what each allows, what is spent of it, and the moment at which the exchange allows another grant", async () => {
    const service = serviceWithin("reads 2/1d agent, all 9/1h hub");
    await service.start(READ);
    service.world.pass(600);
    await service.start(READ);
    const refused = await service.exchange(READ);
    const { status, body } = await listed(service);
    const free = new Date((service.world.nowSeconds() + Number(refused.body.retry_after)) * 1_000).toISOString();
    expect([status, body]).toEqual([
      200,
      {
        budgets: [
          {
            ...{
              budget: "all",
              counts: "grants",
              text: "all 9/1h hub",
              scope: "hub",
              grants: 9,
              window_seconds: 3_600,
            },
            spent: [{ holder: "*", grants: 2 }],
          },
          {
            ...{
              budget: "reads",
              counts: "grants",
              text: "reads 2/1d agent",
              scope: "agent",
              grants: 2,
              window_seconds: DAY,
            },
            spent: [{ holder: "demo", grants: 2, free_at: free.replace(".000", "") }],
          },
        ],
      },
    ]);
    service.world.pass(Number(refused.body.retry_after));
    expect((await service.exchange(READ)).status).toBe(200);
  });

  it("shows nothing of a grant that has left the window", async () => {
    const service = serviceWithin("reads 2/1d agent");
    await service.start(READ);
    service.world.pass(DAY + 11);
    expect((await listed(service)).body.budgets).toEqual([expect.objectContaining({ budget: "reads", spent: [] })]);
  });

  it("has the budgets that policy enforces alone: none of a shadow, and each text once", async () => {
    const service = serviceWithin(
      "reads 2/1d agent",
      '@id("shadow") @mode("shadow") @budget("tried 1/1h agent") permit (principal is Agent, action, resource);',
      '@id("twice") @budget("reads 2/24h agent") permit (principal is Agent, action, resource);',
      '@id("differs") @budget("reads 5/1d agent") permit (principal is Agent, action, resource);',
    );
    spendFor(service.world, "reads#agent#demo");
    spendFor(service.world, "tried#agent#demo");
    spendFor(service.world, "removed#agent#demo");
    expect(spentIn(await listed(service))).toEqual(["reads 2/1d agent: demo 1", "reads 5/1d agent: demo 1"]);
  });

  it("is read by name, and by the name of a person or a tree", async () => {
    const service = serviceWithin("reads 2/1d person, reads 4/1d agent, trees 3/1d tree");
    const { body } = await service.exchangeFor(service.world.personToken({ sub: "pat" }), READ);
    spendFor(service.world, "reads#person#staff|kim");
    expect((await listed(service)).body.budgets.map(({ text, spent }) => [text, spent?.length])).toEqual([
      ["reads 2/1d person", undefined],
      ["reads 4/1d agent", 1],
      ["trees 3/1d tree", undefined],
    ]);
    expect((await listed(service, { name: "trees" })).body.budgets.map(({ text }) => text)).toEqual([
      "trees 3/1d tree",
    ]);
    expect(spentIn(await listed(service, { person: "staff|pat" }))).toEqual(["reads 2/1d person: staff|pat 1"]);
    const tree = body.task?.id ?? "";
    expect(spentIn(await listed(service, { tree }))).toEqual([expect.stringMatching(/^trees 3\/1d tree: \S+ 1$/)]);
    expect((await listed(service, { tree, name: "reads" })).body).toEqual({ budgets: [] });
  });

  it("has 100 entries on a page, and each entry on one page", async () => {
    const service = serviceWithin("reads 2/1d agent, writes 2/1d agent, all 9/1d hub");
    const ids = Array.from({ length: 130 }, (_, index) => `agent-${String(index).padStart(3, "0")}`);
    for (const id of ids) {
      service.world.addAgent({ id: agentId(id) });
      for (const name of ["reads", "writes"]) spendFor(service.world, `${name}#agent#${id}`);
    }
    spendFor(service.world, "all#hub#*");
    const pages: Answered[] = [];
    for (let after: string | undefined = ""; after !== undefined; after = pages.at(-1)?.body.next)
      pages.push(await listed(service, after === "" ? {} : { after }));
    expect(pages.map((page) => spentIn(page).length)).toEqual([98, 99, 64]);
    expect(pages.flatMap(spentIn)).toEqual([
      "all 9/1d hub: * 1",
      ...ids.map((id) => `reads 2/1d agent: ${id} 1`),
      ...ids.map((id) => `writes 2/1d agent: ${id} 1`),
    ]);
  });

  it("shows how many signatures a task has spent, beside grants, and from when on another one is given", async () => {
    const service = serviceWithin('reads 9/1d agent") @deliver("sign") @calls("reads 2/1h agent, trees 9/1d tree');
    const held = await service.start(READ);
    await service.sign(held);
    await service.sign(held);
    const refused = await service.sign(held);
    const free = new Date((service.world.nowSeconds() + Number(refused.body.retry_after)) * 1_000).toISOString();
    const { body } = await listed(service);
    expect(body.budgets).toMatchObject([
      { counts: "grants", text: "reads 9/1d agent", spent: [{ holder: "demo", grants: 1 }] },
      {
        ...{ counts: "signatures", text: "reads 2/1h agent", grants: 2 },
        spent: [{ holder: "demo", grants: 2, free_at: free.replace(".000", "") }],
      },
      { counts: "signatures", text: "trees 9/1d tree" },
    ]);
    const tree = await listed(service, { tree: held.id });
    expect(tree.body.budgets).toMatchObject([{ counts: "signatures", spent: [{ grants: 2 }] }]);
    service.world.pass(2 * 3_600);
    expect(spentIn(await listed(service))).toEqual(["reads 9/1d agent: demo 1"]);
  });

  it("goes on with signatures on the next page, each holder on one page", async () => {
    const service = serviceWithin('a 9/1d agent") @deliver("sign") @calls("reads 2/1h agent');
    const { callCounts, clock } = service.world.ports;
    const ids = Array.from({ length: 120 }, (_, index) => `agent-${String(index).padStart(3, "0")}`);
    const part = Math.floor(clock.nowMs() / 60_000);
    for (const id of ids) {
      service.world.addAgent({ id: agentId(id) });
      callCounts.counted.set(`reads#agent#3600#${id}`, new Map([[part, 1]]));
    }
    const first = await listed(service);
    const second = await listed(service, { after: first.body.next ?? "" });
    expect(first.body.next).toMatch(/^~reads 2\/1h agent agent-\d+$/);
    expect([...spentIn(first), ...spentIn(second)]).toEqual(ids.map((id) => `reads 2/1h agent: ${id} 1`));
    expect(second.body.next).toBeUndefined();
  });
});

describe("a reader who may not see everything", () => {
  const LIMITED = [
    '@id("bo") permit (principal == User::"staff|bo", action == Action::"valetkey:ListBudgets", resource is Deployment);',
    '@id("bos") permit (principal == User::"staff|bo", action == Action::"valetkey:ListBudgets", resource in Team::"mine");',
    '@id("kit") permit (principal == User::"staff|kit", action == Action::"valetkey:ListBudgets", resource is Agent);',
  ];
  function scene() {
    const service = serviceWithin("reads 2/1d agent, teams 9/1d team, all 9/1d hub", ...LIMITED);
    for (const [id, team] of [
      ["mine-1", "mine"],
      ["other-1", "other"],
    ] as const)
      service.world.addAgent({ id: agentId(id), team });
    for (const key of ["reads#agent#mine-1", "reads#agent#other-1", "teams#team#mine", "teams#team#other", "all#hub#*"])
      spendFor(service.world, key);
    return service;
  }

  it("learns of no agent and no team that policy hides", async () => {
    const service = scene();
    expect(spentIn(await listed(service))).toHaveLength(5);
    expect(spentIn(await listed(service, {}, "bo"))).toEqual([
      "all 9/1d hub: * 1",
      "reads 2/1d agent: mine-1 1",
      "teams 9/1d team: mine 1",
    ]);
  });

  it("learns of no hidden agent from the mark of a page, and reaches what comes after 300 of them", async () => {
    const service = scene();
    for (let index = 100; index < 400; index += 1) {
      service.world.addAgent({ id: agentId(`n-hidden-${index}`), team: "other" });
      spendFor(service.world, `reads#agent#n-hidden-${index}`);
    }
    for (let index = 100; index < 196; index += 1) {
      service.world.addAgent({ id: agentId(`mine-${index}`), team: "mine" });
      spendFor(service.world, `reads#agent#mine-${index}`);
    }
    for (const id of ["z-mine-1", "z-mine-2"]) {
      service.world.addAgent({ id: agentId(id), team: "mine" });
      spendFor(service.world, `reads#agent#${id}`);
    }
    const first = await listed(service, {}, "bo");
    expect(first.body.next).toBe("reads 2/1d agent mine-195");
    const second = await listed(service, { after: first.body.next ?? "" }, "bo");
    expect([second.body.next, ...spentIn(second)]).toEqual([
      undefined,
      "reads 2/1d agent: z-mine-1 1",
      "reads 2/1d agent: z-mine-2 1",
      "teams 9/1d team: mine 1",
    ]);
    expect(JSON.stringify([first.body, second.body])).not.toMatch(/hidden|other/);
  });

  it("sees no tree of an agent that policy hides, and nothing at all without the right on the deployment", async () => {
    const service = scene();
    const { id } = await service.start(READ);
    expect(await listed(service, { tree: id })).toMatchObject({ status: 200 });
    expect(await listed(service, { tree: id }, "bo")).toMatchObject({ status: 403, body: { code: "operator_denied" } });
    for (const sub of ["kit", "mallory"])
      for (const query of [{}, { name: "reads" }, { person: "staff|pat" }, { tree: id }])
        expect(await listed(service, query, sub)).toMatchObject({ status: 403, body: { code: "operator_denied" } });
  });

  it("cannot tell a person who has spent nothing from one whom nobody knows, nor an unknown budget from none", async () => {
    const service = serviceWithin("reads 2/1d person");
    const answers = [
      await listed(service, { person: "staff|pat" }),
      await listed(service, { person: "staff|no one" }),
    ].map(({ body }) => body);
    expect(answers[0]).toEqual(answers[1]);
    expect((await listed(service, { name: "no-such" })).body).toEqual({ budgets: [] });
  });

  it.each([
    { name: "Reads" },
    { name: "reads#agent" },
    { name: "" },
    { person: "pat" },
    { person: "ci|repo" },
    { person: "" },
    { person: "staff|pat", tree: "k7f3m2q9x4ab." },
    { person: "staff|pat", after: "reads 2/1d agent" },
    { tree: "#" },
    { after: "" },
    { after: "reads" },
    { after: "reads 2/1d" },
    { after: "reads 0/1d agent" },
    { after: "reads 2/1d agent, writes 2/1d agent" },
    { after: "~reads 200000/1d agent" },
    { after: "~~reads 2/1d agent" },
    { after: `reads 2/1d agent ${"a".repeat(129)}` },
  ])("is refused %j, which the API has not given", async (query) => {
    const service = serviceWithin("reads 2/1d agent, mine 1/1d person");
    expect(await listed(service, query)).toMatchObject({ status: 400, body: { code: "malformed_request" } });
  });

  it("reads no partition but those of deployed budgets, whatever the mark names", async () => {
    const service = serviceWithin("reads 2/1d agent");
    for (const key of ["removed#agent#demo", "reads#person#staff|pat", "reads#agent#demo"])
      spendFor(service.world, key);
    expect(spentIn(await listed(service, { after: "aaa 1/1m hub #" }))).toEqual(["reads 2/1d agent: demo 1"]);
    expect((await listed(service, { after: "removed 1/1d agent" })).body).toEqual({ budgets: [] });
  });
});

describe("what the list may do", () => {
  it("only reads, and no list of people: it counts nothing, gives nothing back, and writes no journal", async () => {
    const world = fakeWorld();
    const calls: string[] = [];
    const ports = aroundCalls(world.ports, async ({ port, method }, run) => {
      calls.push(`${port}.${method}`);
      return run();
    });
    const policies = within("reads 2/1d agent, own 2/1d person");
    const service = new FakeService(world, { ...ports, policies });
    spendFor(world, "reads#agent#demo");
    const before = new Map(world.ports.budgets.spent);
    await listed(service);
    await listed(service, { person: "staff|pat" });
    expect(calls.filter((call) => call.startsWith("budgets."))).toEqual(["budgets.list", "budgets.read"]);
    expect(world.ports.budgets.spent).toEqual(before);
    expect(world.ports.tasks.events).toEqual([]);
  });

  it("is an outage where a count cannot be read, and never shows fewer grants", async () => {
    const service = serviceWithin("reads 2/1d agent");
    service.world.ports.budgets.spent.set("reads#agent#demo", { spent: new Uint8Array(5), version: 1 });
    expect(await listed(service)).toMatchObject({ status: 503, body: { code: "store_unavailable" } });
  });
});
