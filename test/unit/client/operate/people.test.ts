import { describe, expect, it } from "vitest";
import { answers, asked, ok, run, setOperatorStage, valetkey } from "./operator-stage.ts";

setOperatorStage();

const ONE = "k7f3m2q9x4ab.";
const END = "POST /v1/people/staff%7Cpat/end-tasks";
const ENDED = { person: "staff|pat", dead_until: "2026-11-24T12:00:00.000Z", ended_tasks: 1, ended: [ONE] };
const receipt = (complete: boolean) => ({
  task: ONE,
  agent: "reports",
  status: "revoked",
  by: "staff|alice",
  below: [],
  complete,
  leases: [
    {
      name: "aws-0",
      account: "111122223333",
      status: complete ? "written" : "pending",
      fence_at: "2026-11-24T12:15:00Z",
    },
  ],
});

describe("valetkey people end-tasks", () => {
  it("prints the tasks that it ended, and sends the reason", async () => {
    answers[END] = ok(ENDED);
    const { stdout, code } = await run("people", "end-tasks", "staff|pat", "--reason", "left the company");
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^Every task for staff\|pat opened by a token that was issued until 2026-11-24T12:00:00\.000Z is ended\.\nENDED TASK\nk7f3m2q9x4ab\.\n$/,
    );
    expect(JSON.parse(valetkey.seen[0]?.body ?? "")).toEqual({ reason: "left the company" });
    expect(asked()).toEqual([END]);
  });

  it("prints JSON for machines", async () => {
    answers[END] = ok(ENDED);
    const { stdout } = await run("people", "end-tasks", "staff|pat", "--json");
    expect(JSON.parse(stdout)).toEqual(ENDED);
  });

  it("waits until each key is denied, and reports by its exit code where one is not in time", async () => {
    answers[END] = ok(ENDED);
    answers[`GET /v1/tasks/${ONE}/receipt`] = ok(receipt(true));
    const { stdout, code } = await run("people", "end-tasks", "staff|pat", "--wait", "5", "--json");
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { complete: true, receipts: [{ task: ONE }] }]);
    answers[`GET /v1/tasks/${ONE}/receipt`] = ok(receipt(false));
    const late = await run("people", "end-tasks", "staff|pat", "--wait", "1");
    expect(late).toMatchObject({ code: 75, stderr: expect.stringContaining(`valetkey receipt ${ONE} --wait 60`) });
  });

  it("prints no command with an id that is no task's", async () => {
    const odd = "x; rm -rf ~";
    answers[END] = ok({ ...ENDED, ended: [odd] });
    answers[`GET /v1/tasks/${encodeURIComponent(odd)}/receipt`] = ok(receipt(false));
    const { code, stderr } = await run("people", "end-tasks", "staff|pat", "--wait", "1");
    expect([code, stderr]).toEqual([75, expect.stringContaining("run `valetkey receipt` for each of them")]);
    expect(stderr).not.toContain("rm -rf");
  });

  it("preserves a slash and a percent sign of the person's id inside one segment of the address", async () => {
    answers["POST /v1/people/staff%7Ca%252Fb%2525/end-tasks"] = ok(ENDED);
    expect((await run("people", "end-tasks", "staff|a/b%")).code).toBe(0);
  });

  it.each([
    ["people"],
    ["people", "list"],
    ["people", "end-tasks"],
    ["people", "end-tasks", "pat"],
    ["people", "end-tasks", "staff|"],
    ["people", "end-tasks", "staff|pat", "more"],
    ["people", "end-tasks", "staff|pat", "--wait", "soon"],
  ])("does nothing on %s %s %s", async (...args) => {
    expect((await run(...args)).code).toBe(64);
    expect(valetkey.seen).toEqual([]);
  });
});
