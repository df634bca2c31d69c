import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { CredentialCache, type Renewal } from "../../../client/credentials/credential-cache.ts";
import type { Credential } from "../../../client/task/held-task.ts";

const START_MS = Date.parse("2026-11-24T12:00:00Z");

function cred(serial: number, endsInSeconds: number): Credential {
  const Expiration = new Date(START_MS + endsInSeconds * 1_000).toISOString();
  return { AccessKeyId: `ASIA${serial}`, SecretAccessKey: "s", Token: "t", Expiration };
}

/** A cache over a credential of 900 s in a task of an hour; the clock is the test's. */
function rig(options: { first?: number; task?: number; renew?: () => Promise<Renewal> } = {}) {
  let nowMs = START_MS;
  let renewals = 0;
  const renew =
    options.renew ??
    (async () => ({ kind: "renewed" as const, credential: cred(renewals, (nowMs - START_MS) / 1_000 + 900) }));
  const cache = new CredentialCache({
    first: cred(0, options.first ?? 900),
    taskExpiresAtMs: START_MS + (options.task ?? 3_600) * 1_000,
    nowMs: () => nowMs,
    renew: () => {
      renewals += 1;
      return renew();
    },
  });
  return {
    at: async (seconds: number) => {
      nowMs = START_MS + seconds * 1_000;
      const current = await cache.current();
      return "credential" in current ? current.credential.AccessKeyId : current;
    },
    renewals: () => renewals,
  };
}

describe("the cache of a credential", () => {
  it("answers from what it holds until half of its life is over, then renews", async () => {
    const { at, renewals } = rig();
    expect([await at(0), await at(449), renewals()]).toEqual(["ASIA0", "ASIA0", 0]);
    expect([await at(450), await at(451), renewals()]).toEqual(["ASIA1", "ASIA1", 1]);
  });

  it.each([60, 120, 300, 900])(
    "renews twice in the life of a session of %i seconds, whoever asks each second",
    async (seconds) => {
      const { at, renewals } = rig({
        first: seconds,
        renew: async () => ({ kind: "renewed", credential: cred(1, now + seconds) }),
      });
      let now = 0;
      for (; now < 3_000; now += 1) await at(now);
      expect(renewals()).toBe(Math.ceil(3_000 / (seconds / 2)) - 1);
    },
  );

  it("sends one request for all who wait", async () => {
    let resolve = (_: Renewal) => {};
    const { at, renewals } = rig({
      renew: () =>
        new Promise((attempt) => {
          resolve = attempt;
        }),
    });
    const waiting = [at(500), at(500), at(500)];
    resolve({ kind: "renewed", credential: cred(1, 1_400) });
    expect(await Promise.all(waiting)).toEqual(["ASIA1", "ASIA1", "ASIA1"]);
    expect(renewals()).toBe(1);
  });

  it("gives out what it holds within the second that the JavaScript SDK waits, when a renewal hangs", async () => {
    const { at } = rig({ renew: () => new Promise(() => {}) });
    // Timers end in their order, however busy the machine is.
    const tooLate = sleep(950, "too late");
    expect(await Promise.race([at(500), tooLate])).toBe("ASIA0");
  });

  it("obeys the service's Retry-After, and serves its credential meanwhile", async () => {
    const { at, renewals } = rig({ renew: async () => ({ kind: "later", retryAfterSeconds: 7 }) });
    expect([await at(500), await at(506), renewals()]).toEqual(["ASIA0", "ASIA0", 1]);
    expect([await at(507), renewals()]).toEqual(["ASIA0", 2]);
  });

  it("bridges an outage with what it holds, and not one moment longer than that lives", async () => {
    const { at } = rig({ renew: async () => ({ kind: "unreachable" }) });
    expect(await at(899)).toBe("ASIA0");
    expect(await at(900)).toEqual({ refused: false, sentence: expect.stringContaining("try again") });
  });

  it("recovers when the outage is over", async () => {
    let isUp = false;
    const { at } = rig({
      renew: async () => (isUp ? { kind: "renewed", credential: cred(1, 2_000) } : { kind: "unreachable" }),
    });
    await at(1_000);
    isUp = true;
    expect(await at(1_003)).toBe("ASIA1");
  });

  it("gives nothing out after a refusal, though its credential has time left, and sends no further request", async () => {
    const { at, renewals } = rig({ renew: async () => ({ kind: "refused", sentence: "The task has ended." }) });
    for (const seconds of [500, 600])
      expect(await at(seconds)).toEqual({ refused: true, sentence: "The task has ended." });
    expect(renewals()).toBe(1);
  });

  it("does not renew what lives as long as its task, and reports its end after that", async () => {
    const { at, renewals } = rig({ first: 899, task: 900 });
    expect(await at(898)).toBe("ASIA0");
    expect(await at(900)).toEqual({ refused: true, sentence: expect.stringContaining("--ttl") });
    expect(renewals()).toBe(0);
  });

  it("does not send request after request for a renewal that lasts no longer", async () => {
    const { at, renewals } = rig({ renew: async () => ({ kind: "renewed", credential: cred(1, 900) }) });
    for (const seconds of [500, 520, 600, 899]) expect(await at(seconds)).toBe("ASIA1");
    expect(renewals()).toBe(1);
  });
});
