import { describe, expect, it } from "vitest";
import { DEFAULT_LIMITS } from "../../../contract/limits.ts";
import type { Deployment } from "../../../functions/core/deployment/deployment.ts";
import type { Agent } from "../../../functions/core/identity/agent.ts";
import { THREATS } from "../../fakes/people/acceptances.ts";
import { acceptModel, inProduction } from "../../fakes/samples/accepted-model.ts";
import { FakeService } from "../../fakes/world/service.ts";
import { ACCOUNT, DEPLOYMENT, fakeWorld, policiesWithPermit, READ_REPORTS } from "../../fakes/world/world.ts";
import { API_KEY, CONTACTS, ConnectedWorld, ORDERS, REPORTS } from "../../harness/connected-world.ts";
import { watchWorlds } from "../../harness/watch-worlds.ts";
import { belowForm, personForm, startForm } from "../../openapi/recording/story.ts";

watchWorlds();

const serve = (deployment = inProduction()) => new FakeService(fakeWorld({ deployment }));
const ask = async (service: FakeService) => {
  const { status, body } = await service.exchange(startForm(service.world));
  return [status, body.code ?? "vended"];
};
const opened = ({ world }: FakeService) => world.ports.tasks.tasks.size;
const REFUSED = [403, "threat_model_unaccepted"];
const VENDED = [200, "vended"];

/** Has the world's `demo` be another registration, with nothing else of it changed. */
const changeAgent = ({ world }: FakeService, change: Partial<Agent>) => {
  const before = world.ports.agents.agents.get("demo");
  if (!before) throw new Error("no agent demo");
  world.ports.agents.agents.set("demo", { ...before, ...change });
};

describe("a production account", () => {
  it("gives an agent nothing before somebody has accepted its threat model, and names the command to run", async () => {
    const service = serve();
    const { status, body } = await service.exchange(startForm(service.world));
    expect([status, body.code]).toEqual(REFUSED);
    expect(body.error_description).toContain("npx valetkey threat-model accept demo");
    expect([opened(service), service.world.ports.sessions.asked.length]).toEqual([0, 0]);
  });

  it("gives it what policy permits once somebody has", async () => {
    const service = serve();
    await acceptModel(service);
    expect(await ask(service)).toEqual(VENDED);
  });

  it("refuses by policy first: what the agent may not do is no matter of its model", async () => {
    const service = serve();
    const pii = [
      { type: "aws", account: ACCOUNT, actions: ["s3:GetObject"], resources: ["arn:aws:s3:::acme-payroll/*"] },
    ];
    const { body } = await service.exchange(startForm(service.world, { authorization_details: JSON.stringify(pii) }));
    expect(body.code).toBe("policy_denied");
  });

  it("holds back the whole request where one part of it is for production, also one that takes less", async () => {
    const service = serve();
    const { body } = await service.exchange(startForm(service.world, { mode: "narrow" }));
    expect(body.code).toBe("threat_model_unaccepted");
  });

  it.each<readonly [string, Partial<Agent>]>([
    ["owner", { owner: "staff|carol" }],
    ["labels", { labels: ["deployer"] }],
    ["bindings", { bindings: [{ issuer: "robots", claims: { sub: "agent:demo", ref: "main" } }] }],
    [
      "further binding",
      {
        bindings: [
          { issuer: "robots", claims: { sub: "agent:demo" } },
          { issuer: "mesh", claims: { sub: "x" } },
        ],
      },
    ],
    ["longest task", { limits: { ...DEFAULT_LIMITS, taskSeconds: 600 } }],
  ])("gives nothing once the registration has another %s", async (_what, change) => {
    const service = serve();
    await acceptModel(service);
    changeAgent(service, change);
    const { body } = await service.exchange(
      startForm(service.world, { subject_token: service.world.agentToken({ ref: "main" }) }),
    );
    expect(body.code).toBe("threat_model_unaccepted");
  });

  it("gives nothing once the agent has another team, even one that may do the same", async () => {
    const others = policiesWithPermit(
      "others",
      'permit (principal in Team::"other", action, resource) when { resource.arn like "arn:aws:s3:::acme-data/reports/*" };',
    );
    const service = new FakeService(fakeWorld({ deployment: inProduction(), policies: others }));
    const [part] = Object.values(THREATS.parts);
    service.world.ports.accepted.deployed = { ...THREATS, parts: { "team:demo": part, "team:other": part } as never };
    await acceptModel(service);
    const reports = { authorization_details: JSON.stringify(READ_REPORTS) };
    expect((await service.exchange(reports)).status).toBe(200);
    changeAgent(service, { team: "other" });
    expect((await service.exchange(reports)).body.code).toBe("threat_model_unaccepted");
  });

  it.each([
    ["the reach of its team", { parts: { "team:demo": { sha256: "e".repeat(64), connectors: ["secret"] } } }],
    ["a reach for everybody", { parts: { ...THREATS.parts, everybody: { sha256: "e".repeat(64), connectors: [] } } }],
    ["a reach of its own", { parts: { ...THREATS.parts, "agent:demo": { sha256: "e".repeat(64), connectors: [] } } }],
    ["a connector of its reach", { connectors: { secret: { sha256: "6".repeat(64) } } }],
    ["the deployment", { deployment: { deployment: { sha256: "0".repeat(64) } } }],
    ["its issuer", { issuers: { ...THREATS.issuers, "issuer:robots": { sha256: "0".repeat(64) } } }],
  ])("gives nothing once a deployment has changed %s, and again once it is as it was", async (_what, change) => {
    const service = serve();
    await acceptModel(service);
    service.world.ports.accepted.deployed = { ...THREATS, ...change };
    expect(await ask(service)).toEqual(REFUSED);
    service.world.ports.accepted.deployed = THREATS;
    expect(await ask(service)).toEqual(VENDED);
  });

  it("goes on giving where the build has proven the new reach to lie within the accepted one", async () => {
    const service = serve();
    await acceptModel(service);
    const narrower = { sha256: "e".repeat(64), within: ["d".repeat(64)], connectors: ["secret"] };
    service.world.ports.accepted.deployed = { ...THREATS, parts: { "team:demo": narrower } };
    expect(await ask(service)).toEqual(VENDED);
  });

  it("does not count what was accepted of another agent, or under a seal of another content", async () => {
    const service = serve();
    const { accepted } = service.world.ports;
    await acceptModel(service, "tickets");
    const [genuine] = accepted.acceptances;
    if (!genuine) throw new Error("nothing was accepted");
    expect(await ask(service)).toEqual(REFUSED);
    accepted.read = async () => [genuine];
    expect(await ask(service)).toEqual(REFUSED);
    await acceptModel(service);
    const own = accepted.acceptances.at(-1);
    if (!own) throw new Error("nothing was accepted");
    accepted.read = async () => [{ ...own, seal: genuine.seal }];
    expect(await ask(service)).toEqual(REFUSED);
    expect(service.world.lines).toContainEqual(expect.objectContaining({ event: "seal_broken", type: "acceptance" }));
    accepted.read = async () => [own];
    expect(await ask(service)).toEqual(VENDED);
  });

  it("gives a task for a person nothing either", async () => {
    const service = serve();
    const before = await service.exchange(personForm(service.world));
    await acceptModel(service);
    const after = await service.exchange(personForm(service.world));
    expect([before.body.code, after.status]).toEqual(["threat_model_unaccepted", 200]);
  });

  it("protects no account that is not for production", async () => {
    const service = serve({ ...inProduction(), accounts: DEPLOYMENT.accounts });
    expect(await ask(service)).toEqual(VENDED);
  });
});

describe("a connector's entry for production", () => {
  const TOOLS = { type: "tool", server: "tickets", tools: ["search"] };
  /** World in which these sections are marked, and nothing else. */
  const marked = (change: (deployment: Deployment) => Partial<Deployment>) => {
    const { deployment } = new ConnectedWorld().world.ports;
    return new ConnectedWorld({
      deployment: { ...deployment, ...change(deployment), threatModels: { requiredFrom: 0 } },
    });
  };
  const mark = <T>(entries: readonly T[] = [], is: (entry: T) => boolean = () => true) =>
    entries.map((entry) => (is(entry) ? { ...entry, production: true as const } : entry));

  const MARKS: readonly (readonly [string, object, (deployment: Deployment) => Partial<Deployment>])[] = [
    ["database", ORDERS, ({ databases }) => ({ databases: mark(databases, ({ name }) => name === "orders") })],
    ["secret", API_KEY, () => ({ secrets: [{ name: "demo/*", production: true }] })],
    ["provider", CONTACTS, ({ oauthProviders }) => ({ oauthProviders: mark(oauthProviders) })],
    ["tool server", TOOLS, ({ toolServers }) => ({ toolServers: mark(toolServers) })],
  ];
  const permitting = policiesWithPermit(
    "crm",
    'permit (principal is Agent, action == Action::"oauth:Use", resource is Scope);',
  );

  it.each(MARKS)(
    "gives an agent nothing before somebody has accepted its model, and then what policy permits: a %s",
    async (_what, detail, change) => {
      const one = marked(change);
      Object.assign(one.ports, { policies: permitting });
      const asked = async () => {
        const { status, body } = await one.service.exchange(one.ask(detail));
        return [status, body.code ?? "vended"];
      };
      expect(await asked()).toEqual(REFUSED);
      expect(one.remaining()).toEqual({ logins: [], held: [], pendingRevocations: [] });
      expect(one.world.ports.tasks.tasks.size).toBe(0);
      await acceptModel(one.service);
      expect(await asked()).toEqual(VENDED);
    },
  );

  it.each([
    [
      "database",
      ORDERS,
      ({ databases }: Deployment) => ({ databases: mark(databases, ({ name }) => name === "billing") }),
    ],
    ["secret", API_KEY, () => ({ secrets: [{ name: "prod/*", production: true as const }, { name: "demo/*" }] })],
  ])("gates no other %s", async (_what, detail, change) => {
    const one = marked(change);
    expect((await one.service.exchange(one.ask(detail))).status).toBe(200);
  });

  it("holds back a whole request of which it is one part", async () => {
    const one = marked(() => ({ secrets: [{ name: "*", production: true }] }));
    const { body } = await one.service.exchange({ ...one.ask(ORDERS, API_KEY, REPORTS), mode: "narrow" });
    expect([body.code, one.remaining().logins]).toEqual(["threat_model_unaccepted", []]);
  });

  it("answers a tool server that a task may not call its tools, once the model is another", async () => {
    const one = marked(({ toolServers }) => ({ toolServers: mark(toolServers) }));
    await acceptModel(one.service);
    const task = await one.service.start(one.ask(TOOLS));
    const shown = (await one.service.present(task.token)).body.access_token ?? "";
    expect((await one.service.introspect(shown)).body.active).toBe(true);
    one.world.ports.accepted.deployed = { ...THREATS, deployment: { deployment: { sha256: "0".repeat(64) } } };
    expect((await one.service.present(task.token)).body.code).toBe("threat_model_unaccepted");
    expect((await one.service.introspect(shown)).body.active).toBe(false);
  });
});

describe("a task that is alive as an acceptance becomes stale", () => {
  const stale = { ...THREATS, parts: { "team:demo": { sha256: "e".repeat(64), connectors: [] } } };

  it("gets no fresh keys: the task is alive, and is renewed again once somebody accepts the model that is deployed now", async () => {
    const service = serve();
    await acceptModel(service);
    const task = await service.start(startForm(service.world));
    service.world.ports.accepted.deployed = stale;
    service.world.pass(600);
    expect((await service.renew(task)).body.Code).toBe("threat_model_unaccepted");
    await acceptModel(service);
    expect((await service.renew(task)).status).toBe(200);
  });

  it("shows its tools all the same where their server is not for production", async () => {
    const service = serve();
    await acceptModel(service);
    const task = await service.start(startForm(service.world));
    service.world.ports.accepted.deployed = stale;
    expect((await service.present(task.token)).status).toBe(200);
  });
});

describe("a sub-agent", () => {
  it("is given nothing unless its own model is accepted, and those of all above", async () => {
    const service = serve();
    service.world.addAgent({ id: "helper" });
    await acceptModel(service);
    const parent = await service.start(startForm(service.world));
    const below = async () => (await service.exchange(await belowForm(service.world, parent))).body.code ?? "vended";
    expect(await below()).toBe("threat_model_unaccepted");
    await acceptModel(service, "helper");
    expect(await below()).toBe("vended");
    changeAgent(service, { owner: "staff|carol" });
    expect(await below()).toBe("threat_model_unaccepted");
  });
});

describe("until the date of the warning", () => {
  it("the agent gets what policy permits, and log and journal record that nobody has accepted its model", async () => {
    const service = serve(inProduction(fakeWorld().nowSeconds() + 60));
    expect(await ask(service)).toEqual(VENDED);
    const warning = { event: "threat_model_unaccepted", agent: "demo", level: "warn" };
    expect(service.world.lines).toContainEqual(expect.objectContaining(warning));
    expect(service.world.ports.tasks.events.find(({ type }) => type === "task.opened")?.facts).toMatchObject({
      threat_model: "unaccepted",
    });
    service.world.pass(60);
    expect(await ask(service)).toEqual(REFUSED);
  });

  it("nothing is logged for an agent whose model is accepted", async () => {
    const service = serve(inProduction(fakeWorld().nowSeconds() + 60));
    await acceptModel(service);
    expect(await ask(service)).toEqual(VENDED);
    expect(service.world.lines.filter(({ event }) => event === "threat_model_unaccepted")).toEqual([]);
    expect(service.world.ports.tasks.events.find(({ type }) => type === "task.opened")?.facts).not.toHaveProperty(
      "threat_model",
    );
  });
});
