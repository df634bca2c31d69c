import { describe, expect, it } from "vitest";
import { RATE_LIMITS } from "../../contract/limits.ts";
import { FakeService } from "../fakes/world/service.ts";
import { fakeWorld, POLICIES, policiesWithPermit, READ_REPORTS } from "../fakes/world/world.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";

watchWorlds();

const serve = () => new FakeService(fakeWorld());
const OTHERS = [{ ...READ_REPORTS[0], resources: ["arn:aws:s3:::acme-other/may.csv"] }];
const PAYROLL = [{ ...READ_REPORTS[0], resources: ["arn:aws:s3:::acme-payroll/may.csv"] }];

/** Requests an explanation about the agent `demo`. */
const ask = (service: FakeService, changed: Readonly<Record<string, unknown>> = {}, token?: string) =>
  service.operate("POST /v1/policies/explain", {
    body: { agent: "demo", authorization_details: READ_REPORTS, ...changed },
    ...(token === undefined ? {} : { token }),
  });

/** Pairs of an explanation. */
const pairsOf = ({ body }: Awaited<ReturnType<typeof ask>>) =>
  body.pairs as readonly { readonly denial?: unknown; readonly closest?: unknown }[];

/** Policies of a page. */
const policiesOf = ({ body }: Awaited<ReturnType<typeof ask>>) =>
  body.policies as readonly { readonly id: string; readonly text: string }[];

describe("POST /v1/policies/explain", () => {
  it("names the permit that decides, the session policy and its proof, by the bundle that is deployed", async () => {
    const { status, body } = await ask(serve());
    expect([status, body]).toMatchObject([
      200,
      {
        ...{
          agent: "demo",
          status: "active",
          answer: "allowed",
          bundle: POLICIES.hash,
          at: "2026-11-24T12:00:00.000Z",
        },
        pairs: [
          {
            action: "s3:GetObject",
            target: "arn:aws:s3:::acme-data/reports/*",
            permitted: { permits: ["demo-reads-reports"], forbids: [] },
          },
        ],
        sessions: [{ account: "111122223333", proof: "proven", lost: [] }],
      },
    ]);
  });

  it("agrees with the exchange, on what is granted and on what is denied", async () => {
    for (const details of [READ_REPORTS, OTHERS, PAYROLL]) {
      const service = serve();
      const explained = await ask(service, { authorization_details: details });
      const exchanged = await service.exchange({ authorization_details: JSON.stringify(details) });
      expect(explained.body.answer === "allowed", JSON.stringify(details)).toBe(exchanged.status === 200);
      if (exchanged.status !== 200)
        expect(pairsOf(explained).map(({ denial }) => denial)).toEqual(exchanged.body.denials);
    }
  });

  it("names the policy closest to a denial, and its unmet conditions", async () => {
    const { body } = await ask(serve(), { authorization_details: OTHERS });
    expect(body).toMatchObject({ answer: "denied", code: "policy_denied", sessions: [] });
    expect(body.pairs).toMatchObject([
      {
        denial: { reason: "No policy permits it." },
        closest: {
          policy: "demo-reads-reports",
          missed: [{ part: 'resource.arn like "arn:aws:s3:::acme-data/reports/*"', holds: "no" }],
        },
      },
    ]);
  });

  it("shows no text of policies to an operator who may explain the agent, and not read policies", async () => {
    const text = 'permit (principal == User::"staff|olga", action == Action::"valetkey:ExplainPolicy", resource);';
    const service = new FakeService(fakeWorld({ policies: policiesWithPermit("olga-explains", text) }));
    const token = () => service.world.operatorToken({ sub: "olga" });
    const explained = await ask(service, { authorization_details: OTHERS }, token());
    expect([explained.status, pairsOf(explained).length]).toEqual([200, 1]);
    expect(JSON.stringify(explained.body)).not.toMatch(/closest|acme-data|demo-reads/);
    expect((await service.operate("GET /v1/policies", { token: token() })).status).toBe(403);
  });

  it("opens no task, requests nothing of AWS and writes nothing about the agent", async () => {
    const service = serve();
    await ask(service);
    const { tasks, agents, sessions } = service.world.ports;
    expect([tasks.events, agents.events, sessions.asked]).toEqual([[], [], []]);
  });

  it("decides as if the conditions in the question held, whatever holds now", async () => {
    const freeze = { name: "change-freeze", kind: "restricts", scopes: ["hub"], longestSeconds: 60 } as const;
    const text =
      'permit (principal, action == Action::"s3:GetObject", resource) when { resource.arn like "arn:aws:s3:::acme-other/*" } unless { context.conditions.contains("change-freeze") };';
    const { ports } = fakeWorld();
    const service = new FakeService(
      fakeWorld({
        policies: policiesWithPermit("reads-others", text),
        deployment: { ...ports.deployment, conditions: [freeze] },
      }),
    );
    const answerTo = async (conditions?: readonly string[]) =>
      (await ask(service, { authorization_details: OTHERS, ...(conditions && { conditions }) })).body;
    expect(await answerTo()).toMatchObject({ answer: "allowed" });
    expect(await answerTo([])).toMatchObject({ answer: "allowed" });
    expect(await answerTo(["change-freeze"])).toMatchObject({ answer: "denied", code: "policy_denied" });
  });

  it.each<readonly [string, Readonly<Record<string, unknown>>, string]>([
    ["an unknown field", { mode: "narrow" }, "The body takes agent, authorization_details, "],
    ["no list of details", { authorization_details: "s3" }, "authorization_details is not as it has to be: a list"],
    [
      "a purpose that turns text around",
      { purpose: "x\u202ey" },
      "purpose is not as it has to be: 1 to 256 characters on one line",
    ],
    [
      "a time of half a second",
      { task_ttl: 0.5 },
      "task_ttl is not as it has to be: a whole number of seconds from 1 to 43200.",
    ],
    ["an address that is none", { source_ip: "!" }, "source_ip must be an address"],
    ["a network in place of an address", { source_ip: "10.0.0.0/8" }, "source_ip must be an address"],
    ["a condition that is not defined", { conditions: ["incident"] }, "conditions must be names of conditions that"],
    ["a condition of another form", { conditions: ["Narrow"] }, "conditions"],
    ["33 conditions", { conditions: Array(33).fill("incident") }, "at most 32 names."],
    ["a moment that is none", { at: "yesterday" }, "at is not as it has to be: an instant, such as "],
    ["an offset that a date may not have", { at: "2026-11-24T12:00:00+02" }, "at must be an instant"],
    ["claims in a list", { claims: [] }, "claims must be an object"],
    ["an issuer of agents", { on_behalf_of: { issuer: "robots", person: "x" } }, "on_behalf_of.issuer must be"],
    [
      "101 groups",
      { on_behalf_of: { issuer: "staff", person: "x", groups: Array(101).fill("g") } },
      "on_behalf_of.groups is not as it has to be: at most 100 groups.",
    ],
  ])("refuses %s, and quotes nothing of it", async (_, changed, sentence) => {
    const { status, body } = await ask(serve(), changed);
    expect([status, body.code]).toEqual([400, "malformed_request"]);
    expect(body.error_description).toContain(sentence);
    expect(body.error_description).not.toMatch(/yesterday|robots|narrow\b|\u202e/);
  });

  it("refuses more pairs than one question may have, before it decides about any", async () => {
    const wide = [{ ...READ_REPORTS[0], actions: ["s3:*"], resources: ["arn:aws:s3:::acme-data/*"] }];
    const { status, body } = await ask(serve(), { authorization_details: wide });
    expect([status, body.code]).toEqual([400, "intent_too_large"]);
    expect(body.error_description).toMatch(/At most 25 pairs .* these are \d+\./);
  });

  it("compares the closest permits for three denials, and not for all", async () => {
    const actions = ["s3:GetObjectTagging", "s3:PutObject", "s3:DeleteObject", "s3:PutObjectTagging"];
    const explained = await ask(serve(), { authorization_details: [{ ...OTHERS[0], actions }] });
    expect(pairsOf(explained).map(({ closest }) => closest !== undefined)).toEqual([true, true, true, false]);
  });

  it("answers so many questions of one operator in a minute, and not one more", async () => {
    const service = serve();
    const token = service.world.operatorToken();
    for (let count = 0; count < RATE_LIMITS.explanation; count += 1)
      expect((await ask(service, { authorization_details: "cheap" }, token)).status).toBe(400);
    for (let count = 0; count < RATE_LIMITS.explanation; count += 1)
      expect(
        (await service.operate("GET /v1/agents/{agent}/reach", { parameters: { agent: "demo" }, token })).status,
      ).toBe(200);
    expect((await ask(service, {}, token)).status).toBe(429);
    expect(
      (await ask(service, {}, service.world.operatorToken({ sub: "olivia", groups: ["valetkey-operators"] }))).status,
    ).toBe(200);
    service.world.pass(60);
    expect((await ask(service, {}, service.world.operatorToken())).status).toBe(200);
  });

  it("decides with the person's groups where the agent would act for a person", async () => {
    const person = (groups: readonly string[]) => ({ on_behalf_of: { issuer: "staff", person: "pat", groups } });
    const [supported, other] = [await ask(serve(), person(["support"])), await ask(serve(), person(["sales"]))];
    expect([supported.body.answer, other.body.answer]).toEqual(["allowed", "denied"]);
  });

  it("reports that an agent is suspended, whose requests policy alone would permit", async () => {
    const service = serve();
    service.world.addAgent({ id: "demo", status: "suspended" });
    expect((await ask(service)).body).toMatchObject({ answer: "allowed", status: "suspended" });
  });
});

describe("GET /v1/policies", () => {
  it("shows each deployed policy as it is written, with the bundle's hash", async () => {
    const service = serve();
    const answer = await service.operate("GET /v1/policies");
    expect([answer.status, answer.body.bundle]).toEqual([200, POLICIES.hash]);
    expect(policiesOf(answer).map(({ id, text }) => ({ id, text }))).toEqual(
      service.world.ports.prepared.map(({ id, text }) => ({ id, text })),
    );
    expect(Object.keys(policiesOf(answer)[0] ?? {})).toEqual(["id", "effect", "annotations", "text"]);
  });

  it("goes on after a page, and begins nowhere else", async () => {
    const world = fakeWorld();
    const [sample] = world.ports.prepared;
    const prepared = Array.from({ length: 401 }, (_, index) => ({ ...sample, id: `p-${index}` }));
    const service = new FakeService(world, { ...world.ports, prepared } as typeof world.ports);
    const first = await service.operate("GET /v1/policies");
    const last = await service.operate("GET /v1/policies", { query: "after=p-399" });
    expect([policiesOf(first).length, first.body.next]).toEqual([200, "p-199"]);
    expect([policiesOf(last).map(({ id }) => id), last.body.next]).toEqual([["p-400"], undefined]);
    expect((await service.operate("GET /v1/policies", { query: "after=nothing" })).status).toBe(400);
  });
});

describe("GET /v1/agents/{agent}/reach", () => {
  it("describes in words what policy permits the agent, with the hash of its threat model", async () => {
    const { status, body } = await serve().operate("GET /v1/agents/{agent}/reach", { parameters: { agent: "demo" } });
    expect([status, body.agent, body.bundle]).toEqual([200, "demo", POLICIES.hash]);
    expect(body.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(body.permits).toContainEqual({
      policy: "demo-reads-reports",
      reach: [
        "s3:GetObject on AWS::Resource where resource.account in 111122223333 and resource.arn in arn:aws:s3:::acme-data/reports/* (target accounts: 111122223333)",
      ],
      needs: "",
      waits_for: [],
      details: [
        {
          type: "aws",
          account: "111122223333",
          actions: ["s3:GetObject"],
          resources: ["arn:aws:s3:::acme-data/reports/*"],
        },
      ],
    });
  });

  it("names the groups whose people have to approve, with their votes", async () => {
    const world = fakeWorld();
    const prepared = world.ports.prepared.map((each) =>
      each.id === "demo-reads-reports" ? { ...each, annotations: { approval: "sre=2,security" } } : each,
    );
    const service = new FakeService(world, { ...world.ports, prepared } as typeof world.ports);
    const { body } = await service.operate("GET /v1/agents/{agent}/reach", { parameters: { agent: "demo" } });
    const permits = body.permits as readonly { readonly policy: string; readonly waits_for: unknown }[];
    expect(permits.find(({ policy }) => policy === "demo-reads-reports")?.waits_for).toEqual([
      { group: "security", count: 1 },
      { group: "sre", count: 2 },
    ]);
  });

  it("names the budget and the labels of a permit, which may refuse what it permits for a time", async () => {
    const world = fakeWorld();
    const annotations = { budget: "reports 3/1h agent", label: "outbound, personal" };
    const prepared = world.ports.prepared.map((each) =>
      each.id === "demo-reads-reports" ? { ...each, annotations } : each,
    );
    const service = new FakeService(world, { ...world.ports, prepared } as typeof world.ports);
    const { body } = await service.operate("GET /v1/agents/{agent}/reach", { parameters: { agent: "demo" } });
    const permits = body.permits as readonly { readonly policy: string; readonly needs: unknown }[];
    expect(permits.find(({ policy }) => policy === "demo-reads-reports")?.needs).toMatch(
      /^within the budget .*reports.*, labels outbound and personal$/,
    );
  });
});
