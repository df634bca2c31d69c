import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Called, startCall } from "./call-client.ts";
import { FakeValetkey, opened, type Reply } from "./fake-valetkey.ts";
import { execArgs, IDENTITY, inNode, type Program, type Running, startClient } from "./run-client.ts";

let service: FakeValetkey;
beforeEach(async () => {
  service = await new FakeValetkey().start();
});
afterEach(() => service.stop());

const SIGNALS = [
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const;

const start = (program: string | Program, env: Readonly<Record<string, string>> = IDENTITY): Running =>
  startClient(execArgs(service.url, program), env);
/** Called in this process, which gets the signals: for those that the command handles. */
const call = (program: string): Called => startCall(execArgs(service.url, program), IDENTITY);
const completions = () => service.of("POST", "/complete").map(({ body }) => JSON.parse(body));

/** An answer that the test gives, and the moment of its request. */
function held() {
  let answer = (_: Reply): void => {};
  let isAsked = (): void => {};
  const requested = new Promise<void>((resolve) => {
    isAsked = resolve;
  });
  const reply = () => {
    isAsked();
    return new Promise<Reply>((resolve) => {
      answer = resolve;
    });
  };
  return { reply, requested, give: (what: Reply) => answer(what) };
}

describe("valetkey exec, before it has requested a task,", () => {
  it.each([...SIGNALS.map(([signal]) => signal), "SIGKILL"] as const)(
    "ends at once of %s, as any program does, and no task is opened",
    async (signal) => {
      const token = held();
      service.other = token.reply;
      const client = start("echo ran", { VALETKEY_TOKEN_URL: `${service.url}/token` });
      await token.requested;
      client.kill(signal);
      expect(await client.ended).toMatchObject({ code: null, signal, stdout: "" });
      expect(service.of("POST", "/v1/token")).toEqual([]);
    },
  );
});

describe("valetkey exec, while it waits for its task,", () => {
  it.each(SIGNALS)("ends the task that comes after %s, and runs nothing", async (signal, code) => {
    const exchange = held();
    service.exchange = exchange.reply;
    const client = call("echo ran");
    await exchange.requested;
    client.kill(signal);
    setTimeout(() => exchange.give(opened()), 100);
    expect(await client.ended).toMatchObject({ code, stdout: "" });
    expect(completions()).toEqual([{ outcome: "failure", detail: "the command was not started" }]);
  });

  it.each([
    ["an outage", { status: 503, body: {} }],
    ["a refusal", { status: 403, body: { error: "access_denied" } }],
    ["a connection that breaks off", undefined],
  ] as const)("ends of the signal after %s too, without another try", async (_, answer) => {
    const exchange = held();
    service.exchange = exchange.reply;
    const client = call("echo ran");
    await exchange.requested;
    client.kill("SIGTERM");
    setTimeout(() => exchange.give(answer), 100);
    expect(await client.ended).toMatchObject({ code: 143, stdout: "" });
    expect(service.of("POST", "/v1/token")).toHaveLength(1);
    expect(completions()).toEqual([]);
  });
});

describe("valetkey exec, while the command runs,", () => {
  it("leaves it nothing to renew with when it is killed itself", async () => {
    const client = start(
      inNode(`const parent = process.ppid;
        const again = () => ask(env.AWS_CONTAINER_CREDENTIALS_FULL_URI, env.AWS_CONTAINER_AUTHORIZATION_TOKEN);
        console.log("before", (await again()).status);
        while (process.ppid === parent) await new Promise((resolve) => setTimeout(resolve, 20));
        console.log("after", await again().then(() => "answered", (error) => error.code));`),
    );
    await client.printed("before 200");
    client.kill("SIGKILL");
    expect(await client.ended).toMatchObject({ signal: "SIGKILL", stdout: "before 200\nafter ECONNREFUSED\n" });
    expect(completions()).toEqual([]);
  });
});

describe("valetkey exec, while it ends the task,", () => {
  it.each(SIGNALS)("goes on with that when %s comes, and exits as the command did", async (signal) => {
    const ending = held();
    service.completion = ending.reply;
    const client = call("exit 3");
    await ending.requested;
    client.kill(signal);
    setTimeout(() => ending.give({ status: 200, body: {} }), 100);
    expect(await client.ended).toMatchObject({ code: 3, signal: null });
    expect(completions()).toEqual([{ outcome: "failure", detail: "exit 3" }]);
  });

  it("has requested it once where it is killed meanwhile", async () => {
    const ending = held();
    service.completion = ending.reply;
    const client = start("true");
    await ending.requested;
    client.kill("SIGKILL");
    expect((await client.ended).signal).toBe("SIGKILL");
    await vi.waitFor(() => expect(completions()).toHaveLength(1), 60_000);
  });
});
