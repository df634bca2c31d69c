import { describe, expect, it } from "vitest";
import { BrokenDeployment } from "../../../functions/core/deployment/broken-deployment.ts";
import { answer } from "../../../functions/http/answer.ts";
import { serveLoaded } from "../../../functions/http/serve-loaded.ts";
import { httpEvent } from "../../fakes/world/world.ts";

const ROUTE = "GET /v1/agents";

function served(load: () => Promise<string>) {
  const around = { atMs: 0, lines: [] as string[], attempts: 0 };
  const handler = serveLoaded(
    () => {
      around.attempts += 1;
      return load();
    },
    (loaded) => ({ [ROUTE]: async () => answer(200, loaded) }),
    { nowMs: () => around.atMs, log: (line) => void around.lines.push(line) },
  );
  return { around, ask: async (route = ROUTE) => (await handler(httpEvent(route), {})).statusCode };
}

describe("a handler over what is loaded", () => {
  it("loads as soon as it is made, and once", async () => {
    const { around, ask } = served(async () => "ports");
    expect(around.attempts).toBe(1);
    expect([await ask(), await ask(), await ask("GET /elsewhere")]).toEqual([200, 200, 404]);
    around.atMs = 3_600_000;
    expect(await ask()).toBe(200);
    expect([around.attempts, around.lines]).toEqual([1, []]);
  });

  it("looks again after ten seconds, and not with each call", async () => {
    let isWhole = false;
    const { around, ask } = served(async () => {
      if (!isWhole) throw new BrokenDeployment("file_missing", "policies.json");
      return "ports";
    });
    expect([await ask(), await ask(), await ask("GET /elsewhere")]).toEqual([503, 503, 503]);
    around.atMs = 9_999;
    expect(await ask()).toBe(503);
    expect(around.attempts).toBe(1);
    around.atMs = 10_000;
    expect([await ask(), await ask()]).toEqual([503, 503]);
    expect([around.attempts, around.lines.length]).toEqual([2, 2]);
    isWhole = true;
    around.atMs = 19_999;
    expect(await ask()).toBe(503);
    around.atMs = 20_000;
    expect([await ask(), await ask()]).toEqual([200, 200]);
    expect(around.attempts).toBe(3);
  });

  it("I8: logs the name of an error of others, and nothing else", async () => {
    const { around, ask } = served(async () => {
      throw new SyntaxError("canary");
    });
    expect(await ask()).toBe(503);
    expect(around.lines.map((line) => JSON.parse(line))).toEqual([
      { level: "error", event: "deployment_broken", why: "SyntaxError" },
    ]);
  });

  it("refuses where the paths cannot be made, too", async () => {
    const handler = serveLoaded(
      async () => "ports",
      () => {
        throw new TypeError("canary");
      },
      { nowMs: () => 0, log: () => undefined },
    );
    expect((await handler(httpEvent(ROUTE), {})).statusCode).toBe(503);
  });

  it("answers the AWS SDKs in the fields that they read, and nobody else", async () => {
    const handler = serveLoaded(
      async () => {
        throw new BrokenDeployment("file_altered", "policies.json");
      },
      () => ({}),
      { nowMs: () => 0, log: () => undefined },
    );
    const bodyOf = async (route: string) => JSON.parse((await handler(httpEvent(route), {})).body);
    expect(await bodyOf("GET /v1/tasks/{task}/credentials/{lease}")).toMatchObject({
      Code: "deployment_broken",
      Message: expect.stringContaining("operators have to look"),
    });
    expect(await bodyOf(ROUTE)).not.toHaveProperty("Code");
  });
});
