import { describe, expect, it } from "vitest";
import { soughtOf } from "../../../../client/operate/incident/sought.ts";
import { AGENT, answers, asked, ok, refused, run, setOperatorStage, valetkey } from "./operator-stage.ts";

setOperatorStage();

const ID = "k7f3m2q9x4ab.";
const KEY = "ASIAQNZGKIQY56JQ7WML";
const TASK = {
  ...{ id: ID, agent: "reports", status: "active", purpose: "weekly", opened_at: "2026-11-24T12:00:00Z" },
  expires_at: "2026-11-24T12:15:00Z",
  leases: [
    {
      name: "aws-0",
      type: "aws",
      account: "111122223333",
      role: "valetkey-task-3",
      access_key_id: KEY,
      fence_at: "2026-11-24T12:15:00Z",
    },
  ],
};
const ARN = `arn:aws:sts::111122223333:assumed-role/valetkey-task-3/${ID}`;

describe("the argument of valetkey find", () => {
  it.each([
    [KEY, { kind: "key", key: KEY }],
    [ARN, { kind: "session", task: ID, account: "111122223333", role: "valetkey-task-3" }],
    [ARN.slice(0, -1), { kind: "session", task: ID.slice(0, -1), account: "111122223333", role: "valetkey-task-3" }],
    [`AROAQNZGKIQY56JQ7WML:${ID}c1x9.`, { kind: "session", task: `${ID}c1x9.` }],
    [ID, { kind: "session", task: ID }],
    ["reports", { kind: "agent", id: "reports" }],
  ])("%s is understood", (text, sought) => {
    expect(soughtOf(text)).toEqual(sought);
  });

  it.each([
    ["AKIAQNZGKIQY56JQ7WML", /no key of a session/],
    ["arn:aws:sts::111122223333:assumed-role/admin/bob", /admin is no task role/],
    ["arn:aws:sts::111122223333:assumed-role/valetkey-task-3/bob", /is not a task's id/],
    ["valetkey-probe", /probe/],
    ["../panic", /access key/],
    ["a\u001b[2J", /access key/],
  ])("%s is refused, with the reason", (text, why) => {
    expect(() => soughtOf(text)).toThrow(why);
  });
});

describe("valetkey find", () => {
  it("finds the task of a key, its agent, its state, and what to run next", async () => {
    answers[`GET /v1/tasks?access_key_id=${KEY}&account=111122223333`] = ok({
      tasks: [TASK],
      searched: { tasks: 9, whole: true },
    });
    const { stdout, code } = await run("find", KEY, "--account", "111122223333");
    expect(code).toBe(0);
    for (const line of [
      /^task +k7f3m2q9x4ab\.$/m,
      /^agent +reports$/m,
      /^is +active$/m,
      /^key +aws-0 111122223333 valetkey-task-3 ASIA/m,
      /^fence +2026-11-24T12:15:00Z$/m,
      /^ {2}npx valetkey revoke k7f3m2q9x4ab\. --wait 60$/m,
      /^ {2}npx valetkey incident reports$/m,
    ])
      expect(stdout).toMatch(line);
  });

  it("finds the ended task of a session's ARN, and who ended it", async () => {
    const ended = { ...TASK, status: "revoked", ended_at: "2026-11-24T12:05:00Z", ended_by: "staff|alice" };
    answers[`GET /v1/tasks?task=${ID}`] = ok({ tasks: [ended] });
    const { stdout } = await run("find", ARN);
    expect(stdout).toMatch(/^is +revoked at 2026-11-24T12:05:00Z by staff\|alice$/m);
    expect(stdout).toContain("valetkey receipt k7f3m2q9x4ab.");
    expect(stdout).not.toContain("WARNING");
  });

  it("warns where the session has a task's name and a role in which the task has no key", async () => {
    answers[`GET /v1/tasks?task=${ID}`] = ok({ tasks: [TASK] });
    const { stdout } = await run("find", ARN.replace("task-3", "task-4"));
    expect(stdout).toMatch(/^WARNING: the task has no key in this account and role/);
  });

  it("prints that a key of nobody opens nothing, and that it does not know where not all were searched", async () => {
    answers[`GET /v1/tasks?access_key_id=${KEY}`] = ok({ tasks: [], searched: { tasks: 7, whole: true } });
    expect(await run("find", KEY)).toMatchObject({
      code: 65,
      stderr: expect.stringContaining("of 7 tasks that may have a live session, none"),
    });
    answers[`GET /v1/tasks?access_key_id=${KEY}`] = ok({ tasks: [], searched: { tasks: 7, whole: false } });
    expect(await run("find", KEY)).toMatchObject({ code: 75, stderr: expect.stringContaining("unknown") });
  });

  it("finds an agent by the source identity of its sessions, or a task whose separator was lost", async () => {
    answers["GET /v1/agents/reports"] = ok(AGENT);
    answers["GET /v1/tasks?agent=reports"] = ok({ tasks: [TASK] });
    answers["GET /v1/tasks?agent=reports&ended=true"] = ok({ tasks: [] });
    expect((await run("find", "reports")).stdout).toMatch(/^k7f3m2q9x4ab\. +active/m);
    answers["GET /v1/agents/k7f3m2q9x4ab"] = refused(404, "agent_not_found");
    answers["GET /v1/tasks?task=k7f3m2q9x4ab"] = ok({ tasks: [TASK] });
    expect((await run("find", "k7f3m2q9x4ab")).stdout).toMatch(/^task +k7f3m2q9x4ab\.$/m);
  });

  it("prints the service's refusal to an operator who may not look", async () => {
    answers[`GET /v1/tasks?task=${ID}`] = refused(403, "operator_denied");
    expect((await run("find", ID)).code).toBe(77);
  });

  it("prints neither a control character nor a command of another's making", async () => {
    answers[`GET /v1/tasks?task=${ID}`] = ok({
      tasks: [{ ...TASK, id: "x; rm -rf ~", purpose: "\u001b[2Jevil\nNext" }],
    });
    const { stdout } = await run("find", ID);
    expect(stdout).not.toContain("\u001b");
    expect(stdout.slice(stdout.indexOf("\nNext\n"))).not.toContain("rm -rf");
    expect(stdout).not.toMatch(/^evil/m);
  });

  it.each(["--help", "-", "a", "Reports", "reports-", "reports\u202e"])(
    "prints no command for a task of %j, which is no agent's id",
    async (agent) => {
      answers[`GET /v1/tasks?task=${ID}`] = ok({ tasks: [{ ...TASK, agent }] });
      expect((await run("find", ID, "--json")).stdout).toContain('"next":[]');
    },
  );

  it.each(["k7f3m2q9x4ab", "k7f3m2q9x4ab..", ".............", "k7f3m2q9x4abc1x9."])(
    "prints no command for the task %j, which is no task's id",
    async (id) => {
      answers[`GET /v1/tasks?task=${ID}`] = ok({ tasks: [{ ...TASK, id }] });
      expect((await run("find", ID, "--json")).stdout).toContain('"next":[]');
    },
  );

  it("requests nothing where it does not understand", async () => {
    expect((await run("find", "AKIAQNZGKIQY56JQ7WML")).code).toBe(64);
    expect((await run("find")).code).toBe(64);
    expect(asked()).toEqual([]);
    expect(valetkey.seen).toEqual([]);
  });
});
