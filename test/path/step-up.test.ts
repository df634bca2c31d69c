import { describe, expect, it } from "vitest";
import { actIn } from "../../contract/decision/act-link.ts";
import { actHash } from "../../functions/core/approvals/act-record.ts";
import type { Deployment } from "../../functions/core/deployment/deployment.ts";
import { Refusal } from "../../functions/core/refusal.ts";
import { actRecord, actToken, perform, type RequestedAct, STEPPING_UP, votedFor } from "../fakes/samples/voted-act.ts";
import { type Answer, FakeService } from "../fakes/world/service.ts";
import { fakeWorld } from "../fakes/world/world.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";

watchWorlds();

const NEW = {
  ...{ id: "fresh", name: "Fresh", owner: "staff|owner", team: "demo" },
  bindings: [{ issuer: "robots", claims: { sub: "agent:fresh" } }],
};
const serve = (deployment: Deployment = STEPPING_UP) => new FakeService(fakeWorld({ deployment }));

interface Act {
  readonly asked: RequestedAct;
  /** Words of the act in the answer. */
  readonly words: string;
  /** State in which the act does something. */
  readonly given?: (service: FakeService) => Promise<unknown>;
  /** Type of the journal event of the act. */
  readonly event: string;
}

const ACTS: readonly Act[] = [
  { asked: { route: "POST /v1/agents", body: NEW }, words: "Register the agent fresh", event: "agent.registered" },
  {
    asked: { route: "POST /v1/agents/{agent}", agent: "demo", body: { team: "other" } },
    words: "Change the agent demo",
    event: "agent.changed",
  },
  {
    asked: { route: "POST /v1/agents/{agent}/resume", agent: "demo" },
    words: "Resume the agent demo",
    given: (service) => service.suspend(),
    event: "agent.resumed",
  },
  {
    asked: { route: "POST /v1/agents/{agent}/offboard", agent: "demo" },
    words: "Offboard the agent demo",
    event: "agent.offboarding",
  },
  {
    asked: { route: "POST /v1/agents/{agent}/offboard", agent: "demo", body: { reason: "its key leaked" } },
    words: "Offboard the agent demo",
    event: "agent.offboarding",
  },
  {
    asked: { route: "POST /v1/panic/lift" },
    words: "Lift the panic",
    given: (service) => service.panic(),
    event: "panic.lifted",
  },
];

const eventsOf = ({ world }: FakeService) => [...world.ports.agents.events, ...world.ports.panics.events];
const codeOf = ({ status, body }: Answer) => `${status} ${body.code ?? "done"}`;

describe.each(ACTS)("where stepUp is on: $words $asked.body", ({ asked, words, given, event }) => {
  const begun = async (deployment?: Deployment) => {
    const service = serve(deployment);
    await given?.(service);
    return { service, before: eventsOf(service).length };
  };

  it("does nothing by an operator's token alone, and names the sign-in to go on with (RFC 9470)", async () => {
    const { service, before } = await begun();
    const { status, headers, body } = await perform(service, asked, "none");
    expect(status).toBe(401);
    expect(headers["www-authenticate"]).toBe(
      'Bearer realm="valetkey", error="insufficient_user_authentication", max_age="0"',
    );
    expect(body).toMatchObject({ error: "insufficient_user_authentication", code: "step_up_required", act: words });
    const { origin, pathname, hash, search } = new URL(String(body.console));
    expect({ origin, pathname, search }).toEqual({
      ...{ origin: "https://console.valetkey.test", pathname: "/act", search: "" },
    });
    const path = asked.route.slice("POST ".length).replace("{agent}", asked.agent ?? "");
    expect(actIn(hash)).toEqual({ path, body: asked.body ?? {} });
    expect(eventsOf(service)).toHaveLength(before);
    expect(service.world.ports.tasks.events.at(-1)).toMatchObject({
      type: "operation.refused",
      facts: { operator: "staff|alice", code: "step_up_required" },
    });
  });

  it("is done by a vote for exactly it, and the journal names the vote", async () => {
    const { service } = await begun();
    const record = actRecord(service.world, asked);
    const { nonce, created_at } = record;
    const vote = actToken(service.world, record);
    const answer = await perform(service, asked, { vote, nonce, created_at });
    expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
    const recorded = eventsOf(service).find(({ type }) => type === event);
    expect(recorded?.facts).toMatchObject({
      by: "staff|alice",
      step_up: {
        ...{ act_sha256: actHash(record), nonce, created_at, kid: "key-1" },
        vote_sha256: await sha256(vote),
        ...{ cast_at: service.world.nowSeconds(), signed_in_at: service.world.nowSeconds() },
      },
    });
    expect(JSON.stringify(recorded)).not.toContain(vote.split(".")[1]);
  });

  it("requires no vote where stepUp is off", async () => {
    const { service } = await begun({ ...STEPPING_UP, stepUp: undefined } as never);
    const answer = await service.operate(asked.route, {
      parameters: { agent: asked.agent },
      ...(asked.body ? { body: asked.body } : {}),
    });
    expect(answer.status).toBeLessThan(300);
    expect(JSON.stringify(eventsOf(service))).not.toContain("step_up");
  });

  const forged: readonly (readonly [string, string, (service: FakeService) => object])[] = [
    ["signed for another body", "nonce", ({ world }) => votedFor(world, { ...asked, body: { ...asked.body, x: 1 } })],
    ["for another agent", "nonce", ({ world }) => votedFor(world, { ...asked, route: `${asked.route}x` as never })],
    [
      "for another hub",
      "nonce",
      ({ world }) => {
        const record = actRecord(world, asked, { hub: "https://else.test" });
        const { nonce, created_at } = record;
        return { vote: actToken(world, record), nonce, created_at };
      },
    ],
    [
      "whose nonce or time was changed after signing",
      "nonce",
      ({ world }) => ({ ...votedFor(world, asked), nonce: "A".repeat(22) }),
    ],
    [
      "for the time before, made younger",
      "nonce",
      ({ world }) => ({ ...votedFor(world, asked), created_at: world.nowSeconds() - 1 }),
    ],
    ["of another person", "another_person", ({ world }) => votedFor(world, asked, {}, "bob")],
    ["by the client for reading", "audience", ({ world }) => votedFor(world, asked, { aud: "valetkey-console" })],
    [
      "by the operators' own audience",
      "audience",
      ({ world }) => votedFor(world, asked, { aud: "https://valetkey.test/operate" }),
    ],
    [
      "for two audiences",
      "audience",
      ({ world }) => votedFor(world, asked, { aud: ["approvals", "https://valetkey.test/operate"] }),
    ],
    [
      "of another client that requested it",
      "audience",
      ({ world }) => votedFor(world, asked, { azp: "valetkey-console" }),
    ],
    ["without auth_time", "sign_in_unproven", ({ world }) => votedFor(world, asked, { auth_time: undefined })],
    [
      "by a sign-in of this morning",
      "sign_in_before_request",
      ({ world }) => votedFor(world, asked, { auth_time: world.nowSeconds() - 61 }),
    ],
    [
      "signed before the act was requested",
      "before_request",
      ({ world }) => votedFor(world, asked, { iat: world.nowSeconds() - 61, auth_time: world.nowSeconds() - 61 }),
    ],
    ["of the agents' issuer", "issuer", ({ world }) => votedFor(world, asked, { iss: "https://robots.test" })],
    ["of nobody's issuer", "issuer", ({ world }) => votedFor(world, asked, { iss: "https://else.test" })],
    [
      "by a key that the issuer does not publish any more",
      "issuer",
      ({ world }) => {
        const sent = votedFor(world, asked);
        return { ...sent, vote: String(sent.vote).replace(/\w+$/, "Zm9yZ2Vk") };
      },
    ],
    [
      "older than five minutes",
      "made_long_ago",
      ({ world }) => {
        const sent = votedFor(world, asked);
        world.pass(301);
        return sent;
      },
    ],
    [
      "for an act of the future",
      "made_in_future",
      ({ world }) => {
        const record = actRecord(world, asked, { created_at: world.nowSeconds() + 61 });
        const { nonce, created_at } = record;
        return { vote: actToken(world, record), nonce, created_at };
      },
    ],
  ];
  it.each(forged)("is not done by a vote %s (%s)", async (_, why, forge) => {
    const { service, before } = await begun();
    const answer = await perform(service, asked, { ...forge(service) });
    expect(answer).toMatchObject({ status: 400, body: { code: "vote_invalid" } });
    expect(service.world.lines.at(-1)).toMatchObject({ code: "vote_invalid", why });
    expect(eventsOf(service)).toHaveLength(before);
  });

  it("is not done twice by one sign-in, in turn or at once", async () => {
    const { service } = await begun();
    const [one, other] = [votedFor(service.world, asked), votedFor(service.world, asked)];
    await Promise.all([perform(service, asked, one), perform(service, asked, other)]);
    const done = eventsOf(service).filter(({ type }) => type === event);
    expect(done).toHaveLength(1);
    // Another act by the same sign-in, once this is done.
    const next: RequestedAct = { route: "POST /v1/agents", body: { ...NEW, id: "next", bindings: OTHER } };
    expect(codeOf(await perform(service, next))).toBe("409 sign_in_used");
    service.world.pass(1);
    expect(codeOf(await perform(service, next))).toBe("201 done");
  });

  it("is not done while the issuer's keys cannot be fetched, which is no refusal of the vote", async () => {
    const { service, before } = await begun();
    const vote = votedFor(service.world, asked);
    const operator = service.world.operatorToken();
    let calls = 0;
    service.world.ports.tokens.before = () => {
      calls += 1;
      if (calls > 1) throw new Refusal("issuer_unreachable");
    };
    expect(codeOf(await perform(service, asked, vote, operator))).toBe("503 issuer_unreachable");
    expect(eventsOf(service)).toHaveLength(before);
  });

  it.each([
    ["a text", "a vote"],
    ["nothing", null],
    ["no vote", { nonce: "A".repeat(22), created_at: 1 }],
    ["a short nonce", { vote: "a.b.c", nonce: "A", created_at: 1 }],
    ["no time", { vote: "a.b.c", nonce: "A".repeat(22) }],
    ["a field more", { vote: "a.b.c", nonce: "A".repeat(22), created_at: 1, hashes: ["x"] }],
    ["a token that is too long", { vote: "a".repeat(16_385), nonce: "A".repeat(22), created_at: 1 }],
  ])("takes no step_up that is %s", async (_, vote) => {
    const { service, before } = await begun();
    expect(codeOf(await perform(service, asked, vote as never))).toBe("400 malformed_request");
    expect(eventsOf(service)).toHaveLength(before);
  });

  it("is refused to an operator without the permission, before anybody needs to vote", async () => {
    const { service } = await begun();
    const token = service.world.operatorToken({ sub: "mallory" });
    expect(codeOf(await perform(service, asked, "none", token))).toBe("403 operator_denied");
  });
});

const OTHER = [{ issuer: "robots", claims: { sub: "agent:next" } }];

const sha256 = async (text: string) =>
  Buffer.from(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))).toString("base64url");
