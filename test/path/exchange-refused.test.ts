import { describe, expect, it } from "vitest";
import { FakeService } from "../fakes/world/service.ts";
import { ACCOUNT, fakeWorld, formEvent } from "../fakes/world/world.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";

watchWorlds();

const detail = (changed: object = {}): object => ({
  type: "aws",
  account: ACCOUNT,
  actions: ["s3:GetObject"],
  resources: ["arn:aws:s3:::acme-data/reports/a"],
  ...changed,
});
const tool = { type: "tool", server: "tickets", tools: ["search"] };
const text = (...details: readonly unknown[]): string => JSON.stringify(details);
/** Counts of the writes for a request: none at all for a stranger. */
const written = ({ ports }: FakeService["world"]) => ({
  events: ports.tasks.events.map(({ type }) => type),
  tasks: ports.tasks.tasks.size,
  sessions: ports.sessions.asked.length,
});
const NOTHING = { events: [], tasks: 0, sessions: 0 };

describe("a malformed request is a 400 with a reason, and a stranger's: nothing is read or written for it (I7, I10)", () => {
  const rows: readonly (readonly [string, Readonly<Record<string, string | undefined>>, RegExp])[] = [
    ["no subject_token", { subject_token: undefined }, /subject_token is missing/],
    ["no subject_token_type", { subject_token_type: undefined }, /subject_token_type is missing/],
    ["no purpose", { purpose: undefined }, /purpose is missing/],
    ["a purpose of blanks", { purpose: "   " }, /1 to 256 characters/],
    ["a purpose of 257 characters", { purpose: "x".repeat(257) }, /1 to 256 characters/],
    ["a purpose that clears the screen", { purpose: "read\u001b[2J" }, /no control characters/],
    ["a purpose that turns text around", { purpose: "read \u202efdp" }, /no control characters/],
    ["no authorization_details", { authorization_details: undefined }, /authorization_details is missing/],
    ["details that are no JSON", { authorization_details: "[{" }, /must be JSON/],
    ["details that are no list", { authorization_details: "{}" }, /must be a JSON array/],
    ["no detail", { authorization_details: "[]" }, /at least one detail/],
    [
      "eleven details",
      { authorization_details: text(...Array.from({ length: 11 }, () => tool)) },
      /may hold 10 details/,
    ],
    ["a detail that is null", { authorization_details: "[null]" }, /\[0\] must be an object/],
    ["a type that nobody knows", { authorization_details: text({ type: "gcp" }) }, /\[0\]\.type must be/],
    ["an unknown field", { authorization_details: text(detail({ admin: true })) }, /may hold only/],
    ["an account as a number", { authorization_details: text(detail({ account: 111122223333 })) }, /12 digits/],
    ["no action", { authorization_details: text(detail({ actions: [] })) }, /at least one string/],
    [
      "an action that is an object",
      { authorization_details: text(detail({ actions: [{}] })) },
      /string that is not empty/,
    ],
    [
      "a resource that is no ARN",
      { authorization_details: text(detail({ resources: ["reports"] })) },
      /Write the ARN as/,
    ],
    [
      "a wildcard in an ARN's head",
      { authorization_details: text(detail({ resources: ["arn:aws:*:::acme-data/a"] })) },
      /only after the ARN's fifth colon/,
    ],
    [
      "a policy variable",
      { authorization_details: text(detail({ resources: [`arn:aws:s3:::acme-data/\${aws:userid}`] })) },
      /Leave `\$` out/,
    ],
    [
      "half a surrogate pair",
      { authorization_details: `[{"type":"aws","account":"${ACCOUNT}","actions":["s3:\\ud800"],"resources":["*"]}]` },
      /printable ASCII/,
    ],
    [
      "another account's ARN",
      { authorization_details: text(detail({ resources: ["arn:aws:sqs:us-east-1:999999999999:q"] })) },
      /names another account/,
    ],
    [
      "a condition with an operator that widens",
      {
        authorization_details: text(detail({ conditions: { StringLikeIfExists: { "s3:prefix": "a" } } })),
      },
      /may use these operators/,
    ],
    ["a tool with a wildcard", { authorization_details: text({ ...tool, tools: ["*"] }) }, /no wildcards/],
    ["a task_ttl of 0", { task_ttl: "0" }, /from 1 to 43200/],
    ["a task_ttl of more than 12 hours", { task_ttl: "43201" }, /from 1 to 43200/],
    ["a task_ttl in another notation", { task_ttl: "9e2" }, /from 1 to 43200/],
    ["a mode that is neither", { mode: "some" }, /all .* or narrow/],
    ["an idempotency_key with a space", { idempotency_key: "a b" }, /without spaces/],
    ["an idempotency_key of 129 characters", { idempotency_key: "k".repeat(129) }, /1 to 128/],
    ["a requested_token_type that is not issued", { requested_token_type: "urn:x" }, /see the metadata document/],
  ];

  it.each(rows)("%s", async (_, changed, sentence) => {
    const service = new FakeService(fakeWorld());
    const reads: string[] = [];
    service.world.ports.agents.before = (method) => void reads.push(method);
    const answer = await service.exchange(changed);
    expect(answer).toMatchObject({ status: 400, body: { error_description: expect.stringMatching(sentence) } });
    expect({ ...written(service.world), reads }).toEqual({ ...NOTHING, reads: [] });
    expect(service.world.lines).toMatchObject([{ level: "info", event: "refused", route: "POST /v1/token" }]);
  });

  const bodies = [
    ["a parameter twice", "&purpose=another"],
    ["an escape that encodes nothing", "&x=%zz"],
  ] as const;
  it.each(bodies)("%s", async (_, more) => {
    const service = new FakeService(fakeWorld());
    const event = formEvent({ grant_type: "urn:ietf:params:oauth:grant-type:token-exchange", purpose: "one" });
    expect(await service.send({ ...event, body: `${event.body}${more}` })).toMatchObject({ status: 400 });
    expect(written(service.world)).toEqual(NOTHING);
  });
});

describe("nothing is issued without a verified token, a registered active agent and a permit for every part (I1)", () => {
  type Row = readonly [string, string, (service: FakeService) => Promise<unknown>, events: readonly string[]];
  const rows: readonly Row[] = [
    [
      "a verified token: its signature",
      "token_signature",
      (s) => s.exchange({ subject_token: s.world.agentToken().replace(/\w+$/, "Zm9yZ2Vk") }),
      [],
    ],
    [
      "a verified token: its issuer",
      "issuer_unknown",
      (s) => s.exchange({ subject_token: s.world.agentToken({ iss: "https://x.test" }) }),
      [],
    ],
    [
      "a verified token: its audience",
      "token_audience",
      (s) => s.exchange({ subject_token: s.world.agentToken({ aud: "x" }) }),
      [],
    ],
    [
      "a verified token: its lifetime",
      "token_expired",
      (s) => s.exchange({ subject_token: s.world.agentToken({ exp: 1 }) }),
      [],
    ],
    [
      "a verified token: that it is an agent's",
      "issuer_kind",
      (s) => s.exchange({ subject_token: s.world.operatorToken() }),
      [],
    ],
    [
      "a registered agent",
      "agent_unknown",
      (s) => {
        s.world.ports.agents.agents.delete("demo");
        return s.exchange();
      },
      [],
    ],
    [
      "one agent and no other",
      "agent_ambiguous",
      (s) => {
        s.world.addAgent({ id: "twin", bindings: [{ issuer: "robots", claims: { sub: "agent:demo" } }] });
        return s.exchange();
      },
      [],
    ],
    [
      "an active agent: not suspended",
      "agent_inactive",
      (s) => {
        s.world.addAgent({ id: "demo", status: "suspended" });
        return s.exchange();
      },
      ["task.refused"],
    ],
    [
      "an active agent: not past its end",
      "agent_inactive",
      (s) => {
        s.world.addAgent({ id: "demo", endsAt: s.world.nowSeconds() });
        return s.exchange();
      },
      ["task.refused"],
    ],
    [
      "a permit: for its team",
      "policy_denied",
      (s) => {
        s.world.addAgent({ id: "demo", team: "other" });
        return s.exchange();
      },
      ["task.refused"],
    ],
    [
      "a permit for every action",
      "policy_denied",
      (s) => s.exchange({ authorization_details: text(detail({ actions: ["s3:GetObject", "s3:PutObject"] })) }),
      ["task.refused"],
    ],
    [
      "a permit for every resource",
      "policy_denied",
      (s) =>
        s.exchange({
          authorization_details: text(
            detail({ resources: ["arn:aws:s3:::acme-data/reports/a", "arn:aws:s3:::acme-data/b"] }),
          ),
        }),
      ["task.refused"],
    ],
    [
      "a permit for every detail",
      "policy_denied",
      (s) => s.exchange({ authorization_details: text(detail(), { ...tool, tools: ["delete"] }) }),
      ["task.refused"],
    ],
    [
      "no forbid",
      "policy_denied",
      (s) => s.exchange({ authorization_details: text(detail({ resources: ["arn:aws:s3:::acme-payroll/a"] })) }),
      ["task.refused"],
    ],
  ];

  it.each(rows)("take away %s: %s", async (_, code, attempt, events) => {
    const service = new FakeService(fakeWorld());
    expect(await attempt(service)).toMatchObject({ body: { code } });
    expect(written(service.world)).toEqual({ ...NOTHING, events });
    expect(service.world.lines).toMatchObject([{ event: "refused", code }]);
  });

  it("an agent that was suspended a moment ago gets nothing, though this process still takes it for active", async () => {
    const service = new FakeService(fakeWorld());
    const { agents } = service.world.ports;
    const believed = agents.agents.get("demo");
    if (believed) agents.cached.set("demo", believed);
    service.world.addAgent({ id: "demo", status: "suspended" });
    expect(await service.exchange()).toMatchObject({ status: 403, body: { code: "agent_inactive" } });
    expect([...service.world.ports.tasks.tasks.values()]).toMatchObject([{ status: "withdrawn" }]);
    expect(written(service.world).events).toEqual(["task.opened", "task.ended", "task.refused"]);
  });
});

describe("a denial says what is wrong with each part and what to do, and stands in the journal (I7)", () => {
  it("names every part that is not permitted", async () => {
    const service = new FakeService(fakeWorld());
    const details = [
      detail({ resources: ["arn:aws:s3:::acme-payroll/a"] }),
      detail({ actions: ["s3:GetObject", "s3:DeleteObject"] }),
    ];
    const { body } = await service.exchange({ authorization_details: text(...details) });
    expect(body.denials).toEqual([
      {
        action: "s3:GetObject",
        target: "arn:aws:s3:::acme-payroll/a",
        reason: "A policy forbids it.",
        policy: "nobody-reads-payroll",
      },
      {
        action: "s3:DeleteObject",
        target: "arn:aws:s3:::acme-data/reports/a",
        reason: "No policy permits it.",
        hint: expect.stringMatching(/ask the platform team/),
      },
    ]);
    expect(service.world.ports.tasks.events).toMatchObject([
      {
        type: "task.refused",
        facts: {
          agent: "demo",
          subject: "robots|agent:demo",
          code: "policy_denied",
          denials: body.denials,
          details,
          purpose: "summarise the weekly report",
          bundle: "bundle-of-the-tests",
        },
      },
    ]);
  });

  it("is not given where it cannot be recorded", async () => {
    const service = new FakeService(fakeWorld());
    service.world.ports.tasks.before = (method) => {
      if (method === "append") throw new Error("the journal cannot be written");
    };
    const denied = await service.exchange({ authorization_details: text({ ...tool, tools: ["delete"] }) });
    expect(denied).toMatchObject({ status: 500, body: { error: "server_error" } });
    expect(denied.body.denials).toBeUndefined();
  });

  it("a task that nobody ended does not hold its place for ever: past its deadline it is not counted", async () => {
    const service = new FakeService(fakeWorld());
    service.world.addAgent({ id: "demo", limits: { liveTasks: 1, taskSeconds: 900 } });
    await service.start();
    service.world.pass(900 + 121);
    expect(await service.exchange()).toMatchObject({ status: 200 });
  });

  it("a flood of too many tasks is no flood of journal events", async () => {
    const service = new FakeService(fakeWorld());
    service.world.addAgent({ id: "demo", limits: { liveTasks: 1, taskSeconds: 900 } });
    await service.start();
    await service.exchange();
    expect(service.world.ports.tasks.events.map(({ type }) => type)).toEqual([
      "task.opened",
      "task.opened",
      "task.ended",
    ]);
  });
});
