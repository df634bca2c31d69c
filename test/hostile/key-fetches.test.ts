import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { readDocument } from "../../functions/adapters/http/read-document.ts";
import { NOON_MS } from "../fakes/world/world.ts";
import { listen } from "../loopback-server.ts";
import { type HostileWorld, hostileWorld } from "./hostile-world.ts";
import { discoveryUrl, keysUrl, page } from "./issuers-web.ts";
import { KEYS, publicJwk } from "./signing-keys.ts";
import { show } from "./tokens/show.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: NOON_MS }));
afterEach(() => void vi.useRealTimers());

const codes = async (world: HostileWorld, tokens: readonly string[]): Promise<readonly unknown[]> => {
  const seen: unknown[] = [];
  for (const token of tokens) {
    const { statusCode, body } = await show(token, world);
    seen.push(statusCode === 200 ? 200 : JSON.parse(body).code);
  }
  return seen;
};
const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
const pass = (world: HostileWorld, seconds: number): void => {
  world.pass(seconds);
  vi.setSystemTime(world.ports.clock.nowMs());
};

describe("key fetches that a stranger can cause", () => {
  it("do not happen for an issuer that is not configured, or for a key location in the token", async () => {
    const world = hostileWorld();
    const header = { jku: "https://attacker.test/keys", x5u: "https://attacker.test/x" };
    await codes(
      world,
      times(50, (i) => world.mint({ claims: { iss: `https://attacker-${i}.test` }, header })),
    );
    expect(world.web.fetched).toEqual([]);
  });

  it("happen once for any number of invented key ids, and once more after the cool-down", async () => {
    const world = hostileWorld();
    const flood = () => times(100, (i) => world.mint({ header: { kid: `made-up-${i}` } }));
    expect(new Set(await codes(world, flood()))).toEqual(new Set(["token_signature"]));
    expect(world.web.fetched).toEqual([discoveryUrl("robots"), keysUrl("robots")]);
    pass(world, 11);
    await codes(world, flood());
    expect(world.web.fetched).toHaveLength(3);
  });

  it("reach a dead issuer's host once in two seconds, and do not shut out the issuer's own agents", async () => {
    const world = hostileWorld();
    expect(await codes(world, [world.mint()])).toEqual([200]);
    world.web.pages.clear();
    pass(world, 11);
    world.web.fetched.length = 0;
    const flood = times(100, (i) => world.mint({ header: { kid: `made-up-${i}` } }));
    expect(new Set(await codes(world, flood))).toEqual(new Set(["issuer_unreachable"]));
    expect(world.web.fetched).toEqual([keysUrl("robots")]);
    // The known keys stay valid for five minutes, flood or not.
    expect(await codes(world, [world.mint()])).toEqual([200]);
  });

  it("reach a dead issuer's discovery once in two seconds; its tokens are accepted again once it is back", async () => {
    const world = hostileWorld();
    const pages = new Map(world.web.pages);
    world.web.pages.clear();
    expect(
      new Set(
        await codes(
          world,
          times(50, () => world.mint()),
        ),
      ),
    ).toEqual(new Set(["issuer_unreachable"]));
    expect(world.web.fetched).toHaveLength(1);
    for (const [url, answer] of pages) world.web.pages.set(url, answer);
    pass(world, 2);
    expect(await codes(world, [world.mint()])).toEqual([200]);
  });

  it("reach a dead issuer's host again after each pause, though the flood does not stop", async () => {
    const world = hostileWorld();
    world.web.pages.clear();
    for (let tenths = 0; tenths < 100; tenths += 1) {
      await codes(world, [world.mint()]);
      pass(world, 0.1);
    }
    expect(world.web.fetched).toHaveLength(5);
  });

  it("reach a flickering issuer no more often than a dead one, and a failed fetch never allows a token", async () => {
    const world = hostileWorld();
    let count = 0;
    const healthy = page({ keys: [publicJwk(KEYS.robots)] });
    world.web.pages.set(keysUrl("robots"), () => {
      count += 1;
      return count % 2 === 0 ? healthy() : new Response("", { status: 503 });
    });
    expect(await codes(world, [world.mint(), world.mint()])).toEqual(["issuer_unreachable", "issuer_unreachable"]);
    pass(world, 2);
    expect(await codes(world, [world.mint(), world.mint({ key: KEYS.attacker })])).toEqual([200, "token_signature"]);
    pass(world, 301);
    expect(await codes(world, [world.mint()])).toEqual(["issuer_unreachable"]);
  });

  it("of one issuer do not affect another: a dead issuer leaves the other's tokens valid", async () => {
    const world = hostileWorld();
    world.web.pages.delete(discoveryUrl("robots"));
    expect(await codes(world, [world.mint(), world.mint({ issuer: "mesh" })])).toEqual(["issuer_unreachable", 200]);
  });

  it("copy no text of a document that is not JSON into the log", async () => {
    const world = hostileWorld();
    world.web.pages.set(discoveryUrl("robots"), page("S3CR3T-OF-THE-HOST"));
    await codes(world, [world.mint()]);
    expect(JSON.stringify(world.lines)).not.toContain("S3CR3T");
  });
});

describe("the reader of documents over the network", () => {
  const read = async (answer: Parameters<typeof listen>[0], path = "/keys") => {
    const host = await listen(answer);
    try {
      return await readDocument(300, 262_144)(new URL(path, host.url));
    } finally {
      await host.close();
    }
  };

  it("aborts as soon as a document exceeds 256 KiB, long before its end", async () => {
    let sent = 0;
    const long = read((_, response) => {
      const more = (): void => {
        sent += 65_536;
        if (sent > 50_000_000) response.end();
        else response.write(Buffer.alloc(65_536, 32), () => setImmediate(more));
      };
      more();
    });
    await expect(long).rejects.toMatchObject({ name: "AnswerTooLarge" });
    expect(sent).toBeLessThan(50_000_000);
  });

  it("aborts at its timeout, though the document still arrives byte by byte", async () => {
    const drip = read((_, response) => {
      const timer = setInterval(() => response.write(" "), 20);
      response.on("close", () => clearInterval(timer));
    });
    await expect(drip).rejects.toMatchObject({ name: "TimeoutError" });
  });

  it("follows no redirect, and its request names neither us nor a token", async () => {
    const requests: unknown[] = [];
    const moved = await read((request, response) => {
      requests.push([request.method, request.url, Object.keys(request.headers).toSorted()]);
      response.writeHead(302, { location: "https://attacker.test/keys" }).end();
    }, "/keys?set=1");
    expect([moved.status, requests]).toEqual([
      302,
      [["GET", "/keys?set=1", ["accept", "accept-encoding", "connection", "host"]]],
    ]);
  });
});
