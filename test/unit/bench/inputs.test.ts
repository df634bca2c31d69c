import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseIntent } from "../../../functions/core/intent/parse-intent.ts";
import { spreadIntent } from "../../../functions/core/intent/spread-intent.ts";
import { tokenEndpoint } from "../../../functions/exchange/token-endpoint.ts";
import { largest, steadyState } from "../../bench/capacity/steady-state.ts";
import { startColdWorld } from "../../bench/cold/cold-world.ts";
import { vendInMemory } from "../../bench/cpu/vend-in-memory.ts";
import { THREE_PAIRS } from "../../bench/policies/bench-policies.ts";
import { CATALOGUE } from "../../fakes/world/world.ts";
import type { Loaded } from "./loaded-files.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "valetkey-bench-test-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("the vend that is measured", () => {
  it("is the one that the target speaks of: twenty policies, three pairs, no pattern, and it is granted", async () => {
    const memory = await vendInMemory(folder);
    expect(memory.policies).toHaveLength(20);
    const details = parseIntent(JSON.stringify(THREE_PAIRS), memory.world.ports);
    const pairs = spreadIntent(details, CATALOGUE).flatMap((spread) => spread.pairs);
    expect(pairs.map(({ isPattern }) => isPattern)).toEqual([false, false, false]);
    const answer = await tokenEndpoint(memory.event(await memory.token()), memory.world.ports);
    expect(answer.statusCode).toBe(200);
  });
});

describe("the world of cold starts", () => {
  it("answers a vend and a request that waits, from the first file loaded to the last", async () => {
    const at = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
    const cold = join(folder, "cold");
    mkdirSync(cold);
    const world = await startColdWorld(cold, true);
    const start = async (event: unknown) =>
      world.start<Loaded>(at("test/unit/bench/loaded-files.ts"), {
        bundle: at("functions/exchange/handler.ts"),
        events: [event],
      });
    const [vend, ask] = [await start(await world.vendEvent()), await start(await world.askEvent())];
    await world.close();
    expect(vend.statusCode).toBe(200);
    expect(JSON.parse(ask.body).task.status).toBe("pending_approval");
    const ofApprovals = ({ files }: Loaded) => files.filter((file) => file.includes("/exchange/approvals/"));
    expect([ofApprovals(vend).length, ofApprovals(ask).length > 0]).toEqual([0, true]);
  });
});

describe("the steady state of a role", () => {
  it("has that many tasks alive, each for its time, and every other one ended", () => {
    const now = 1_000_000;
    const entries = steadyState(60, 30, now);
    const alive = entries.filter(({ endedAt }) => endedAt === undefined);
    expect(alive).toHaveLength(60);
    expect(entries.every(({ openedAt, endedAt = openedAt + 30 }) => endedAt - openedAt === 30)).toBe(true);
    // Two end each second.
    expect(entries.filter(({ endedAt = 0 }) => endedAt === now - 10)).toHaveLength(2);
  });

  it("finds the largest number that holds", () => {
    expect([0, 1, 399, 400].map((most) => largest((count) => count <= most))).toEqual([0, 1, 399, 400]);
  });
});
