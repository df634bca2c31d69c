import { describe, expect, it } from "vitest";
import { agentId } from "../../contract/agent-id.ts";
import { resumeAgent, suspendAgent } from "../../contract/agents.ts";
import { changeAgent, registerAgent } from "../../contract/registrations.ts";
import type { RouteKey } from "../../functions/routes.ts";
import { STEPPING_UP } from "../fakes/samples/voted-act.ts";
import { FakeService } from "../fakes/world/service.ts";
import { DEPLOYMENT, type FakeWorld, fakeWorld } from "../fakes/world/world.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";
import { cedarOf } from "../unit/core/cedar-of.ts";

watchWorlds();

type Body = Readonly<Record<string, unknown>>;
type Act = "register" | "change" | "suspend" | "resume";

const ROUTES: Readonly<Record<Act, RouteKey>> = {
  register: "POST /v1/agents",
  change: "POST /v1/agents/{agent}",
  suspend: "POST /v1/agents/{agent}/suspend",
  resume: "POST /v1/agents/{agent}/resume",
};
const NEW = {
  ...{ id: "fresh", name: "Fresh", owner: "staff|ann", team: "demo" },
  bindings: [{ issuer: "robots", claims: { sub: "agent:fresh" } }],
};
const of = (sub: string, more: Body = {}) => [{ issuer: "robots", claims: { sub, ...more } }];
/** Operators of the team demo: what they may do to its agents, and to no others. */
const mayOnly = (...operations: readonly string[]) =>
  operations.map(
    (name, index) =>
      `@id("t${index}") permit (principal is User, action == Action::"valetkey:${name}", resource in Team::"demo");`,
  );

/** Service whose policies are these; those that are shipped unless given. */
function serve(policies?: readonly string[], deployment = DEPLOYMENT): FakeService {
  const world = fakeWorld({ deployment });
  return new FakeService(world, policies ? { ...world.ports, policies: cedarOf(policies) } : world.ports);
}
const rehearse = (service: FakeService, agent: string, ...acts: readonly (readonly [Act, Body?])[]) =>
  service.operate("POST /v1/agents/{agent}/rehearse", {
    ...{ parameters: { agent }, body: { acts: acts.map(([act, body]) => (body ? { act, body } : { act })) } },
  });
const perform = (service: FakeService, agent: string, [act, body]: readonly [Act, Body?]) =>
  service.operate(ROUTES[act], { parameters: { agent }, ...(body ? { body } : {}) });
const stateOf = ({ ports }: FakeWorld) =>
  structuredClone([[...ports.agents.agents], ports.agents.events, [...ports.agents.halts], ports.tasks.events]);

type Row = readonly [
  says: string,
  code: string,
  agent: string,
  act: readonly [Act, Body?],
  before?: ((service: FakeService) => unknown) | undefined,
  policies?: readonly string[],
];
const addTickets = (status: "active" | "suspended") => (service: FakeService) =>
  void service.world.addAgent({ id: "held", status, bindings: of("agent:held", { ref: "refs/heads/main" }) });
const REFUSED: readonly Row[] = [
  ["a field that cannot be", "agent_invalid", "fresh", ["register", { ...NEW, owner: "stff|ann" }]],
  ["an end that has passed", "agent_invalid", "fresh", ["register", { ...NEW, ends_at: "2020-01-01T00:00:00Z" }]],
  [
    "an issuer that is not there",
    "agent_invalid",
    "fresh",
    ["register", { ...NEW, bindings: [{ issuer: "x", claims: {} }] }],
  ],
  ["valetkey's own name", "agent_invalid", "valetkey-probe", ["register", { ...NEW, id: "valetkey-probe" }]],
  ["an id that is taken", "agent_exists", "demo", ["register", { ...NEW, id: "demo" }]],
  ["an identity that another holds", "binding_overlaps", "fresh", ["register", { ...NEW, bindings: of("agent:demo") }]],
  [
    "one that another holds in part",
    "binding_overlaps",
    "fresh",
    ["register", { ...NEW, bindings: of("agent:held") }],
    addTickets("active"),
  ],
  [
    "that of a suspended agent",
    "binding_overlaps",
    "fresh",
    ["register", { ...NEW, bindings: of("agent:held", { actor: "1" }) }],
    addTickets("suspended"),
  ],
  [
    "a registration that policy denies",
    "operator_denied",
    "fresh",
    ["register", { ...NEW, team: "other" }],
    undefined,
    mayOnly("ReadAgent", "RegisterAgent"),
  ],
  [
    "labels that policy denies",
    "operator_denied",
    "fresh",
    ["register", { ...NEW, labels: ["deployer"] }],
    undefined,
    [
      '@id("r") permit (principal is User, action == Action::"valetkey:ReadAgent", resource);',
      ...mayOnly("RegisterAgent"),
    ],
  ],
  [
    "a change into another team",
    "operator_denied",
    "demo",
    ["change", { team: "other" }],
    undefined,
    mayOnly("ReadAgent", "ChangeAgent"),
  ],
  [
    "a change of another team's agent into one's own",
    "operator_denied",
    "held",
    ["change", { team: "demo" }],
    ({ world }) => void world.addAgent({ id: "held", team: "other", bindings: of("agent:held") }),
    [
      '@id("r") permit (principal is User, action == Action::"valetkey:ReadAgent", resource);',
      ...mayOnly("ChangeAgent"),
    ],
  ],
  ["a change of nothing that can be", "agent_invalid", "demo", ["change", { bindings: of("x") }]],
  ["an end in the past", "agent_invalid", "demo", ["change", { ends_at: "2020-01-01T00:00:00Z" }]],
  [
    "a change of one on its way out",
    "agent_offboarded",
    "demo",
    ["change", { name: "x" }],
    (service) => service.offboard(),
  ],
  ["a resumption of one on its way out", "agent_offboarded", "demo", ["resume"], (service) => service.offboard()],
  [
    "a resumption that policy denies",
    "operator_denied",
    "demo",
    ["resume"],
    undefined,
    mayOnly("ReadAgent", "SuspendAgent"),
  ],
  [
    "a resumption by the person for whom a rule has paused the agent",
    "not_eligible",
    "demo",
    ["resume"],
    ({ world }) =>
      world.ports.pauses.begin({
        agent: agentId("demo"),
        party: "staff|alice",
        by: "escalation:E6:call",
        at: world.nowSeconds(),
      }),
  ],
  [
    "a suspension that policy denies",
    "operator_denied",
    "demo",
    ["suspend"],
    undefined,
    mayOnly("ReadAgent", "ResumeAgent"),
  ],
  ["a change of nobody", "agent_not_found", "nobody", ["change", { name: "x" }]],
];

describe("POST /v1/agents/{agent}/rehearse", () => {
  it.each(REFUSED.map((row) => [row[0], row[1], row] as const))("foretells %s: %s", async (_, code, row) => {
    const [, , agent, act, before, policies] = row;
    const service = serve(policies);
    await before?.(service);
    const state = stateOf(service.world);
    const { status, body } = await rehearse(service, agent, act);
    // An operator who may not even read another team's agent learns nothing by the rehearsal.
    if (status === 403) expect([body.code, code]).toEqual(["operator_denied", "operator_denied"]);
    else expect([status, body]).toMatchObject([200, { acts: [{ act: act[0], refused: { code } }] }]);
    expect(stateOf(service.world).slice(0, 3)).toEqual(state.slice(0, 3));
    expect((await perform(service, agent, act)).body.code).toBe(code);
  });

  /**
   * Refusals that no plan can foretell: for the request's form, the token, a missing vote, an outage, or acts of others
   * at that moment.
   */
  const UNKNOWN_BEFORE = [
    ...["body_too_large", "unsupported_media_type", "malformed_request", "too_many_requests"],
    ...["operator_token_invalid", "step_up_required", "vote_invalid", "sign_in_used"],
    ...["issuer_unreachable", "store_unavailable", "deployment_broken", "contended"],
  ];
  it("has a case above for every refusal that these routes document, but for what no plan can know", () => {
    const documented = [registerAgent, changeAgent, resumeAgent, suspendAgent].flatMap(
      ({ refuses }): readonly string[] => refuses,
    );
    const foretold = REFUSED.map(([, code]) => code);
    expect([...new Set(documented)].filter((code) => !UNKNOWN_BEFORE.includes(code)).sort()).toEqual(
      [...new Set(foretold)].sort(),
    );
  });

  it("names the agent that holds an identity to those who may read it, and to no others", async () => {
    const act = ["register", { ...NEW, bindings: [...NEW.bindings, ...of("agent:held")] }] as const;
    const answerFor = async (policies: readonly string[] | undefined, team: string) => {
      const service = serve(policies);
      service.world.addAgent({ id: "held", team, status: "suspended", bindings: of("agent:held") });
      return JSON.stringify((await rehearse(service, "fresh", act)).body);
    };
    expect(await answerFor(undefined, "demo")).toContain(
      "It is bindings[1], held by the agent held, which is suspended.",
    );
    const any = '@id("r") permit (principal is User, action == Action::"valetkey:ReadAgent", resource is Deployment);';
    const hidden = await answerFor([any, ...mayOnly("ReadAgent", "RegisterAgent")], "secret");
    expect(hidden).toContain("held by an agent that you may not read");
    expect(hidden).not.toContain("the agent held");
  });

  it("leaves an identity to others once its agent is offboarded", async () => {
    const service = serve();
    await service.offboard();
    const act = ["register", { ...NEW, bindings: of("agent:demo") }] as const;
    expect((await rehearse(service, "fresh", act)).body).toEqual({ acts: [{ act: "register", takes_vote: false }] });
    expect((await perform(service, "fresh", act)).status).toBe(201);
  });

  it("judges each act on the agent as those before it would leave it, up to the first that is refused", async () => {
    const policies = [
      '@id("r") permit (principal is User, action == Action::"valetkey:ReadAgent", resource);',
      ...mayOnly("ChangeAgent", "SuspendAgent", "RegisterAgent"),
      '@id("into") permit (principal is User, action == Action::"valetkey:ChangeAgent", resource in Team::"other");',
    ];
    const service = serve(policies);
    const moved = await rehearse(service, "demo", ["change", { team: "other" }], ["suspend"]);
    expect(moved.body.acts).toMatchObject([
      { takes_vote: false },
      { act: "suspend", refused: { code: "operator_denied" } },
    ]);
    const born = await rehearse(service, "fresh", ["register", NEW], ["suspend"]);
    expect(born.body.acts).toEqual([
      { act: "register", takes_vote: false },
      { act: "suspend", takes_vote: false },
    ]);
    const stopped = await rehearse(service, "fresh", ["register", { ...NEW, id: "fresh", team: "x" }], ["suspend"]);
    expect(stopped.body.acts).toHaveLength(1);
  });

  it("names the acts that take a vote, and refuses an operator whose issuer can prove none", async () => {
    const service = serve(undefined, STEPPING_UP);
    const acts = [["change", { team: "other" }], ["change", { name: "x" }], ["suspend"]] as const;
    const { body } = await rehearse(service, "demo", ...acts);
    expect(body.acts).toMatchObject([{ takes_vote: true }, { takes_vote: false }, { takes_vote: false }]);
    const issuers = STEPPING_UP.issuers.map(({ approvals: _, ...issuer }) => issuer);
    const voteless = serve(undefined, { ...STEPPING_UP, issuers });
    const { body: answer } = await rehearse(voteless, "demo", ["change", { team: "other" }]);
    expect(answer.acts).toMatchObject([{ refused: { code: "operator_denied" } }]);
    expect(JSON.stringify(answer)).toContain("your issuer cannot prove");
  });

  it("foretells a resumption that has to wait for what a suspension is to end, and passes on an outage as one", async () => {
    const service = serve();
    await service.start();
    service.world.ports.tasks.before = (method) => {
      if (method === "end") throw new Error("the process is gone");
    };
    await service.suspend().catch(() => undefined);
    service.world.ports.tasks.before = () => undefined;
    const { body } = await rehearse(service, "demo", ["resume"]);
    expect(body.acts).toMatchObject([{ refused: { code: "contended" } }]);
    service.world.ports.agents.before = (method) => {
      if (method === "held") throw new Error("a bug is no refusal");
    };
    expect((await rehearse(service, "fresh", ["register", NEW])).status).toBe(500);
  });

  it.each([
    ["no act", []],
    ["five acts", Array.from({ length: 5 }, () => ({ act: "suspend" }))],
    ["an act that is none", [{ act: "constructor" }]],
    ["a registration of another agent", [{ act: "register", body: NEW }]],
    ["a further field", [{ act: "suspend", step_up: {} }]],
    ["no list", "suspend"],
  ])("refuses %s", async (_, acts) => {
    const given = { parameters: { agent: "demo" }, body: { acts } };
    expect(await serve().operate("POST /v1/agents/{agent}/rehearse", given)).toMatchObject({
      ...{ status: 400, body: { code: "malformed_request" } },
    });
  });
});
