import { describe, expect, it } from "vitest";
import { AGENT, answers, asked, ok, refused, run, setOperatorStage, valetkey } from "./operator-stage.ts";

setOperatorStage();

const ONE = "k7f3m2q9x4ab.";
const TWO = "m2q9x4abk7f3.";
const HALTED = { at: "2026-11-24T12:00:00Z", by: "staff|alice" };
const SUSPENDED = { ...AGENT, status: "suspended", halted: HALTED, ended_tasks: 2, ended: [ONE, TWO] };
const SUSPEND = "POST /v1/agents/reports/suspend";
const ENDED = "GET /v1/tasks?agent=reports&ended=true";

const receiptOf = (task: string, status: string, complete: boolean) => ({
  task,
  agent: "reports",
  status: "revoked",
  by: "staff|alice",
  below: [],
  complete,
  leases: [{ name: "aws-0", account: "111122223333", status, fence_at: "2026-11-24T12:15:00Z" }],
});
const task = (id: string, ended_at: string) => ({
  id,
  agent: "reports",
  status: "revoked",
  ended_at,
  ended_by: "demo",
});

describe("valetkey agents suspend", () => {
  it("prints the tasks that it ended, and sends the reason", async () => {
    answers[SUSPEND] = ok(SUSPENDED);
    const { stdout, code } = await run("agents", "suspend", "reports", "--reason", "leaked");
    expect(code).toBe(0);
    expect(stdout).toMatch(/ENDED TASK\nk7f3m2q9x4ab\.\nm2q9x4abk7f3\.\n$/);
    expect(JSON.parse(valetkey.seen[0]?.body ?? "")).toEqual({ reason: "leaked" });
    expect(asked()).toEqual([SUSPEND]);
  });

  it("waits until each key is denied, those of tasks that ended with an earlier suspension too", async () => {
    let reads = 0;
    answers[SUSPEND] = ok({ ...SUSPENDED, ended: [ONE] });
    answers[ENDED] = ok({ tasks: [task(TWO, "2026-11-24T12:00:01Z"), task("oldoldoldold.", "2026-11-23T12:00:00Z")] });
    answers[`GET /v1/tasks/${TWO}/receipt`] = ok(receiptOf(TWO, "written", true));
    const { other } = valetkey;
    valetkey.other = (seen) =>
      seen.path === `/v1/tasks/${ONE}/receipt`
        ? ok(reads++ > 0 ? receiptOf(ONE, "written", true) : receiptOf(ONE, "pending", false))
        : other(seen);
    const { stdout, code } = await run("agents", "suspend", "reports", "--wait", "20", "--json");
    expect(code).toBe(0);
    const printed = JSON.parse(stdout);
    expect(printed).toMatchObject({ status: "suspended", ended: [ONE], complete: true });
    expect(printed.receipts.map((each: { task: string }) => each.task).sort()).toEqual([ONE, TWO]);
    expect(asked().filter((each) => each.includes(TWO))).toHaveLength(1);
  });

  it("reports by its exit code that a key is not denied in time, and prints what it knows", async () => {
    answers[SUSPEND] = ok({ ...SUSPENDED, ended: [ONE, TWO] });
    answers[ENDED] = ok({ tasks: [] });
    answers[`GET /v1/tasks/${ONE}/receipt`] = ok(receiptOf(ONE, "pending", false));
    answers[`GET /v1/tasks/${TWO}/receipt`] = refused(503, "store_unavailable");
    const { stdout, stderr, code } = await run("agents", "suspend", "reports", "--wait", "1");
    expect(code).toBe(75);
    expect(stdout).toMatch(/k7f3m2q9x4ab\. +aws-0 .* pending/);
    expect(stderr).toContain("not every key is denied yet, of 2 tasks");
  });

  it.each([
    ["agents", "show", "reports", "--wait", "2"],
    ["agents", "resume", "reports", "--wait", "2"],
    ["agents", "confirm", "reports", "--reason", "x"],
    ["agents", "suspend", "reports", "--wait", "soon"],
  ])("does nothing on %s %s", async (...args) => {
    expect((await run(...args)).code).toBe(64);
    expect(valetkey.seen).toEqual([]);
  });
});

describe("valetkey tasks --ended", () => {
  it("lists the latest first, with how, when and by whom, and goes no further back than requested", async () => {
    const now = new Date().toISOString();
    answers[ENDED] = ok({ tasks: [task(ONE, now), task(TWO, "2020-01-01T00:00:00Z")], next: "1577836800#x" });
    const { stdout, code } = await run("tasks", "--ended", "--agent", "reports");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^TASK +AGENT +WAS +AT +BY +PURPOSE\nk7f3m2q9x4ab\. +reports +revoked +\S+ +demo\n$/);
    expect(asked()).toEqual([ENDED]);
  });

  it("reads page after page", async () => {
    answers[ENDED] = ok({ tasks: [task(ONE, new Date().toISOString())], next: "1#a." });
    answers[`${ENDED}&after=1%23a.`] = ok({ tasks: [task(TWO, new Date().toISOString())] });
    const { stdout } = await run("tasks", "--ended", "--agent", "reports", "--json");
    expect(JSON.parse(stdout).tasks).toHaveLength(2);
  });

  it.each([
    ["--since", "7d"],
    ["--ended", "--since", "soon"],
    ["--ended", "--watch"],
  ])("does nothing on %j", async (...args) => {
    expect((await run("tasks", ...args)).code).toBe(64);
    expect(valetkey.seen).toEqual([]);
  });
});

describe("valetkey receipt --agent", () => {
  it("prints the receipts of all tasks of the agent that ended", async () => {
    const now = new Date().toISOString();
    answers[ENDED] = ok({ tasks: [task(ONE, now), task(TWO, now)] });
    for (const id of [ONE, TWO]) answers[`GET /v1/tasks/${id}/receipt`] = ok(receiptOf(id, "written", true));
    const { stdout, code } = await run("receipt", "--agent", "reports");
    expect(code).toBe(0);
    expect(stdout.match(/ written/g)).toHaveLength(2);
    expect(stdout).toMatch(/complete\n$/);
  });

  it("reports where none has ended", async () => {
    answers[ENDED] = ok({ tasks: [] });
    expect(await run("receipt", "--agent", "reports")).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("No task"),
    });
  });

  it("takes a task or an agent, not both", async () => {
    expect((await run("receipt", ONE, "--agent", "reports")).code).toBe(64);
    expect((await run("receipt")).code).toBe(64);
    expect((await run("receipt", ONE, "--since", "1d")).code).toBe(64);
  });
});
