import { describe, expect, it } from "vitest";
import { AGENT, answers, asked, ok, run, setOperatorStage, valetkey } from "./operator-stage.ts";

setOperatorStage();

describe("valetkey tasks", () => {
  it("shows what is alive as trees", async () => {
    const task = (id: string) => ({ id, agent: "reports", expires_at: "2026-11-25T12:00:00Z", purpose: "weekly" });
    answers["GET /v1/tasks?agent=reports"] = ok({ tasks: [task("k7f3m2q9x4ab.c1x9."), task("k7f3m2q9x4ab.")] });
    const { stdout } = await run("tasks", "--agent", "reports");
    expect(
      stdout
        .split("\n")
        .slice(1, 3)
        .map((line) => line.split("  reports")[0]?.trimEnd()),
    ).toEqual(["k7f3m2q9x4ab.", "  └ k7f3m2q9x4ab.c1x9."]);
  });

  it("names the command to log in again where the hub no longer knows the login", async () => {
    const error_description = "An operator's OIDC token is needed in the Authorization header.";
    const refused = (code: string) => ({ status: 401, body: { error: "invalid_token", code, error_description } });
    answers["GET /v1/tasks?agent=reports"] = refused("operator_token_invalid");
    const { code, stderr } = await run("tasks", "--agent", "reports");
    expect([code, stderr]).toEqual([
      77,
      expect.stringMatching(/header\. Log in again: npx valetkey login --url http\S+\n$/),
    ]);
    answers["GET /v1/tasks?agent=reports"] = refused("another");
    expect((await run("tasks", "--agent", "reports")).stderr).not.toContain("login");
  });

  it("distinguishes a task that waits for people from one that has its key", async () => {
    const task = { agent: "reports", expires_at: "2026-11-25T12:00:00Z", purpose: "weekly" };
    answers["GET /v1/tasks?agent=reports"] = ok({
      tasks: [
        { ...task, id: "a1.", status: "active" },
        {
          ...task,
          id: "b2.",
          status: "pending_approval",
          approval: { id: "ap7f3m2q9x4ab", needed: [], state: "pending" },
        },
      ],
    });
    const { stdout } = await run("tasks", "--agent", "reports");
    expect(stdout).toMatch(/^a1\. +reports +active +2026/m);
    expect(stdout).toMatch(/^b2\. +reports +waits: approval ap7f3m2q9x4ab +2026/m);
  });

  it("names who denied a task's request, when and why, and an approved request whose key was not fetched", async () => {
    const task = {
      agent: "reports",
      expires_at: "2026-11-25T12:00:00Z",
      purpose: "weekly",
      status: "pending_approval",
    };
    const of = (id: string, approval: object) => ({
      ...task,
      id,
      approval: { id: "ap7f3m2q9x4ab", needed: [], ...approval },
    });
    const decided = { by: "staff|bob", at: "2026-11-25T10:47:00Z", reason: "freeze\u001b[2J" };
    answers["GET /v1/tasks?agent=reports"] = ok({
      tasks: [
        of("a1.", { state: "approved", decided: { at: "2026-11-25T10:47:00Z" } }),
        of("b2.", { state: "denied", decided }),
        of("c3.", { state: "expired" }),
      ],
    });
    const { stdout } = await run("tasks", "--agent", "reports");
    expect(stdout).toMatch(/^a1\. +reports +approved, key not fetched: approval ap7f3m2q9x4ab +2026/m);
    expect(stdout).toMatch(
      /^b2\. +reports +denied by staff\|bob at 2026-11-25T10:47:00Z: "freeze\\u001b\[2J": approval ap7f3m2q9x4ab +2026/m,
    );
    expect(stdout).toMatch(/^c3\. +reports +expired: approval ap7f3m2q9x4ab +2026/m);
  });

  it("requests each agent's where none is named", async () => {
    answers["GET /v1/agents"] = ok({ agents: [AGENT, { ...AGENT, id: "triage" }] });
    answers["GET /v1/tasks?agent=reports"] = ok({ tasks: [] });
    answers["GET /v1/tasks?agent=triage"] = ok({ tasks: [] });
    expect((await run("tasks")).stdout).toBe("No task is alive.\n");
  });

  it("prints a ledger, with what nobody sees, and where calls are seen", async () => {
    const row = { asked: true, granted: true, used: 0, denied: 0, action: "sqs:SendMessage" };
    answers["GET /v1/tasks/k7f3m2q9x4ab./ledger"] = ok({
      rows: [
        { ...row, resource: "arn:aws:sqs:eu-west-1:111122223333:q", visibility: "region_not_forwarded" },
        { ...row, resource: "arn:aws:s3:::locked", visibility: "never_logged" },
        { ...row, resource: "arn:aws:sqs:us-east-1:111122223333:q", visibility: "data_event_not_selected" },
        { ...row, granted: false, resource: "arn:aws:sqs:eu-central-1:111122223333:q", visibility: "management" },
      ],
      forwarded: [{ account: "111122223333", regions: ["eu-central-1", "us-east-1"] }],
    });
    const { stdout } = await run("tasks", "ledger", "k7f3m2q9x4ab.");
    expect(stdout).toMatch(/eu-central-1\S+ +yes +NO +0 +0\n/);
    expect(stdout).toMatch(/eu-west-1\S+ +yes +yes +0 +0 +not seen: nobody forwards this Region's calls\n/);
    expect(stdout).toMatch(/locked +yes +yes +0 +0 +not seen: no event tells of it\n/);
    expect(stdout).toMatch(/us-east-1\S+ +yes +yes +0 +0 +not seen: no trail selects such events\n/);
    expect(stdout).toContain("Seen in account 111122223333: calls in eu-central-1, us-east-1.\n");
  });

  it("prints a ledger of a service, or of an observer, in foreign hands: nothing is obeyed, no line added, no time crashes it", async () => {
    const odd = "a\u001b[2J\u009b\u202e\nb";
    answers["GET /v1/tasks/k7f3m2q9x4ab./ledger"] = ok({
      rows: [{ action: odd, resource: odd, used: 1, denied: 0, last: 1e300, visibility: "data_event_not_selected" }],
      forwarded: [{ account: odd, regions: [odd] }],
    });
    const { code, stdout } = await run("tasks", "ledger", "k7f3m2q9x4ab.");
    expect([code, stdout.split("\n").length, stdout.replaceAll("\n", "")]).toEqual([
      0,
      4,
      expect.not.stringMatching(/\p{C}/u),
    ]);
    expect(stdout).not.toContain("not seen");
  });

  it("ends one", async () => {
    answers["POST /v1/tasks/k7f3m2q9x4ab./end"] = ok({ id: "k7f3m2q9x4ab.", agent: "reports", status: "revoked" });
    expect((await run("revoke", "k7f3m2q9x4ab.")).stdout).toContain("is revoked");
    expect(asked()).toEqual(["POST /v1/tasks/k7f3m2q9x4ab./end"]);
  });

  it("ends one and waits for its receipt", async () => {
    let reads = 0;
    valetkey.other = ({ method }) => {
      reads += method === "GET" ? 1 : 0;
      return ok(method === "POST" ? { id: TASK, agent: "reports", status: "revoked" } : receiptOf(reads > 1));
    };
    const { stdout, code } = await run("revoke", TASK, "--wait", "20");
    expect(code).toBe(0);
    expect(asked()).toEqual([
      `POST /v1/tasks/${TASK}/end`,
      `GET /v1/tasks/${TASK}/receipt`,
      `GET /v1/tasks/${TASK}/receipt`,
    ]);
    expect(stdout).toMatch(/aws-0 +111122223333 +valetkey-task-1 +written +\S+ +215 ms/);
  });

  it("tells what ends the key where IAM cannot be written, and exits with 75", async () => {
    const { leases, ...receipt } = receiptOf(false);
    const unwritable = { since: "2026-11-24T11:58:07Z" };
    valetkey.other = ({ method }) =>
      ok(
        method === "POST"
          ? { id: TASK, agent: "reports", status: "revoked" }
          : { ...receipt, leases: leases.map((lease) => ({ ...lease, dies_by: "2026-11-24T12:20:00Z", unwritable })) },
      );
    const { stdout, stderr, code } = await run("revoke", TASK, "--wait", "0");
    const sentence =
      "IAM cannot be written since 2026-11-24T11:58:07Z; the last key dies by itself at 2026-11-24T12:20:00Z";
    expect(code).toBe(75);
    expect(stdout).toContain(`${sentence}\n`);
    expect(stderr).toContain(sentence);
  });

  it("takes no reason, which the service could not record", async () => {
    const { code, stderr } = await run("revoke", TASK, "--reason", "leaked");
    expect([code, stderr]).toEqual([64, expect.stringContaining("--reason is unknown to revoke")]);
    expect(valetkey.seen).toEqual([]);
  });

  it("ends nothing where it does not know how long to wait", async () => {
    expect((await run("revoke", TASK, "--wait", "soon")).code).toBe(64);
    expect(valetkey.seen).toEqual([]);
  });
});

const TASK = "k7f3m2q9x4ab.";
const receiptOf = (complete: boolean) => ({
  task: TASK,
  agent: "reports",
  status: "revoked",
  ended_at: "2026-11-24T12:00:00.000Z",
  by: "staff|alice",
  leases: [
    {
      name: "aws-0",
      account: "111122223333",
      role: "valetkey-task-1",
      fence_at: "2026-11-24T12:15:00Z",
      ...(complete
        ? { status: "written", policy_written_at: "2026-11-24T12:00:00.215Z", milliseconds: 215 }
        : { status: "pending" }),
    },
  ],
  complete,
});

describe("valetkey receipt", () => {
  it("prints when the task ended, and when IAM had the denial, and after how long", async () => {
    answers[`GET /v1/tasks/${TASK}/receipt`] = ok(receiptOf(true));
    const { stdout, code } = await run("receipt", TASK);
    expect(code).toBe(0);
    expect(stdout).toMatch(/k7f3m2q9x4ab\. +reports +revoked +2026-11-24T12:00:00\.000Z +staff\|alice/);
    expect(stdout).toMatch(/aws-0 .*written +2026-11-24T12:00:00\.215Z +215 ms +2026-11-24T12:15:00Z/);
    expect(stdout).toContain("complete");
    expect(JSON.parse((await run("receipt", TASK, "--json")).stdout)).toEqual({
      receipts: [receiptOf(true)],
      complete: true,
    });
  });

  it.each([
    ["denied", "after 4180 ms"],
    ["at_most", "within 4180 ms"],
    ["not_observed", "not in 4180 ms"],
  ])("prints what a canary saw, where one watched: %s", async (status, words) => {
    const { leases, ...rest } = receiptOf(true);
    const observed = { status, milliseconds: 4_180 };
    answers[`GET /v1/tasks/${TASK}/receipt`] = ok({ ...rest, leases: leases.map((lease) => ({ ...lease, observed })) });
    expect((await run("receipt", TASK)).stdout).toMatch(new RegExp(`215 ms +${words} +2026-11-24T12:15:00Z`));
  });

  it("is complete only with those of the tasks below", async () => {
    const child = `${TASK}c1x9.`;
    answers[`GET /v1/tasks/${TASK}/receipt`] = ok({ ...receiptOf(true), below: [child] });
    answers[`GET /v1/tasks/${child}/receipt`] = ok({ ...receiptOf(false), task: child });
    const { stdout, code } = await run("receipt", TASK);
    expect(code).toBe(75);
    expect(stdout).toMatch(/k7f3m2q9x4ab\. +aws-0 .*written/);
    expect(stdout).toMatch(/k7f3m2q9x4ab\.c1x9\. +aws-0 .*pending/);
    expect(stdout).toContain("not complete");
  });

  it("is printed though it is not complete, which the exit code reports", async () => {
    answers[`GET /v1/tasks/${TASK}/receipt`] = ok(receiptOf(false));
    const { stdout, stderr, code } = await run("receipt", TASK);
    expect(code).toBe(75);
    expect(stdout).toMatch(/pending/);
    expect(stderr).toContain("run the command again");
  });

  it("of a live task tells that it is still active, and not to wait for a denial", async () => {
    answers[`GET /v1/tasks/${TASK}/receipt`] = ok({ ...receiptOf(false), status: "active", ended_at: undefined });
    const { stderr, code } = await run("receipt", TASK);
    expect([code, stderr]).toEqual([75, expect.stringContaining(`task ${TASK} is still active`)]);
    expect(stderr).not.toContain("denied in IAM");
  });

  it("of a task without a key names no key that IAM would have to deny", async () => {
    answers[`GET /v1/tasks/${TASK}/receipt`] = ok({ ...receiptOf(false), leases: [] });
    const { stderr, code } = await run("receipt", TASK);
    expect([code, stderr]).toEqual([75, expect.stringContaining("no key was issued, and the task has not ended yet")]);
    expect(stderr).not.toContain("denied");
  });

  it("names the word that is missing", async () => {
    expect(await run("receipt")).toMatchObject({ code: 64, stderr: expect.stringContaining("which task") });
  });
});
