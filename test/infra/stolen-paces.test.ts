import { createHash } from "node:crypto";
import { marshall } from "@aws-sdk/util-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RATE_LIMITS } from "../../contract/limits.ts";
import { FUNCTIONS, TOKEN_TYPES } from "../../contract/names.ts";
import { KINDS } from "../../functions/names.ts";
import { GRANT_TYPE, type RunningCloud, runCloud, type StartedTask } from "../contract/running-cloud.ts";
import { Thief } from "./thief.ts";

let running: RunningCloud;
beforeAll(async () => {
  running = await runCloud();
});
afterAll(() => running.close());

const minuteNow = () => Math.floor(Date.now() / 60_000);
/** Waits for a minute that has just begun, so that a test's counts are all of one. */
async function inOneMinute(): Promise<void> {
  const left = 60_000 - (Date.now() % 60_000);
  if (left < 20_000) await new Promise((resolve) => setTimeout(resolve, left + 100));
}
const digest = (who: string) => createHash("sha256").update(who).digest("base64url");
/** Place of the exchange's count of an agent's requests. */
const placeOf = (agent: string, what: string, kind: string = KINDS.pace) => ({
  pk: `${kind}${kind === KINDS.pace ? "exchange#" : "RATE#"}${digest(agent)}#${minuteNow()}`,
  sk: what,
});

/** Requests a presentation token, which counts against the agent's limit. */
async function present({ token }: StartedTask): Promise<number> {
  const body = new URLSearchParams({
    grant_type: GRANT_TYPE,
    subject_token: token,
    subject_token_type: TOKEN_TYPES.accessToken,
    requested_token_type: TOKEN_TYPES.presentation,
    audience: "tickets",
  });
  return (await fetch(`${running.url}/v1/token`, { method: "POST", body })).status;
}

const THIEVES = FUNCTIONS.filter((name) => name !== "exchange");

describe("the exchange's count of an agent's requests", () => {
  it.each(THIEVES)("is neither used up nor set free with the keys of %s", async (name) => {
    const thief = new Thief(running, name);
    const place = placeOf("demo", "presentation");
    expect(await thief.write({ ...place, count: RATE_LIMITS.presentation, ttl: 9_999_999_999 })).toBe(false);
    expect(await thief.write({ ...place, count: 0, ttl: 9_999_999_999 })).toBe(false);
    expect(await thief.remove(marshall(place))).toBe(false);
  });

  it("is read nowhere but there: whoever may write tasks writes beside it, to no effect, and the exchange itself can", async () => {
    await inOneMinute();
    const task = await running.start();
    // Place of the counts before they had a kind of their own.
    const before = placeOf("demo", "presentation", KINDS.task);
    expect(await new Thief(running, "tasks").write({ ...before, count: 9_999, ttl: 9_999_999_999 })).toBe(true);
    expect(await present(task)).toBe(200);
    const own = placeOf("demo", "presentation");
    expect(await new Thief(running, "exchange").write({ ...own, count: RATE_LIMITS.presentation, ttl: 1 })).toBe(true);
    expect(await present(task)).toBe(429);
  });
});
