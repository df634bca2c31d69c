import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Reporter } from "../../../client/reporter.ts";
import { endTask } from "../../../client/task/end-task.ts";
import { CANARY, FakeValetkey, TASK_ID } from "./fake-valetkey.ts";

let service: FakeValetkey;
/** The time that has passed since the ending began; milliseconds. */
let passedMs: number;
let output: string;
beforeEach(async () => {
  service = await new FakeValetkey().start();
  passedMs = 0;
  output = "";
});
afterEach(() => service.stop());

const task = {
  id: TASK_ID,
  token: CANARY.taskToken,
  status: "active",
  expiresAtMs: 900_000,
  credentials: [],
  issued: [],
};
const end = (options = { json: false, quiet: false }, perCallMs = 0) => {
  const answered = service.completion;
  service.completion = () => {
    passedMs += perCallMs;
    return answered();
  };
  const write = (text: string) => {
    output += text;
  };
  const report = new Reporter({ ...options, write });
  const pace = {
    nowMs: () => passedMs,
    sleep: async (ms: number) => {
      passedMs += ms;
    },
  };
  return endTask(service.url, task, { outcome: "success", detail: "exit 0" }, report, pace);
};
const attempts = () => service.of("POST", "/complete").length;

describe("I5: a task whose command has ended", () => {
  it.each([1_500, 4_000, 8_000])("is ended though valetkey cannot be reached for %s ms", async (outageMs) => {
    service.completion = () => (passedMs < outageMs ? undefined : { status: 200, body: { status: "completed" } });
    await end();
    expect(output).toBe(`valetkey: task ${TASK_ID} ended (success: exit 0)\n`);
    expect(passedMs).toBeLessThanOrEqual(outageMs + 2_000);
  });

  it.each([429, 500, 503])("is ended though the first answers are %s", async (status) => {
    service.completion = () => (attempts() < 4 ? { status, body: {} } : { status: 200, body: {} });
    await end();
    expect([attempts(), output]).toEqual([4, expect.stringContaining("ended (success")]);
  });

  it("is tried for ten seconds and no longer where connections are refused, and is reported to live on", async () => {
    service.completion = () => undefined;
    await end({ json: false, quiet: true });
    expect(attempts()).toBe(7);
    expect(passedMs).toBeLessThanOrEqual(10_000);
    expect(output).toMatch(
      /WARNING: task \S+ COULD NOT BE ENDED \(the service cannot be reached\).*until 1970-01-01T00:15:00/,
    );
  });

  it("is given up after as long where the network is silent", async () => {
    service.completion = () => undefined;
    await end({ json: false, quiet: true }, 5_000);
    expect(attempts()).toBe(2);
    expect(passedMs).toBeLessThanOrEqual(10_500);
  });

  it("is not tried again where the service has decided", async () => {
    service.completion = () => ({ status: 403, body: {} });
    await end();
    expect([attempts(), output]).toEqual([1, expect.stringContaining("COULD NOT BE ENDED (the service answered 403)")]);
  });
});

describe("the last words about a task", () => {
  it.each([
    ["revoked", true],
    ["withdrawn", true],
    ["expired", false],
  ])("report that it was %s, as the service has it, and not that it ended well", async (status, isLoud) => {
    service.completion = () => ({ status: 200, body: { status, ended_at: "2026-11-26T12:00:00Z" } });
    await end({ json: false, quiet: isLoud });
    expect(output).toMatch(
      status === "expired" ? /had ended at its deadline at 2026/ : `was ${status} at 2026-11-26T12:00:00Z`,
    );
    expect(output).not.toContain("success");
  });

  it("have the one who ended it in their JSON", async () => {
    service.completion = () => ({ status: 200, body: { status: "revoked", ended_by: "condition:change-freeze" } });
    await end({ json: true, quiet: false });
    expect(JSON.parse(output)).toMatchObject({ event: "task_ended_before", by: "condition:change-freeze" });
  });
});
