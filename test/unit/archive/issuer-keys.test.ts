import { describe, expect, test } from "vitest";
import { verifyArchive } from "../../../client/audit/verify-archive.ts";
import { readIssuerKeys } from "../../../functions/adapters/http/issuer-keys.ts";
import { archive } from "../../../functions/archive/archive.ts";
import { integrate } from "../../../functions/archive/integrate.ts";
import { ISSUER_KEY, type IssuerKeyFacts } from "../../../functions/core/archive/issuer-key.ts";
import type { Issuer } from "../../../functions/core/identity/issuer.ts";
import { archivedWorld, journalOf } from "../../fakes/archive/archived-world.ts";

const STAFF: Issuer = {
  ...{ name: "staff", url: "https://staff.test", kind: "people", algorithms: ["ES256"], pin: "sub" },
  ...{ maxLifetimeSeconds: 600, skewSeconds: 5, replay: { mode: "single_use" }, required: {} },
  approvals: { clientId: "approvals", freshness: "auth_time", tokenExchange: "browser" },
};
const KEY = { kid: "k1", kty: "EC", crv: "P-256", x: "eA", y: "eQ" };
const FACTS: IssuerKeyFacts = {
  ...{ issuer: "staff", iss: "https://staff.test", aud: "approvals", person: "sub", freshness: "auth_time" },
  ...KEY,
};
const HOUR_MS = 3_600_000;

/** Log whose archive reads the issuers' keys from here. */
function world(keys: () => Promise<readonly IssuerKeyFacts[]>) {
  const log = archivedWorld();
  let [nowMs, reads] = [Date.UTC(2027, 0, 1, 8, 20), 0];
  const clock = { nowMs: () => nowMs };
  const readIssuerKeys = async () => {
    reads += 1;
    return keys();
  };
  const ports = { ...log.ports, clock, readIssuerKeys };
  const wait = (ms: number) => {
    nowMs += ms;
  };
  const seen = async () => (await verifyArchive(log.source)).events.filter(({ type }) => type === ISSUER_KEY);
  return { log, ports, seen, reads: () => reads, wait };
}

describe("the keys of people's issuers, in the log", () => {
  test("are read each hour, and are there once each, also by another process", async () => {
    const keys = [FACTS];
    const { log, ports, seen, reads, wait } = world(async () => keys);
    for (let run = 0; run < 3; run += 1) await archive(ports);
    expect([reads(), (await seen()).map(({ facts }) => facts)]).toEqual([1, [FACTS]]);
    const second = { ...FACTS, kid: "k2" };
    keys.push(second);
    wait(HOUR_MS);
    await archive({ ...ports, known: new Set() });
    expect((await seen()).map(({ facts }) => facts)).toEqual([FACTS, second]);
    expect(await verifyArchive(log.source)).toMatchObject({ verdict: "intact", size: 2 });
  });

  test("leave an intact log where the archive was stopped before any of its writes", async () => {
    for (let stopAt = 0, wasStopped = true; wasStopped; stopAt += 1) {
      const { log, ports, seen, wait } = world(async () => [FACTS]);
      let writes = 0;
      wasStopped = false;
      log.store.onWrite = () => {
        if (writes++ !== stopAt) return;
        wasStopped = true;
        throw new Error("stopped");
      };
      await archive(ports).catch((error: Error) => expect(error.message).toBe("stopped"));
      log.store.onWrite = () => undefined;
      wait(1_000);
      await archive({ ...ports, known: new Set() });
      expect((await verifyArchive(log.source)).verdict).toBe("intact");
      expect(new Set((await seen()).map(({ facts }) => facts.kid))).toEqual(new Set(["k1"]));
    }
  });

  test("block no event where no issuer can be reached", async () => {
    const lines: object[] = [];
    const down = () =>
      readIssuerKeys({ issuers: [STAFF] }, { write: (line) => void lines.push(line) }, async () => {
        throw new TypeError("down");
      });
    const { log, ports } = world(down);
    await log.receive(journalOf("5pziufisgdts.", 2));
    await archive(ports);
    expect(await verifyArchive(log.source)).toMatchObject({ verdict: "intact", size: 2 });
    expect(lines).toEqual([{ level: "warn", event: "issuer_keys_not_read", what: "staff", why: "issuer_unreachable" }]);
  });

  test("come from no other function", async () => {
    const { log, ports, seen } = world(async () => []);
    const [event] = journalOf("5pziufisgdts.", 1);
    if (!event) throw new Error("no event");
    const { linkEvent, EMPTY_CHAIN } = await import("../../../functions/core/journal/event.ts");
    await log.receive([{ journal: "deployment", ...linkEvent(EMPTY_CHAIN, "*", ISSUER_KEY, 1, FACTS) }]);
    await integrate(ports);
    expect(await seen()).toEqual([]);
  });
});

describe("readIssuerKeys", () => {
  const LINES = { write: () => undefined };
  const answering = (documents: Readonly<Record<string, unknown>>) => async (url: URL) => ({
    status: 200,
    body: Buffer.from(JSON.stringify(documents[url.href] ?? null)),
  });
  const DISCOVERY = "https://staff.test/.well-known/openid-configuration";
  const document = { issuer: "https://staff.test", jwks_uri: "https://staff.test/keys" };
  const read = (keys: unknown, issuers: readonly Issuer[] = [STAFF], discovery: object = document) =>
    readIssuerKeys({ issuers }, LINES, answering({ [DISCOVERY]: discovery, "https://staff.test/keys": { keys } }));

  test("returns each key with its issuer's configuration, and no private member", async () => {
    expect(await read([{ ...KEY, d: "private", use: "sig" }])).toEqual([FACTS]);
    expect(await read([KEY], [{ ...STAFF, person: "oid" }])).toEqual([{ ...FACTS, person: "oid" }]);
  });

  test.each<readonly [string, unknown, object]>([
    ["a member that is no text", [{ ...KEY, x: ["eA"] }], document],
    ["a member of any length", [{ ...KEY, x: "A".repeat(2_049) }], document],
    ["no key set", { 0: KEY }, document],
    ["another issuer's document", [KEY], { ...document, issuer: "https://evil.test" }],
    ["keys at a place that is not fetched", [KEY], { ...document, jwks_uri: "http://169.254.169.254/keys" }],
  ])("returns nothing of %s", async (_, keys, discovery) => {
    expect(await read(keys, [STAFF], discovery)).toEqual([]);
  });

  test("returns 50 keys of an issuer at most, and none of an issuer whose people do not vote", async () => {
    expect(await read(Array.from({ length: 51 }, (_, n) => ({ ...KEY, kid: String(n) })))).toHaveLength(50);
    const { approvals: _, ...voteless } = STAFF;
    expect(await read([KEY], [voteless])).toEqual([]);
  });
});
