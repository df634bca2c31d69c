import { describe, expect, it } from "vitest";
import { Refusal } from "../../functions/core/refusal.ts";
import { policiesWithPermit } from "../fakes/world/world.ts";
import { CONTACTS, ConnectedWorld, ORDERS } from "../harness/connected-world.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";
import { attempt, NOTHING } from "./connected-tasks.ts";

watchWorlds();

describe("a token, which nobody finds by a name", () => {
  const withTokens = () => {
    const one = new ConnectedWorld({
      policies: policiesWithPermit("crm", "permit (principal, action, resource is Scope);"),
    });
    const ask = one.oauth.ask.bind(one.oauth);
    one.oauth.ask = async () => {
      const answer = await ask();
      one.world.secrets.add(answer.token);
      return answer;
    };
    return one;
  };

  it("is handed out, stored sealed, and dead once its task has ended", async () => {
    const one = withTokens();
    const answer = await one.service.exchange(one.ask(CONTACTS));
    expect(answer.body.credentials).toMatchObject([{ type: "oauth", name: "oauth-0", scope: "contacts.read" }]);
    expect(one.oauth.live.has(String(answer.body.credentials?.[0]?.access_token))).toBe(true);
    await one.service.complete({ id: answer.body.task?.id ?? "", token: answer.body.access_token ?? "" });
    await attempt(one);
    expect([one.remaining(), one.oauth.live.size]).toEqual([NOTHING, 0]);
  });

  it("is revoked at once where another credential of the task cannot be had, or the record cannot be written", async () => {
    const one = withTokens();
    one.databases.missing.add("public.orders");
    expect((await one.service.exchange(one.ask(CONTACTS, ORDERS))).status).toBe(400);
    expect(one.oauth.live.size).toBe(0);
    one.world.ports.tasks.before = (method) => {
      if (method === "confirm") throw new Refusal("store_unavailable");
    };
    expect((await one.service.exchange(one.ask(CONTACTS))).status).toBe(503);
    expect(one.oauth.live.size).toBe(0);
  });

  it("is not issued twice: a repeat learns that it was issued", async () => {
    const one = withTokens();
    const form = { ...one.ask(CONTACTS), subject_token: one.world.agentToken(), idempotency_key: "once" };
    await one.service.exchange(form);
    one.world.pass(11);
    const { status, body } = await one.service.exchange(form);
    expect(status).toBe(200);
    expect(body.credentials).toEqual([
      { type: "oauth", name: "oauth-0", issued_before: true, expires_at: "2026-11-24T12:15:00Z" },
    ]);
    expect(one.oauth.live.size).toBe(1);
  });
});
