import {
  createRemoteJWKSet,
  customFetch,
  errors,
  exportJWK,
  generateKeyPair,
  type JSONWebKeySet,
  type JWTVerifyGetKey,
} from "jose";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { remoteKeys } from "../../functions/adapters/jose/remote-keys.ts";

const TIMES = { keysMs: 300_000, coolDownMs: 10_000 };

/** Set of keys that a test changes, and the two readers of it: ours, and the one of jose. */
class TwoReaders {
  set: JSONWebKeySet = { keys: [] };
  isDown = false;
  readonly reads = { ours: 0, joses: 0 };
  readonly ours: JWTVerifyGetKey = remoteKeys(
    async () => {
      this.reads.ours += 1;
      if (this.isDown) throw new Error("down");
      return this.set;
    },
    Date.now,
    TIMES,
  );
  readonly joses: JWTVerifyGetKey = createRemoteJWKSet(new URL("https://issuer.test/keys"), {
    cacheMaxAge: TIMES.keysMs,
    cooldownDuration: TIMES.coolDownMs,
    [customFetch]: async () => {
      this.reads.joses += 1;
      if (this.isDown) throw new Error("down");
      return Response.json(this.set);
    },
  });

  /** Requests a key of both, and returns the outcome of each. */
  async ask(kid: string): Promise<readonly [string, string]> {
    const header = { alg: "ES256", kid };
    const token = { payload: "", signature: "" };
    const outcome = async (keys: JWTVerifyGetKey): Promise<string> => {
      try {
        await keys(header, token);
        return "found";
      } catch (error) {
        return error instanceof errors.JOSEError ? error.code : "outage";
      }
    };
    return [await outcome(this.ours), await outcome(this.joses)];
  }
}

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: 1_790_000_000_000 }));
afterEach(() => void vi.useRealTimers());

const published = async (kid: string) => ({ ...(await exportJWK((await generateKeyPair("ES256")).publicKey)), kid });

describe("keys that are read again", () => {
  it("are read when jose's own reader reads them, in 300 random lives of an issuer", async () => {
    const keys = [await published("a"), await published("b")];
    let state = 20_261_128;
    const below = (n: number): number => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return (state >>> 8) % n;
    };
    for (let life = 0; life < 300; life += 1) {
      const two = new TwoReaders();
      for (let step = 0; step < 12; step += 1) {
        if (below(3) === 0) two.set = { keys: keys.filter(() => below(2) === 0) };
        two.isDown = below(5) === 0;
        vi.setSystemTime(Date.now() + ([0, 1, 5_000, 9_999, 10_000, 299_999, 300_001][below(7)] ?? 0));
        const [ours, joses] = await two.ask(["a", "b", "c"][below(3)] ?? "a");
        expect(ours).toBe(joses);
        expect(two.reads.ours).toBe(two.reads.joses);
      }
    }
  });

  it("are read once for many tokens at a time", async () => {
    const two = new TwoReaders();
    two.set = { keys: [await published("a")] };
    const all = await Promise.all(Array.from({ length: 50 }, () => two.ask("a")));
    expect(new Set(all.flat())).toEqual(new Set(["found"]));
    expect(two.reads).toEqual({ ours: 1, joses: 1 });
  });
});
