import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { TimedCache } from "../../functions/adapters/memory/timed-cache.ts";
import type { Transmitter } from "../../functions/core/deployment/transmitter.ts";
import { SET_TYPE } from "../../functions/core/signals/read-signal.ts";
import { intake } from "../../functions/intake/intake.ts";
import { receiveSignal } from "../../functions/signals/receive-signal.ts";
import { FakeBus } from "../fakes/observed/bus.ts";
import { aConsent, giveConsent, personsToken } from "../fakes/samples/given-consent.ts";
import { perform, votedFor } from "../fakes/samples/voted-act.ts";
import { FakeService } from "../fakes/world/service.ts";
import { fakeToken } from "../fakes/world/tokens.ts";
import { DEPLOYMENT, fakeWorld, httpEvent, READ_REPORTS, URL_OF_HUB } from "../fakes/world/world.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";

watchWorlds();

const CAEP = "https://schemas.openid.net/secevent/caep/event-type/";
const REVOKED = `${CAEP}session-revoked`;
const OURS = `${URL_OF_HUB}/v1/signals`;
const FOR_PAT = { authorization_details: JSON.stringify(READ_REPORTS) };
const PARTNERS = {
  ...DEPLOYMENT.issuers.find(({ name }) => name === "staff"),
  name: "partners",
  url: "https://partners.test",
};

const transmitter = (name: string, people: string, subjects: Transmitter["subjects"]): Transmitter => ({
  issuer: {
    ...{ name, url: `https://${name}.test`, kind: "people", algorithms: ["ES256"], pin: "sub" },
    ...{ maxLifetimeSeconds: 0, skewSeconds: 30, replay: { mode: "single_use" }, required: {} },
  },
  ...{ audience: OURS, people, subjects },
});
const HEARING = {
  ...DEPLOYMENT,
  issuers: [...DEPLOYMENT.issuers, PARTNERS as (typeof DEPLOYMENT.issuers)[number]],
  transmitters: [transmitter("risk", "staff", "iss_sub"), transmitter("mdm", "staff", "opaque")],
};
type Fields = Readonly<Record<string, unknown>>;

/** The functions `signals` and `intake` over the world of a service. */
class Hearing {
  readonly service = new FakeService(fakeWorld({ deployment: HEARING }));
  readonly world = this.service.world;
  readonly bus = new FakeBus();
  readonly #taken = new TimedCache<true>(600_000, 10, () => this.world.ports.clock.nowMs());

  set(changed: Fields = {}, payload: Fields = {}, type = REVOKED): Fields {
    const iat = this.world.nowSeconds();
    return {
      ...{ iss: "https://risk.test", aud: OURS, iat, jti: randomUUID() },
      sub_id: { format: "iss_sub", iss: "https://staff.test", sub: "pat" },
      events: { [type]: payload },
      ...changed,
    };
  }

  async push(claims: Fields, typ = SET_TYPE, contentType = `application/${SET_TYPE}`) {
    return this.send(fakeToken(claims, typ), contentType);
  }

  async send(body: string, contentType = `application/${SET_TYPE}`) {
    const { clock, tokens, log } = this.world.ports;
    const event = httpEvent("POST /v1/signals", { headers: { "content-type": contentType }, body });
    const ports = { deployment: HEARING, clock, tokens, log, bus: this.bus, forwarded: this.#taken };
    const { statusCode, body: text } = await receiveSignal(event, ports);
    return { status: statusCode, body: text === "" ? undefined : (JSON.parse(text) as Fields) };
  }

  /** Hands what is on the bus to `intake`, as EventBridge does. */
  async deliver(): Promise<void> {
    for (const { type, ...detail } of this.bus.events)
      await intake(
        {
          ...{ id: randomUUID(), "detail-type": type, source: "valetkey", account: HEARING.bus.own },
          time: new Date(this.world.nowSeconds() * 1_000).toISOString(),
          detail: { version: "1", ...detail, requested_by: "valetkey" },
        },
        this.world.ports,
      );
  }

  async start(sub = "pat"): Promise<string> {
    return (await this.service.exchangeFor(this.world.personToken({ sub }), FOR_PAT)).body.task?.id ?? "";
  }

  statusOf(id: string): string | undefined {
    return this.world.ports.tasks.tasks.get(id)?.status;
  }

  lines(event: string) {
    return this.world.lines.filter((line) => line.event === event);
  }
}

describe("a security event that a transmitter pushes", () => {
  it.each([
    [REVOKED, "session-revoked"],
    [`${CAEP}credential-change`, "credential-change"],
    ["https://schemas.openid.net/secevent/risc/event-type/account-disabled", "account-disabled"],
    ["https://schemas.openid.net/secevent/risc/event-type/account-purged", "account-purged"],
  ])("%s ends what was opened for the person before (B4)", async (type, reason) => {
    const hearing = new Hearing();
    const [pats, kims] = [await hearing.start(), await hearing.start("kim")];
    hearing.world.pass(2);
    expect(await hearing.push(hearing.set({}, {}, type))).toEqual({ status: 202, body: undefined });
    expect(hearing.statusOf(pats)).toBe("active");
    await hearing.deliver();
    expect([hearing.statusOf(pats), hearing.statusOf(kims)]).toEqual(["revoked", "active"]);
    const { events } = hearing.world.ports.tasks;
    expect(events.find((event) => event.type === "person.tasks_ended")).toMatchObject({
      facts: { by: "signal:risk", person: "staff|pat", reason },
    });
    expect(JSON.stringify(hearing.world.lines)).not.toContain("staff|pat");
  });

  it("ends nothing that was opened after it, however often it comes again", async () => {
    const hearing = new Hearing();
    await hearing.start();
    hearing.world.pass(2);
    const token = fakeToken(hearing.set({}, { event_timestamp: hearing.world.nowSeconds() - 1 }), SET_TYPE);
    await hearing.send(token);
    await hearing.deliver();
    hearing.world.pass(5);
    const later = await hearing.start();
    const written = hearing.world.ports.tasks.events.length;
    hearing.world.pass(700);
    expect((await hearing.send(token)).status).toBe(202);
    expect(hearing.bus.events).toHaveLength(2);
    await hearing.deliver();
    expect(hearing.statusOf(later)).toBe("active");
    expect(hearing.world.ports.tasks.events).toHaveLength(written);
  });

  it("is put on the bus once by one process within ten minutes", async () => {
    const hearing = new Hearing();
    const token = fakeToken(hearing.set(), SET_TYPE);
    for (let times = 0; times < 3; times += 1) expect((await hearing.send(token)).status).toBe(202);
    expect(hearing.bus.events).toHaveLength(1);
  });

  it.each([
    ["its payload says", {}, { event_timestamp: 5 }, 5],
    ["its claim toe says", { toe: 7 }, {}, 7],
    ["it was issued, where nothing else says", {}, {}, undefined],
  ])("happened when %s", async (_, claims, payload, at) => {
    const hearing = new Hearing();
    await hearing.push(hearing.set(claims, payload));
    expect(hearing.bus.events).toMatchObject([{ dead_until: at ?? hearing.world.nowSeconds() }]);
  });

  it("counts as of now where the transmitter's clock is a little ahead", async () => {
    const hearing = new Hearing();
    await hearing.push(hearing.set({}, { event_timestamp: hearing.world.nowSeconds() + 20 }));
    expect(hearing.bus.events).toMatchObject([{ dead_until: hearing.world.nowSeconds() }]);
  });

  it("takes an opaque subject from a transmitter that is configured for it", async () => {
    const hearing = new Hearing();
    const task = await hearing.start();
    const sub_id = { format: "opaque", id: "pat" };
    expect((await hearing.push(hearing.set({ iss: "https://mdm.test", sub_id }))).status).toBe(202);
    await hearing.deliver();
    expect(hearing.statusOf(task)).toBe("revoked");
  });

  it("is answered 202 and has no effect where it is of another kind", async () => {
    const hearing = new Hearing();
    const verification = "https://schemas.openid.net/secevent/ssf/event-type/verification";
    const sub_id = { format: "opaque", id: "stream" };
    expect((await hearing.push(hearing.set({ sub_id }, { state: "x" }, verification))).status).toBe(202);
    expect([hearing.bus.events, hearing.lines("signal_refused")]).toEqual([[], []]);
  });

  it("about a person of another issuer is ignored, and rings (B5)", async () => {
    const hearing = new Hearing();
    const sub_id = { format: "iss_sub", iss: "https://partners.test", sub: "pat" };
    expect((await hearing.push(hearing.set({ sub_id }))).status).toBe(202);
    expect(hearing.bus.events).toEqual([]);
    expect(hearing.lines("signal_refused")).toMatchObject([{ level: "error", why: "foreign_subject" }]);
  });

  it("is sent again after an outage of the bus or of the keys", async () => {
    const hearing = new Hearing();
    hearing.bus.before = () => {
      throw new Error("the bus is away");
    };
    const token = fakeToken(hearing.set(), SET_TYPE);
    expect((await hearing.send(token)).status).toBe(503);
    hearing.bus.before = () => undefined;
    expect((await hearing.send(token)).status).toBe(202);
    expect(hearing.bus.events).toHaveLength(1);
  });
});

describe("consents of a person, by a security event", () => {
  const RISC = "https://schemas.openid.net/secevent/risc/event-type/";
  const DISABLED = `${RISC}account-disabled`;
  const live = (hearing: Hearing) => hearing.world.ports.given.live.get("staff|pat")?.size ?? 0;

  it.each(["account-disabled", "account-purged"])(
    "are withdrawn by %s, with their events, and those of nobody else",
    async (event) => {
      const hearing = new Hearing();
      const id = await giveConsent(hearing.service);
      await giveConsent(hearing.service, {}, "kim");
      hearing.world.pass(2);
      await hearing.push(hearing.set({}, {}, `${RISC}${event}`));
      await hearing.deliver();
      expect([live(hearing), hearing.world.ports.given.live.get("staff|kim")?.size]).toEqual([0, 1]);
      expect([...hearing.world.ports.tasks.persons.voted.keys()]).toEqual(["staff|pat"]);
      expect(hearing.world.ports.tasks.events.find(({ type }) => type === "consent.withdrawn")).toMatchObject({
        facts: { by: "signal:risk", consent: id },
      });
    },
  );

  it("stay where a session was revoked, and where they were given after the account was disabled", async () => {
    const hearing = new Hearing();
    const at = hearing.world.nowSeconds();
    hearing.world.pass(5);
    await giveConsent(hearing.service);
    hearing.world.pass(2);
    await hearing.push(hearing.set());
    await hearing.push(hearing.set({}, { event_timestamp: at }, DISABLED));
    await hearing.deliver();
    expect(live(hearing)).toBe(1);
    // Consents from before the disabling are void. The revoked session voids none.
    expect(hearing.world.ports.tasks.persons.voted.get("staff|pat")?.deadUntil).toBe(at);
  });

  it("are withdrawn where they were given after the account was disabled, by a sign-in of before", async () => {
    const hearing = new Hearing();
    const { service, world } = hearing;
    const at = world.nowSeconds();
    const vote = votedFor(world, aConsent(), { groups: ["support"] }, "pat");
    world.pass(5);
    expect((await perform(service, aConsent(), vote, personsToken(service))).status).toBe(201);
    await hearing.push(hearing.set({}, { event_timestamp: at + 2 }, DISABLED));
    await hearing.deliver();
    expect(live(hearing)).toBe(0);
  });

  it("are not those of the next holder of the person's id: old tokens, consents and votes are dead, and new ones stay", async () => {
    const hearing = new Hearing();
    const { service, world } = hearing;
    const request = { authorization_details: JSON.stringify(aConsent().body.authorization_details) };
    const token = () => world.personToken({ may_act: undefined });
    await giveConsent(service);
    world.pass(1);
    const [before, vote] = [token(), votedFor(world, aConsent(), { groups: ["support"] }, "pat")];
    const task = (await service.exchangeFor(token(), request)).body.task?.id ?? "";
    const purged = fakeToken(hearing.set({}, {}, `${RISC}account-purged`), SET_TYPE);
    await hearing.send(purged);
    await hearing.deliver();
    world.pass(2);
    // The same id belongs to somebody else now.
    expect([live(hearing), hearing.statusOf(task)]).toEqual([0, "revoked"]);
    expect((await service.exchangeFor(before, request)).body.code).toBe("actor_not_allowed");
    expect((await service.exchangeFor(token(), request)).body.code).toBe("actor_not_allowed");
    expect((await perform(service, aConsent(), vote, personsToken(service))).body.code).toBe("sign_in_used");
    await giveConsent(service);
    const next = (await service.exchangeFor(token(), request)).body.task?.id ?? "";
    await hearing.send(purged);
    await hearing.deliver();
    expect([live(hearing), hearing.statusOf(next)]).toEqual([1, "active"]);
  });

  it("leave votes alone where a session was revoked", async () => {
    const hearing = new Hearing();
    hearing.world.pass(2);
    await hearing.push(hearing.set());
    await hearing.deliver();
    expect(hearing.world.ports.tasks.persons.voted.size).toBe(0);
  });

  it("are withdrawn where a publisher offboards the person", async () => {
    const hearing = new Hearing();
    await giveConsent(hearing.service);
    await intake(
      {
        ...{ id: randomUUID(), "detail-type": "person.offboard", source: "valetkey.request", account: "444455556666" },
        time: new Date(hearing.world.nowSeconds() * 1_000).toISOString(),
        detail: { version: "1", person: "staff|pat", reason: "left the company", requested_by: "hr" },
      },
      hearing.world.ports,
    );
    expect(live(hearing)).toBe(0);
    expect([...hearing.world.ports.tasks.persons.voted.keys()]).toEqual(["staff|pat"]);
  });
});

describe("a token that is no such event", () => {
  const claims: readonly (readonly [string, Fields, string])[] = [
    ["of nobody's transmitter", { iss: "https://evil.test" }, "invalid_issuer"],
    ["of a people's issuer that is no transmitter", { iss: "https://staff.test" }, "invalid_issuer"],
    ["for another audience", { aud: URL_OF_HUB }, "invalid_audience"],
    ["for several audiences", { aud: [OURS, URL_OF_HUB] }, "invalid_audience"],
    ["for nobody", { aud: undefined }, "invalid_audience"],
    ["without an id", { jti: undefined }, "invalid_request"],
    ["without a time", { iat: undefined }, "invalid_request"],
    ["issued in the future", { iat: 4e9 }, "invalid_request"],
    ["that happened in the future", { toe: 4e9 }, "invalid_request"],
    ["without events", { events: undefined }, "invalid_request"],
    ["with no event", { events: {} }, "invalid_request"],
    ["with two events", { events: { [REVOKED]: {}, [`${CAEP}credential-change`]: {} } }, "invalid_request"],
    ["whose event is no object", { events: { [REVOKED]: 1 } }, "invalid_request"],
    ["that happened at no number", { events: { [REVOKED]: { event_timestamp: "now" } } }, "invalid_request"],
    ["without a subject", { sub_id: undefined }, "invalid_request"],
    ["about an e-mail address", { sub_id: { format: "email", email: "pat@acme.test" } }, "invalid_request"],
    [
      "about the members of another format",
      { sub_id: { format: "x", iss: "https://staff.test", sub: "pat" } },
      "invalid_request",
    ],
    ["about an opaque id, unasked", { sub_id: { format: "opaque", id: "pat" } }, "invalid_request"],
    [
      "about a person with more members",
      { sub_id: { format: "iss_sub", iss: "https://staff.test", sub: "pat", email: "x" } },
      "invalid_request",
    ],
    ["about nobody", { sub_id: { format: "iss_sub", iss: "https://staff.test", sub: "" } }, "invalid_request"],
    ["about a list", { sub_id: { format: "iss_sub", iss: "https://staff.test", sub: ["pat"] } }, "invalid_request"],
  ];
  it.each(claims)("%s is refused as RFC 8935 has it, and ends nothing", async (_, changed, err) => {
    const hearing = new Hearing();
    const { status, body } = await hearing.push(hearing.set(changed));
    expect([status, body?.err, typeof body?.description]).toEqual([400, err, "string"]);
    expect(hearing.bus.events).toEqual([]);
  });

  it.each(["JWT", "application/secevent+jwt", "SecEvent+JWT", "at+jwt"])("of the type %s is refused", async (typ) => {
    const hearing = new Hearing();
    expect(await hearing.push(hearing.set(), typ)).toMatchObject({
      status: 400,
      body: { err: "authentication_failed" },
    });
    expect(hearing.bus.events).toEqual([]);
  });

  it("is refused where it is not signed, no token, too long, or in a form", async () => {
    const hearing = new Hearing();
    const token = fakeToken(hearing.set(), SET_TYPE);
    expect(await hearing.send(`${token}x`)).toMatchObject({ status: 400 });
    expect(await hearing.send("")).toMatchObject({ status: 400, body: { err: "invalid_request" } });
    expect(await hearing.send("x".repeat(40_000))).toMatchObject({ status: 400, body: { err: "invalid_request" } });
    expect(await hearing.send(token, "application/json")).toMatchObject({ status: 400 });
    expect(hearing.bus.events).toEqual([]);
  });

  it("rings where a transmitter sent it, and not where a stranger did", async () => {
    const hearing = new Hearing();
    await hearing.push(hearing.set({ iss: "https://evil.test" }));
    expect(hearing.world.lines.filter(({ level }) => level === "error")).toEqual([]);
    await hearing.push(hearing.set({ sub_id: { format: "email", email: "pat@acme.test" } }));
    expect(hearing.lines("signal_refused")).toMatchObject([{ level: "error", transmitter: "risk" }]);
    expect(JSON.stringify(hearing.world.lines)).not.toContain("pat@acme.test");
  });
});

describe("intake, of what signals puts on the bus", () => {
  const own = (hearing: Hearing, detail: Fields, changed: Fields = {}) => ({
    ...{ id: randomUUID(), "detail-type": "person.offboard", source: "valetkey", account: HEARING.bus.own },
    time: new Date(hearing.world.nowSeconds() * 1_000).toISOString(),
    detail: {
      ...{ version: "1", person: "staff|pat", dead_until: hearing.world.nowSeconds(), transmitter: "risk" },
      ...{ reason: "session-revoked", requested_by: "valetkey", ...detail },
    },
    ...changed,
  });

  const BAD: readonly (readonly [string, Fields, Fields])[] = [
    ["about people of whom no transmitter speaks", { person: "partners|pat" }, {}],
    ["by a transmitter that is not configured", { transmitter: "nobody" }, {}],
    ["without a transmitter", { transmitter: undefined }, {}],
    ["from the future", { dead_until: 4e9 }, {}],
    ["without a moment", { dead_until: undefined }, {}],
    ["whose moment is text", { dead_until: "0" }, {}],
    ["from another account", {}, { account: "444455556666" }],
  ];
  it.each(BAD)("believes none %s (B5)", async (_, detail, changed) => {
    const hearing = new Hearing();
    const task = await hearing.start();
    await intake(own(hearing, detail, changed), hearing.world.ports);
    expect(hearing.statusOf(task)).toBe("active");
    expect(hearing.world.ports.tasks.persons.cuts.size).toBe(0);
    expect(hearing.lines("event_refused")).toHaveLength(1);
  });

  it.each([
    ["with a field that is not known", { agent: "demo" }],
    ["of another version", { version: "2" }],
  ])("has what is %s tried again and set aside: a newer release may have put it", async (_, detail) => {
    const hearing = new Hearing();
    const task = await hearing.start();
    await expect(intake(own(hearing, detail), hearing.world.ports)).rejects.toThrow("has a form of another release");
    expect([hearing.statusOf(task), hearing.world.ports.tasks.persons.cuts.size]).toEqual(["active", 0]);
  });

  it("ends the person's tasks where it is as it must be", async () => {
    const hearing = new Hearing();
    const task = await hearing.start();
    await intake(own(hearing, {}), hearing.world.ports);
    expect(hearing.statusOf(task)).toBe("revoked");
  });
});
