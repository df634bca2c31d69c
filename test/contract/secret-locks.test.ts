import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AgentId, agentId } from "../../contract/agent-id.ts";
import { DynamoSecretLocks } from "../../functions/adapters/dynamodb/leases/dynamo-secret-locks.ts";
import { sdkTable } from "../../functions/adapters/dynamodb/table/sdk-table-client.ts";
import { Refusal } from "../../functions/core/refusal.ts";
import type { SecretLocks, SecretState, Wanted } from "../../functions/core/secrets/secret-lock.ts";
import { type LocalAccounts, startAccounts } from "../../local/cloud/local-accounts.ts";
import { FakeSecretLocks } from "../fakes/secrets/secret-locks.ts";

const NOW = 1_800_000_000;
let nowSeconds = NOW;
const nowMs = () => nowSeconds * 1_000;

let accounts: LocalAccounts;
beforeAll(async () => {
  accounts = await startAccounts();
});
afterAll(() => accounts.close());

function inDynamo(): SecretLocks {
  accounts.become("tester");
  return new DynamoSecretLocks(sdkTable(accounts.scope.tableName), nowMs);
}

describe.each([
  ["holds in memory", () => new FakeSecretLocks(nowMs)],
  ["holds in DynamoDB", inDynamo],
])("%s", (_, start) => {
  let locks: SecretLocks;
  beforeAll(() => {
    locks = start();
  });

  const wanted = (changed: Partial<Wanted> = {}): Wanted => {
    const name = `reports/${randomUUID()}`;
    return { name, arn: `arn:aws:secretsmanager:us-east-1:1:secret:${name}-a1B2c3`, rotates: false, ...changed };
  };
  const stateOf = async ({ name }: Wanted): Promise<SecretState | undefined> =>
    (await locks.states()).find((state) => state.name === name);
  const held = (retryAfterSeconds: number, ...names: string[]) =>
    expect.objectContaining({
      code: "secret_held",
      detail: { say: `It is about ${names.join(", ")}.`, retryAfterSeconds },
    });
  const ONE = "k7f3m2q9x4ab.#secret-0";
  const TWO = "aaaaaaaaaaaa.#secret-0";

  it("locks a secret for one holder, and gives the next a time to retry", async () => {
    nowSeconds = NOW;
    const secret = wanted();
    await locks.take([secret], ONE, NOW + 900);
    expect(await stateOf(secret)).toEqual({ ...secret, status: "held", holder: ONE, until: NOW + 900 });
    await expect(locks.take([secret], TWO, NOW + 900)).rejects.toEqual(held(900, secret.name));
    expect((await stateOf(secret))?.holder).toBe(ONE);
  });

  it("renews the lock for a holder that requests again", async () => {
    const secret = wanted();
    await locks.take([secret], ONE, NOW + 900);
    await locks.take([secret], ONE, NOW + 900);
    expect((await stateOf(secret))?.holder).toBe(ONE);
  });

  it("locks several secrets or none", async () => {
    const [first, locked, last] = [wanted(), wanted(), wanted()];
    await locks.take([locked], ONE, NOW + 900);
    await expect(locks.take([first, locked, last], TWO, NOW + 900)).rejects.toEqual(held(900, locked.name));
    expect([await stateOf(first), await stateOf(last)]).toEqual([undefined, undefined]);
    await locks.release([locked.name], ONE, NOW);
    await locks.take([first, locked, last], TWO, NOW + 900);
    expect([await stateOf(first), await stateOf(locked), await stateOf(last)]).toMatchObject(
      Array.from({ length: 3 }, () => ({ holder: TWO })),
    );
  });

  it("gives the secret to one of many concurrent requests, and lets one proceed of two that want each other's secrets", async () => {
    const [left, right] = [wanted(), wanted()];
    const outcomes = await Promise.allSettled(
      Array.from({ length: 6 }, (_, index) =>
        locks.take(index % 2 ? [left, right] : [right, left], `holder-${index}`, NOW + 900),
      ),
    );
    const reasons = outcomes.flatMap((each) => (each.status === "rejected" ? [each.reason] : []));
    expect(outcomes.length - reasons.length).toBeLessThanOrEqual(1);
    for (const reason of reasons) expect(["secret_held", "contended"]).toContain((reason as Refusal).code);
    const [one, other] = [await stateOf(left), await stateOf(right)];
    expect(one?.holder).toBe(other?.holder);
  });

  it("takes nothing from others, and releases nothing twice", async () => {
    const [mine, theirs, unknown] = [wanted(), wanted(), wanted()];
    await locks.take([mine], ONE, NOW + 900);
    await locks.take([theirs], TWO, NOW + 900);
    const names = [mine, theirs, unknown].map(({ name }) => name);
    await locks.release(names, ONE, NOW);
    await locks.release(names, ONE, NOW);
    expect(await stateOf(mine)).toEqual({ ...mine, status: "free" });
    expect((await stateOf(theirs))?.holder).toBe(TWO);
    expect(await stateOf(unknown)).toBeUndefined();
  });

  it("frees a used secret only after its rotation", async () => {
    const secret = wanted({ rotates: true });
    await locks.take([secret], ONE, NOW + 900);
    expect(await locks.recordRotated(secret.name, NOW)).toBe(false);
    await locks.release([secret.name], ONE, NOW + 300);
    expect(await stateOf(secret)).toEqual({ ...secret, status: "pending_rotation", rotateAfter: NOW + 300 });
    for (const holder of [ONE, TWO])
      await expect(locks.take([secret], holder, NOW + 900)).rejects.toEqual(held(300, secret.name));
    nowSeconds = NOW + 310;
    expect(await locks.recordRotated(secret.name, NOW + 310)).toBe(true);
    nowSeconds = NOW;
    expect(await stateOf(secret)).toEqual({
      ...secret,
      status: "free",
      rotates: false,
      lastRotatedAt: NOW + 310,
      retired: { at: NOW + 310, event: 1, hash: expect.any(String) },
      chain: { n: 1, hash: expect.any(String) },
    });
    await locks.take([secret], TWO, NOW + 900);
    expect(await locks.recordRotated(secret.name, NOW + 320)).toBe(false);
    expect(await stateOf(secret)).toMatchObject({ holder: TWO, lastRotatedAt: NOW + 310 });
  });

  it("keeps a rotation due, though the holder requests again without one", async () => {
    const secret = wanted({ rotates: true });
    await locks.take([secret], ONE, NOW + 900);
    await locks.take([{ ...secret, rotates: false }], ONE, NOW + 900);
    expect((await stateOf(secret))?.rotates).toBe(true);
    await locks.release([secret.name], ONE, NOW);
    expect((await stateOf(secret))?.status).toBe("pending_rotation");
    const plain = wanted();
    await locks.take([plain], ONE, NOW + 900);
    await locks.take([{ ...plain, rotates: true }], ONE, NOW + 900);
    await locks.release([plain.name], ONE, NOW);
    expect((await stateOf(plain))?.status).toBe("pending_rotation");
  });

  it("ignores an expired lock, except for a secret that has to be rotated first", async () => {
    nowSeconds = NOW;
    const [plain, used] = [wanted(), wanted({ rotates: true })];
    await locks.take([plain, used], ONE, NOW + 900);
    nowSeconds = NOW + 959;
    await expect(locks.take([plain], TWO, NOW + 2_000)).rejects.toEqual(held(1, plain.name));
    expect(await locks.recordRotated(used.name, nowSeconds)).toBe(false);
    nowSeconds = NOW + 960;
    await locks.take([plain], TWO, NOW + 2_000);
    expect((await stateOf(plain))?.holder).toBe(TWO);
    await expect(locks.take([used], TWO, NOW + 2_000)).rejects.toEqual(held(1, used.name));
    expect(await locks.recordRotated(used.name, nowSeconds)).toBe(true);
    await locks.take([used], TWO, NOW + 2_000);
    nowSeconds = NOW;
  });

  it("frees nothing for a value that was made before the last holder was done", async () => {
    const secret = wanted({ rotates: true });
    await locks.take([secret], ONE, NOW + 900);
    await locks.release([secret.name], ONE, NOW + 300);
    nowSeconds = NOW + 400;
    expect(await locks.recordRotated(secret.name, NOW + 299)).toBe(false);
    expect(await locks.recordRotated(secret.name, NOW + 300)).toBe(true);
    nowSeconds = NOW;
  });

  it("remembers the first requester of a rotation until it is done, whoever holds the secret", async () => {
    const secret = wanted();
    expect(await locks.requestRotation(secret, "staff:alice", NOW)).toMatchObject({ status: "free", askedAt: NOW });
    expect(await locks.requestRotation(secret, "staff:bob", NOW + 5)).toMatchObject({ askedAt: NOW });
    await locks.take([secret], ONE, NOW + 900);
    expect(await stateOf(secret)).toMatchObject({ status: "held", holder: ONE, askedAt: NOW });
    expect(await locks.recordDone(secret.name, { askedAt: NOW + 5 }, NOW + 60)).toBe(false);
    expect(await locks.recordDone(secret.name, { askedAt: NOW }, NOW + 60)).toBe(true);
    expect(await locks.recordDone(secret.name, { askedAt: NOW }, NOW + 60)).toBe(false);
    expect(await stateOf(secret)).toEqual({
      ...secret,
      status: "held",
      holder: ONE,
      until: NOW + 900,
      lastRotatedAt: NOW + 60,
      chain: { n: 2, hash: expect.any(String) },
    });
    expect(await locks.recordDone("unknown", { askedAt: NOW }, NOW)).toBe(false);
    expect(await locks.recordRotated("unknown", NOW)).toBe(false);
  });

  it("records one of many concurrent requests for a rotation, and writes one event", async () => {
    const secret = wanted();
    await Promise.allSettled(
      Array.from({ length: 5 }, (_, index) => locks.requestRotation(secret, `staff:${index}`, NOW)),
    );
    expect((await stateOf(secret))?.chain?.n).toBe(1);
  });

  it("records who has seen which version, each lease once", async () => {
    const { name, arn } = wanted();
    const read = { name, arn, agent: agentId("demo"), at: NOW, until: NOW };
    const reads = [
      { ...read, versionId: "v1", holder: ONE },
      { ...read, versionId: "v1", holder: TWO },
      { ...read, versionId: "v2", holder: ONE },
    ];
    await locks.recordReads(reads);
    await locks.recordReads([{ ...read, versionId: "v1", holder: ONE, at: NOW + 60 }]);
    expect((await locks.readers(name, "v1")).toSorted((a, b) => (a.holder < b.holder ? 1 : -1))).toEqual([
      reads[0],
      reads[1],
    ]);
    expect([await locks.readers(name, "v"), await locks.readers("other", "v1")]).toEqual([[], []]);
  });

  it("records what each agent got, and by which lease it knows it longest", async () => {
    const [one, two] = [wanted(), wanted()];
    const [demo, other] = [agentId(`demo-${randomUUID()}`), agentId(`other-${randomUUID()}`)];
    const read = ({ name, arn }: Wanted, agent: AgentId, holder: string, until: number) => ({
      ...{ name, arn, agent, holder, until },
      versionId: "v1",
      at: NOW,
    });
    await locks.recordReads([read(one, demo, ONE, NOW + 900), read(two, demo, ONE, NOW)]);
    await locks.recordReads([read(one, demo, TWO, NOW + 60), read(two, demo, TWO, NOW + 1)]);
    await locks.recordReads([read(one, other, TWO, NOW + 60)]);
    const seen = (secret: Wanted, holder: string, until: number) => {
      const { name, arn } = secret;
      return { name, arn, holder, until };
    };
    expect((await locks.seenBy(demo)).toSorted((a, b) => b.until - a.until)).toEqual([
      seen(one, ONE, NOW + 900),
      seen(two, TWO, NOW + 1),
    ]);
    expect(await locks.seenBy(other)).toEqual([seen(one, TWO, NOW + 60)]);
    expect(await locks.seenBy(agentId("nobody"))).toEqual([]);
  });

  it("records a request to end all earlier values although a lesser one is pending, and only a rotation to that effect completes it", async () => {
    const secret = wanted();
    const more = { ...secret, retires: true };
    await locks.requestRotation(secret, "staff:alice", NOW);
    expect(await locks.requestRotation(more, "sweep", NOW)).toMatchObject({ askedAt: NOW, retires: true });
    expect(await locks.requestRotation(more, "sweep", NOW + 60)).toMatchObject({ askedAt: NOW });
    expect(await locks.requestRotation(secret, "staff:alice", NOW + 60)).toMatchObject({ askedAt: NOW, retires: true });
    expect(await locks.recordDone(secret.name, { askedAt: NOW }, NOW + 60)).toBe(false);
    expect(await locks.recordDeclined(secret.name, { askedAt: NOW }, NOW + 60)).toBe(false);
    expect(await locks.recordDone(secret.name, { askedAt: NOW, retires: true }, NOW + 60)).toBe(true);
    const [recorded, chain] = [
      { event: 3, hash: expect.any(String) },
      { n: 3, hash: expect.any(String) },
    ];
    expect(await stateOf(secret)).toEqual({
      ...secret,
      status: "free",
      lastRotatedAt: NOW + 60,
      retired: { at: NOW + 60, ...recorded },
      chain,
    });
    expect((await locks.find(secret.name))?.retired?.hash).toBe((await locks.find(secret.name))?.chain?.hash);
  });

  it("records that a requested rotation cannot be done, until it is", async () => {
    const secret = wanted();
    const more = { ...secret, retires: true };
    await locks.requestRotation(more, "sweep", NOW);
    expect(await locks.recordDeclined(secret.name, { askedAt: NOW - 1, retires: true }, NOW + 60)).toBe(false);
    expect(await locks.recordDeclined(secret.name, { askedAt: NOW, retires: true }, NOW + 60)).toBe(true);
    expect(await locks.recordDeclined(secret.name, { askedAt: NOW, retires: true }, NOW + 60)).toBe(false);
    const declined = { at: NOW + 60, event: 2, hash: expect.any(String) };
    expect(await stateOf(secret)).toEqual({
      ...secret,
      status: "free",
      declined,
      chain: { n: 2, hash: expect.any(String) },
    });
    await locks.requestRotation(secret, "staff:alice", NOW + 70);
    await locks.recordDone(secret.name, { askedAt: NOW + 70 }, NOW + 80);
    const state = await stateOf(secret);
    expect([state?.declined, state?.retired]).toEqual([undefined, undefined]);
  });

  it("locks nothing for an empty list", async () => {
    await locks.take([], ONE, NOW + 900);
  });
});

describe("secret locks that cannot be reached", () => {
  it("report an outage, and neither a lock nor a refusal of one", async () => {
    accounts.become("tester");
    const locks = new DynamoSecretLocks(sdkTable("no-such-table"), nowMs);
    const secret = { name: "reports/a", arn: "arn", rotates: false };
    const outage = expect.objectContaining({ code: "store_unavailable" });
    await expect(locks.take([secret], "one", NOW + 900)).rejects.toEqual(outage);
    await expect(locks.release([secret.name], "one", NOW)).rejects.toEqual(outage);
    await expect(locks.states()).rejects.toBeInstanceOf(Refusal);
  });
});
