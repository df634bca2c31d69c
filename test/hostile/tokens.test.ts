import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { REFUSALS } from "../../contract/refusals.ts";
import { NOON_MS } from "../fakes/world/world.ts";
import { ISSUERS as CONFIGURED, type HostileWorld, hostileWorld } from "./hostile-world.ts";
import { secretsIn } from "./secrets-in.ts";
import { CLAIMS } from "./tokens/claims.ts";
import { ENCODINGS } from "./tokens/encodings.ts";
import { HEADERS } from "./tokens/headers.ts";
import type { HostileToken } from "./tokens/hostile-token.ts";
import { ISSUERS } from "./tokens/issuers.ts";
import { PUBLISHED_KEYS } from "./tokens/published-keys.ts";
import { show } from "./tokens/show.ts";
import { SIGNATURES } from "./tokens/signatures.ts";

const TABLE: readonly HostileToken[] = [
  ...HEADERS,
  ...SIGNATURES,
  ...ENCODINGS,
  ...CLAIMS,
  ...ISSUERS,
  ...PUBLISHED_KEYS,
];

// `jose` reads the system's clock for the age of its keys.
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: NOON_MS }));
afterEach(() => void vi.useRealTimers());

/** A world whose clock also sets the system's. */
function clockedWorld(): HostileWorld {
  const world = hostileWorld();
  const pass = world.pass;
  return Object.assign(world, {
    pass: (seconds: number) => {
      pass(seconds);
      vi.setSystemTime(world.ports.clock.nowMs());
    },
  });
}

/** Counts of everything that was written, and of STS calls. */
const traces = ({ ports }: HostileWorld) => ({
  tasks: ports.tasks.tasks.size,
  events: ports.tasks.events.length + ports.agents.events.length,
  sessions: ports.sessions.asked.length,
});

describe("a hostile token", () => {
  it.each(TABLE)("is refused: $what", async ({ token: make, before, refused, ofAnAgent }) => {
    const world = clockedWorld();
    await before?.(world);
    const earlier = traces(world);
    const token = make(world);
    const answer = await show(token, world);

    expect(JSON.parse(answer.body)).toMatchObject({ code: refused, error: REFUSALS[refused][1] });
    expect(answer.statusCode).toBe(REFUSALS[refused][0]);
    expect(secretsIn(answer.body, token)).toEqual([]);
    expect(secretsIn(JSON.stringify(world.lines), token)).toEqual([]);
    expect(world.web.fetched.filter((url) => !isConfigured(url))).toEqual([]);
    // An agent's own used token causes an STS call at the same time as the record refuses. The session is then dropped.
    if (ofAnAgent) expect(traces(world)).toMatchObject({ tasks: earlier.tasks, events: earlier.events + 1 });
    else expect(traces(world)).toEqual(earlier);
    expect(world.lines.at(-1)).toMatchObject({ code: refused });
  });

  it.each(CONFIGURED.filter(({ kind }) => kind === "agents"))(
    "differs in one thing from an accepted token of $name",
    async ({ name }) => {
      const world = clockedWorld();
      const answer = await show(world.mint({ issuer: name }), world);
      expect(answer.statusCode).toBe(200);
      expect(JSON.parse(answer.body).credentials).toHaveLength(1);
    },
  );

  it.each([
    ["a list of one audience", { claims: { aud: ["https://valetkey.test"] } }],
    ["an id as a number, which is the same id", { issuer: "forge", claims: { repository_id: 74 } }],
    ["times with fractions", { claims: { iat: NOON_MS / 1_000 - 0.5, exp: NOON_MS / 1_000 + 60.5 } }],
    [
      "a claim five thousand levels deep",
      {
        payload: (claims: object) =>
          JSON.stringify({ ...claims, deep: 0 }).replace('"deep":0', `"deep":${"[".repeat(5_000)}${"]".repeat(5_000)}`),
      },
    ],
    ["type at+jwt", { header: { typ: "at+jwt" } }],
    ["no type", { header: { typ: undefined } }],
  ])("is accepted where it only carries %s", async (_, changed) => {
    const world = clockedWorld();
    expect((await show(world.mint(changed), world)).statusCode).toBe(200);
  });

  it("gains nothing from a polluted prototype", async () => {
    Object.defineProperty(Object.prototype, "repository_owner_id", { value: "42", configurable: true });
    try {
      const world = clockedWorld();
      const answer = await show(world.mint({ issuer: "forge", claims: { repository_owner_id: undefined } }), world);
      expect(JSON.parse(answer.body).code).toBe("token_claims");
    } finally {
      Reflect.deleteProperty(Object.prototype, "repository_owner_id");
    }
  });

  it("has a table of at least 60 distinct cases", () => {
    expect(TABLE.length).toBeGreaterThanOrEqual(60);
    expect(new Set(TABLE.map(({ what }) => what)).size).toBe(TABLE.length);
  });
});

const isConfigured = (url: string): boolean => CONFIGURED.some((issuer) => url.startsWith(`${issuer.url}/`));
