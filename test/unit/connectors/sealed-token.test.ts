import { expect, it } from "vitest";
import { orRevoke } from "../../../functions/connectors/or-revoke.ts";
import {
  diesBy,
  diesByWhateverHappens,
  isToken,
  revokeSealedToken,
  sealToken,
} from "../../../functions/connectors/sealed-token.ts";
import { Refusal } from "../../../functions/core/refusal.ts";
import type { TaskPath } from "../../../functions/core/task-path.ts";
import type { ConnectorLease } from "../../../functions/core/tasks/connector-lease.ts";
import { FakeSealer } from "../../fakes/secrets/sealer.ts";

const NOW = 1_800_000_000;
const LEASE: ConnectorLease = {
  name: "oauth-0",
  type: "oauth",
  path: "k7f3m2q9x4ab." as TaskPath,
  detail: 0,
  state: "issued",
  startedAt: NOW,
  expiresAt: NOW + 900,
  made: { dies_by: NOW + 600 },
};
const sealer = new FakeSealer();
const ended: string[] = [];
const end = async (token: string) => void ended.push(token);
const at = (seconds: number) => ({ sealer, clock: { nowMs: () => (NOW + seconds) * 1_000 } });

it("a requested token is dead after the time to request it, its longest life and a minute for clocks", () => {
  expect(diesByWhateverHappens(NOW, 600)).toBe(NOW + 30 + 600 + 60);
  expect(diesBy(NOW + 0.9)).toBe(NOW + 60);
});

it("I5: a token whose answer was lost is unknown until it is dead, to the second", async () => {
  expect(await revokeSealedToken(LEASE, at(599), end)).toBe("unknown");
  expect(await revokeSealedToken(LEASE, at(600), end)).toBe("revoked");
  // Without that time no moment is known from which on the token is dead.
  expect(await revokeSealedToken({ ...LEASE, made: {} }, at(1e9), end)).toBe("unknown");
  expect(ended).toEqual([]);
});

it("a stored token is ended as long as it may be alive", async () => {
  const sealed = await sealToken("canary", LEASE, sealer);
  expect(sealed).not.toContain("canary");
  expect(await revokeSealedToken({ ...LEASE, sealed }, at(0), end)).toBe("revoked");
  expect(ended.splice(0)).toEqual(["canary"]);
  expect(await revokeSealedToken({ ...LEASE, sealed }, at(600), end)).toBe("revoked");
  expect(ended).toEqual([]);
});

it("a token that is stored in another lease's name is not ended, and that is reported", async () => {
  const sealed = await sealToken("canary", { ...LEASE, name: "oauth-1" }, sealer);
  expect(await revokeSealedToken({ ...LEASE, sealed }, at(0), end)).toBe("failed");
  expect(await revokeSealedToken({ ...LEASE, sealed: "canary" }, at(0), end)).toBe("failed");
  expect(ended).toEqual([]);
});

it("a key that cannot be had leaves it unknown", async () => {
  const away = new FakeSealer();
  away.before = () => {
    throw new Refusal("connector_unavailable");
  };
  expect(await revokeSealedToken({ ...LEASE, sealed: "v1.a.b.c" }, { ...at(0), sealer: away }, end)).toBe("unknown");
});

it.each<[boolean, string]>([
  [true, "abc-._~+/="],
  [true, "x".repeat(8_192)],
  [false, "x".repeat(8_193)],
  [false, ""],
  [false, "a b"],
  [false, "a\r\nb"],
  [false, "\u0430"],
])("isToken returns %s for %j", (expected, text) => {
  expect(isToken(text)).toBe(expected);
});

it("credentials that cannot be handed out are revoked before the failure goes on, which states whether that worked", async () => {
  const fail = () => Promise.reject(new Refusal("connector_refused", { why: "wider" }));
  await expect(orRevoke(fail, async () => undefined)).rejects.toMatchObject({ detail: { why: "wider; revoked" } });
  await expect(orRevoke(fail, fail)).rejects.toMatchObject({ detail: { why: "wider; could not be revoked" } });
  const held = () => Promise.reject(new Refusal("connector_unavailable", { retryAfterSeconds: 3 }));
  await expect(orRevoke(held, async () => undefined)).rejects.toMatchObject({
    code: "connector_unavailable",
    detail: { retryAfterSeconds: 3, why: "connector_unavailable; revoked" },
  });
});

it("a bug while it is stored revokes it as well, and stays a bug", async () => {
  let isBack = false;
  const bug = () => Promise.reject(new TypeError("a bug"));
  const back = async () => {
    isBack = true;
  };
  await expect(orRevoke(bug, back)).rejects.toThrow(TypeError);
  expect(isBack).toBe(true);
});
