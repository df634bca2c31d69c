import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { RevokerSessions } from "../../../../functions/adapters/sts/revoker-sessions.ts";
import { accountId } from "../../../../functions/core/deployment/account-id.ts";
import { type LoopbackServer, listen } from "../../../loopback-server.ts";

/** AWS's clock less ours; milliseconds. */
const AHEAD_MS = 120_000;

describe("RevokerSessions, fences by AWS's clock (I5)", () => {
  let sts: LoopbackServer;
  let nowMs = 0;
  /** Fence of each session policy, by AWS's clock; epoch milliseconds. */
  let fences: number[] = [];
  /** Time that each answer takes, in order; milliseconds by our clock. */
  let delaysMs: number[] = [];
  let aheadMs = AHEAD_MS;
  let jumpMs = 0;

  beforeEach(async () => {
    [nowMs, fences, delaysMs, aheadMs, jumpMs] = [1_800_000_000_400, [], [], AHEAD_MS, 0];
    sts = await listen(async (request, response) => {
      const policy = new URLSearchParams(await text(request)).get("Policy") ?? "";
      fences.push(Date.parse(/"aws:CurrentTime":"([^"]+)"/.exec(policy)?.[1] ?? ""));
      const issued = Math.floor((nowMs + aheadMs) / 1_000) * 1_000;
      nowMs += delaysMs.shift() ?? 0;
      aheadMs += jumpMs;
      const until = new Date(issued + 900_000).toISOString();
      response
        .writeHead(200, { "content-type": "text/xml" })
        .end(
          `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>none</SecretAccessKey><SessionToken>none</SessionToken><Expiration>${until}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`,
        );
    });
    vi.stubEnv("AWS_ENDPOINT_URL", sts.url);
    vi.stubEnv("AWS_REGION", "us-east-1");
    vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIA");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "none");
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await sts.close();
  });
  const writer = (untilMs: number) =>
    new RevokerSessions({ partition: "aws" }, { nowMs: () => nowMs }).writer(accountId("111122223333"), untilMs);

  it("a first answer that took four seconds makes the fence earlier, and never later", async () => {
    delaysMs = [4_000, 0];
    const untilMs = nowMs + 30_000;
    await writer(untilMs);
    expect(fences).toHaveLength(2);
    const early = untilMs + AHEAD_MS - (fences[1] ?? 0);
    expect(early).toBeGreaterThanOrEqual(0);
    expect(early).toBeLessThan(4_000 + 2_000);
  });

  it("a slow second answer is as good, whichever clock is ahead", async () => {
    for (const ahead of [AHEAD_MS, 0, -AHEAD_MS]) {
      [aheadMs, fences, delaysMs] = [ahead, [], [0, 4_000]];
      const untilMs = nowMs + 30_000;
      await writer(untilMs);
      expect(fences.at(-1)).toBeLessThanOrEqual(untilMs + ahead);
    }
  });

  it("a clock of AWS that goes back between two answers is refused: the fence might be late", async () => {
    jumpMs = -60_000;
    await expect(writer(nowMs + 30_000)).rejects.toThrow("AWS's clock cannot be told");
  });
});
