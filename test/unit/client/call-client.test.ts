import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { callClient, startCall } from "./call-client.ts";
import { FakeValetkey } from "./fake-valetkey.ts";
import { answers, ok, refused, setOperatorStage, TOKEN, valetkey } from "./operate/operator-stage.ts";
import { execArgs, IDENTITY, runClient } from "./run-client.ts";

setOperatorStage();

const AGENT = { id: "reports", name: "Reports", owner: "ann@acme.test", team: "data", status: "active" };

describe("a command that is called in the process of its test", () => {
  it.each([
    [["agents"]],
    [["agents", "-o", "yaml"]],
    [["agents", "show", "reports", "--json"]],
    [["agents", "show", "nobody"]],
    [["tasks", "--agent", "reports"]],
    [["accounts"]],
    [["approvals", "--json"]],
    [["agents", "suspend", "reports", "--reason", "leaked"]],
    [["agents", "suspend"]],
    [["agnets"]],
    [["threat-model", "--connector", "postgres"]],
  ])("answers as in a process of its own, which ends: %j", async (args) => {
    answers["GET /v1/agents"] = ok({ agents: [AGENT] });
    answers["GET /v1/agents/reports"] = ok(AGENT);
    answers["GET /v1/accounts"] = refused(403, "operator_denied");
    const env = { VALETKEY_URL: valetkey.url, VALETKEY_OPERATOR_TOKEN: TOKEN };
    const called = await callClient(args, env);
    expect(called).toEqual(await runClient(args, env));
    expect(called.stdout + called.stderr).not.toBe("");
  });

  it("hands its program the standard streams as a process of its own does, and both write in their order", async () => {
    const service = await new FakeValetkey().start();
    const args = execArgs(service.url, "echo out; echo err >&2; cat; exit 3", ["--quiet"]);
    const called = await callClient(args, IDENTITY);
    expect(called).toEqual(await runClient(args, IDENTITY));
    expect(called).toMatchObject({ code: 3, stdout: "out\n", stderr: "err\n" });
    const { stderr } = await callClient(execArgs(service.url, "echo err >&2"), IDENTITY);
    expect(stderr).toMatch(/ started; .*\nerr\nvaletkey: task .* ended/);
    await service.stop();
  });

  it("sees the given environment alone, and leaves that of the test as it was", async () => {
    const before = process.env;
    const seen: unknown[] = [];
    await callClient([], { GIVEN: "1" }, async () => seen.push({ ...process.env }));
    expect(seen).toEqual([{ GIVEN: "1", PATH: before.PATH, NODE_COMPILE_CACHE: expect.any(String) }]);
    expect(process.env).toBe(before);
  });

  it("waits for the call before it, so that neither gets the other's output", async () => {
    const printing = (text: string, ms: number) =>
      callClient([], {}, async () => {
        process.stdout.write(text);
        await sleep(ms);
        process.stderr.write(text);
        return 0;
      });
    const [one, two] = await Promise.all([printing("one", 20), printing("two", 0)]);
    expect([one, two]).toMatchObject([
      { stdout: "one", stderr: "one" },
      { stdout: "two", stderr: "two" },
    ]);
  });

  it("fails a test that waits for output that never comes", async () => {
    const called = startCall(["agnets"]);
    await expect(called.said("serving")).rejects.toThrow(
      /^valetkey agnets ended and never said serving: valetkey: there is no/,
    );
    await expect(called.printed("serving")).rejects.toThrow("never said serving");
    expect((await called.ended).code).toBe(64);
  });

  it("takes the signals that it handles, and fails a test that sends another, of which its process would end", async () => {
    const called = startCall([], {}, async () => {
      const signalled = once(process, "SIGHUP");
      process.stdout.write("up");
      await signalled;
      return 5;
    });
    await called.printed("up");
    expect(() => called.kill("SIGQUIT")).toThrow("SIGQUIT would end the command's process");
    called.kill("SIGHUP");
    expect((await called.ended).code).toBe(5);
    called.kill("SIGHUP");
  });

  it.each([
    ["a timer", () => setTimeout(() => undefined, 60_000)],
    ["a pause", () => sleep(5_000)],
    ["a program", () => spawn(process.execPath, ["-e", "setTimeout(() => {}, 3_000)"])],
  ])("fails where it leaves %s behind, with which its process would not end", async (_what, start) => {
    const leaves = callClient(["agents"], {}, async () => {
      start();
      return 0;
    });
    await expect(leaves).rejects.toThrow("valetkey agents leaves a timer or a program behind");
  });

  it("leaves nothing behind with a timer that ended, or that no process waits for", async () => {
    const leaves = callClient(["agents"], {}, async () => {
      setTimeout(() => undefined, 60_000).unref();
      await sleep(1);
      return 0;
    });
    expect(await leaves).toMatchObject({ code: 0 });
  });
});
