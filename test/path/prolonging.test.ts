import { describe, expect, it } from "vitest";
import { TOKEN_TYPES } from "../../contract/names.ts";
import { endPerson } from "../../functions/steps/tasks/end-person.ts";
import type { FakeService, Held } from "../fakes/world/service.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";
import { NORTH, serve } from "./acting-for-people.ts";
import { ConsentScene } from "./approvals/consent.ts";

watchWorlds();

const PAT = { issuer: "staff", value: "pat" };
/** Opens a task of two hours for Pat. */
async function opened(service: FakeService, request: object = NORTH, seconds = 7_200): Promise<Held> {
  const { body } = await service.exchangeFor(service.world.personToken(), { ...request, task_ttl: String(seconds) });
  return { id: body.task?.id ?? "", token: body.access_token ?? "" };
}
const recordOf = ({ world }: FakeService, { id }: Held) => world.ports.tasks.tasks.get(id as never);
const secondsLeft = (service: FakeService, held: Held) =>
  (recordOf(service, held)?.expiresAt ?? 0) - service.world.nowSeconds();

describe("a person's fresh token with the task's token", () => {
  it("moves the task's hour, up to what the task was opened for, and the task goes on", async () => {
    const service = serve();
    const held = await opened(service);
    service.world.pass(3_000);
    const { status, body } = await service.prolong(held, service.world.personToken());
    expect([status, body]).toMatchObject([
      200,
      { access_token: held.token, sub: "staff|pat", act: { sub: "demo" }, task: { id: held.id, status: "active" } },
    ]);
    expect(body.credentials).toEqual([]);
    expect(secondsLeft(service, held)).toBe(3_600);
    service.world.pass(3_000);
    expect((await service.renew(held)).status).toBe(200);
    expect((await service.prolong(held, service.world.personToken())).status).toBe(200);
    expect(secondsLeft(service, held)).toBe(1_200);
    expect(service.world.ports.tasks.events.filter(({ type }) => type === "task.prolonged")).toMatchObject([
      { facts: { agent: "demo", on_behalf_of: "staff|pat" } },
      { facts: { agent: "demo", on_behalf_of: "staff|pat" } },
    ]);
    service.world.pass(1_200);
    expect((await service.renew(held)).status).toBe(403);
  });

  it("is what moves it: without one the task ends within its hour", async () => {
    const service = serve();
    const held = await opened(service);
    service.world.pass(3_600);
    expect((await service.renew(held)).body.code).toBe("task_ended");
    expect((await service.prolong(held, service.world.personToken())).body.code).toBe("task_ended");
  });

  it("renews the sealed groups, and what they permit no more is refused from then on", async () => {
    const service = serve();
    const held = await opened(service);
    service.world.pass(60);
    const without = service.world.personToken({ groups: [] });
    expect((await service.prolong(held, without)).body.code).toBe("policy_denied");
    const { status } = await service.prolong(held, service.world.personToken({ groups: ["support", "more"] }));
    expect([status, recordOf(service, held)?.onBehalf?.groups]).toEqual([200, ["staff|support", "staff|more"]]);
    expect((await service.renew(held)).status).toBe(200);
  });

  it("is the person's of the task, who is compared with issuer and id (B2, B5)", async () => {
    const service = serve();
    const held = await opened(service);
    service.world.pass(60);
    const { status, body } = await service.prolong(held, service.world.personToken({ sub: "kim" }));
    expect([status, body.error_description]).toEqual([400, expect.stringContaining("another person")]);
  });

  it.each<[string, object | ((now: number) => object), string]>([
    ["names another agent", { may_act: { iss: "https://robots.test", sub: "agent:helper" } }, "actor_not_allowed"],
    ["names no agent, though the first one did", { may_act: undefined }, "actor_not_allowed"],
    ["has somebody act already", { act: { sub: "x" } }, "token_claims"],
    ["is for the operators' routes", { aud: "https://valetkey.test/operate" }, "token_audience"],
    ["is older than 15 minutes", (now) => ({ iat: now - 1_000 }), "token_expired"],
    ["was issued when the first one was", (now) => ({ iat: now - 60 }), "token_expired"],
    ["was issued before the first one", (now) => ({ iat: now - 61 }), "token_expired"],
    ["is an agent's", { iss: "https://robots.test" }, "delegation_unsupported"],
  ])("is refused where it %s", async (_, claims, code) => {
    const service = serve();
    const held = await opened(service);
    service.world.pass(60);
    const before = recordOf(service, held);
    const of = typeof claims === "function" ? claims(service.world.nowSeconds()) : claims;
    const { body } = await service.prolong(held, service.world.personToken({ ...of }));
    expect(body.code).toBe(code);
    expect(recordOf(service, held)).toEqual(before);
  });

  it("is used once, and never the one that opened the task", async () => {
    const service = serve();
    const first = service.world.personToken();
    const { body } = await service.exchangeFor(first, { ...NORTH, task_ttl: "7200" });
    const held = { id: body.task?.id ?? "", token: body.access_token ?? "" };
    const other = await opened(service);
    service.world.pass(60);
    expect((await service.prolong(held, first)).body.code).toBe("token_expired");
    const fresh = service.world.personToken();
    expect((await service.prolong(held, fresh)).status).toBe(200);
    expect((await service.prolong(held, fresh)).body.code).toBe("token_expired");
    expect((await service.prolong(other, fresh)).body.code).toBe("token_replayed");
  });

  it("counts no earlier than another that came before it, whoever holds tokens back", async () => {
    const service = serve();
    const held = await opened(service);
    service.world.pass(60);
    const older = service.world.personToken();
    service.world.pass(1);
    const newer = service.world.personToken();
    expect((await service.prolong(held, newer)).status).toBe(200);
    expect((await service.prolong(held, older)).body.code).toBe("token_expired");
  });

  it("requests nothing else, and takes no other token for the task's", async () => {
    const service = serve();
    const held = await opened(service);
    service.world.pass(60);
    const token = () => service.world.personToken();
    expect((await service.prolong(held, token(), { ...NORTH })).body.code).toBe("malformed_request");
    expect((await service.prolong({ ...held, token: "vk_none" }, token())).body.code).toBe("subject_token_unknown");
    const asRequested = await service.prolong(held, token(), { subject_token_type: TOKEN_TYPES.task });
    expect(asRequested.body.code).toBe("unsupported_token_type");
  });

  it("is of no use to a task that acts for nobody, nor to a sub-agent's", async () => {
    const service = serve();
    const own = await service.start(NORTH);
    expect((await service.prolong(own, service.world.personToken())).body.code).toBe("malformed_request");
    const held = await opened(service);
    const below = await service.exchangeDelegation(await service.delegation(held), NORTH);
    const child = { id: below.body.task?.id ?? "", token: below.body.access_token ?? "" };
    service.world.pass(60);
    expect((await service.prolong(child, service.world.personToken())).body.code).toBe("malformed_request");
  });

  it("is what a sub-agent's later task lives by, and the earlier one retains its hour", async () => {
    const service = serve();
    const held = await opened(service);
    const open = async () => {
      const { body } = await service.exchangeDelegation(await service.delegation(held), { ...NORTH, task_ttl: "7200" });
      return { id: body.task?.id ?? "", token: body.access_token ?? "" };
    };
    const early = await open();
    service.world.pass(3_000);
    await service.prolong(held, service.world.personToken());
    const late = await open();
    expect([secondsLeft(service, early), secondsLeft(service, late)]).toEqual([600, 3_600]);
  });
});

describe("a task that ends with the person, after a fresh token", () => {
  it("is one from before, though the person has signed in since", async () => {
    const service = serve();
    const held = await opened(service);
    service.world.pass(60);
    const eventAt = service.world.nowSeconds();
    service.world.pass(60);
    expect((await service.prolong(held, service.world.personToken())).status).toBe(200);
    await endPerson(PAT, "event:late", service.world.ports, { deadUntil: eventAt });
    expect(recordOf(service, held)?.status).toBe("revoked");
  });

  it("takes no fresh token, and without the list it is dead all the same", async () => {
    const service = serve();
    const held = await opened(service);
    service.world.pass(60);
    service.world.ports.tasks.persons.cut(PAT, { deadUntil: service.world.nowSeconds(), by: "somebody" });
    service.world.pass(60);
    expect((await service.prolong(held, service.world.personToken())).body.code).toBe("task_ended");
    expect((await service.renew(held)).body.code).toBe("task_ended");
  });

  it("is not prolonged by a token that is recorded while the person ends", async () => {
    const service = serve();
    const held = await opened(service);
    service.world.pass(60);
    const { tasks } = service.world.ports;
    tasks.before = (method) => {
      if (method === "prolong") tasks.persons.cut(PAT, { deadUntil: service.world.nowSeconds() - 30, by: "somebody" });
    };
    expect((await service.prolong(held, service.world.personToken())).body.code).toBe("person_ended");
    expect(recordOf(service, held)?.onBehalf?.freshAt).toBeUndefined();
  });
});

describe("a task that waits for people", () => {
  it("takes no fresh token while it waits, and one once the approval is used", async () => {
    const scene = new ConsentScene();
    const held = await scene.asked("pat", { task_ttl: "7200" });
    const waitsUntil = recordOf(scene.service, held)?.expiresAt;
    scene.world.pass(60);
    const pending = await scene.service.prolong(held, scene.world.personToken());
    expect([pending.body.code, recordOf(scene.service, held)?.expiresAt]).toEqual([
      "authorization_pending",
      waitsUntil,
    ]);
    scene.consent(held);
    expect((await scene.poll(held)).status).toBe(200);
    scene.world.pass(60);
    expect((await scene.service.prolong(held, scene.world.personToken())).status).toBe(200);
    expect(secondsLeft(scene.service, held)).toBe(3_600);
    scene.world.pass(20);
    expect((await scene.service.renew(held)).status).toBe(200);
  });
});
