import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FakeValetkey, type Reply } from "../fake-valetkey.ts";
import { runClient } from "../run-client.ts";

const TOKEN = "eyCANARYop0.eyCANARYop1.CANARYop2";
const AGENT = { id: "reports", name: "Reports", owner: "ann@acme.test", team: "data", status: "active" };

let valetkey: FakeValetkey;
let folder: string;
/** What the service answers, by `METHOD path`. */
let answers: Record<string, Reply>;
beforeEach(async () => {
  valetkey = await new FakeValetkey().start();
  folder = mkdtempSync(join(tmpdir(), "valetkey-operate-"));
  answers = {};
  valetkey.other = ({ method, path }) =>
    answers[`${method} ${path}`] ?? { status: 404, body: { code: "not_found", error_description: "Nothing here." } };
});
afterEach(async () => {
  await valetkey.stop();
  rmSync(folder, { recursive: true });
});

const ok = (body: unknown): Reply => ({ status: 200, body });
const refused = (status: number, code: string): Reply => ({
  status,
  body: { code, error_description: `It is ${code}.` },
});
const run = (...args: string[]) =>
  runClient(args, { VALETKEY_URL: valetkey.url, VALETKEY_OPERATOR_TOKEN: TOKEN, XDG_CONFIG_HOME: folder });
const asked = () => valetkey.seen.map(({ method, path }) => `${method} ${path}`);
const file = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

describe("valetkey agents", () => {
  it("lists every page as a table, and as JSON for machines", async () => {
    answers["GET /v1/agents"] = ok({ agents: [AGENT], next: "reports" });
    answers["GET /v1/agents?after=reports"] = ok({ agents: [{ ...AGENT, id: "triage", status: "suspended" }] });
    const { stdout, code } = await run("agents");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^AGENT +STATUS +OWNER/);
    expect(stdout).toMatch(/^triage +suspended +ann@acme\.test/m);
    const { stdout: json } = await run("agents", "--json");
    expect(JSON.parse(json).agents).toHaveLength(2);
  });

  it("says when each was last used where that was asked about, and of the others nothing that it was not told", async () => {
    answers["GET /v1/agents"] = ok({ agents: [AGENT] });
    answers["GET /v1/agents?inactive_days=30"] = ok({ agents: [AGENT, { ...AGENT, last_used_on: "2026-10-01" }] });
    expect((await run("agents")).stdout).not.toContain("LAST USED");
    const { stdout } = await run("agents", "--inactive-days", "30");
    expect(stdout).toMatch(/^AGENT .* LAST USED .*\nreports .* never\nreports .* 2026-10-01$/m);
  });

  it("asks with the operator's token, which it never prints", async () => {
    answers["GET /v1/agents/reports"] = ok(AGENT);
    const { stdout, stderr } = await run("agents", "show", "reports");
    expect(valetkey.seen[0]?.authorization).toBe(`Bearer ${TOKEN}`);
    expect(stdout + stderr).not.toContain("CANARY");
  });

  it.each(["suspend", "resume", "confirm"])("does what it is told: %s", async (verb) => {
    answers[`POST /v1/agents/reports/${verb}`] = ok(AGENT);
    expect((await run("agents", verb, "reports")).code).toBe(0);
    expect(asked()).toEqual([`POST /v1/agents/reports/${verb}`]);
  });

  it("registers what a file describes", async () => {
    answers["POST /v1/agents"] = { status: 201, body: AGENT };
    expect((await run("agents", "register", "-f", file("a.json", JSON.stringify(AGENT)))).code).toBe(0);
    expect(JSON.parse(valetkey.seen[0]?.body ?? "")).toEqual(AGENT);
  });

  it("never lets an id become another address, nor a name another line", async () => {
    answers["POST /v1/agents/..%2Fpanic/suspend"] = ok({ ...AGENT, name: "evil\u001b[2Jname\nreports active" });
    const { stdout } = await run("agents", "suspend", "../panic");
    expect(asked()).toEqual(["POST /v1/agents/..%2Fpanic/suspend"]);
    expect(stdout).not.toContain("\u001b");
    expect(stdout).not.toMatch(/^reports active/m);
  });

  it.each([
    [["agents", "show"], 64, /say which agent/],
    [["agents", "sing"], 64, /takes list, show/],
    [["agents", "register"], 64, /which file/],
    [["agents", "--watch"], 64, /--watch is unknown/],
    [["agents", "show", "a", "b"], 64, /a word too many/],
    [["agents", "show", "nobody"], 65, /Nothing here/],
  ])("refuses %j with a sentence and a code of its own", async (args, code, sentence) => {
    expect(await run(...args)).toMatchObject({ code, stderr: expect.stringMatching(sentence) });
  });

  it.each([
    [401, 77],
    [403, 77],
    [409, 65],
    [429, 75],
    [503, 69],
  ])("tells an answer of %d by exit code %d", async (status, code) => {
    answers["GET /v1/agents"] = refused(status, "some_code");
    expect(await run("agents")).toMatchObject({ code, stderr: expect.stringContaining("It is some_code.") });
  });
});

describe("an operator without a token", () => {
  it("is told how to log in", async () => {
    const run = await runClient(["agents"], { VALETKEY_URL: valetkey.url, XDG_CONFIG_HOME: folder });
    expect(run).toMatchObject({ code: 66, stderr: expect.stringContaining("valetkey login --url") });
    expect(valetkey.seen).toEqual([]);
  });
});

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

  it("asks for each agent's where none is named", async () => {
    answers["GET /v1/agents"] = ok({ agents: [AGENT, { ...AGENT, id: "triage" }] });
    answers["GET /v1/tasks?agent=reports"] = ok({ tasks: [] });
    answers["GET /v1/tasks?agent=triage"] = ok({ tasks: [] });
    expect((await run("tasks")).stdout).toBe("No task is alive.\n");
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
  it("says when the task ended, and when IAM was told, and after how long", async () => {
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
  ])("says what a canary saw, where one watched: %s", async (status, words) => {
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

  it("is printed though it is not complete, and says by its exit code that it is not", async () => {
    answers[`GET /v1/tasks/${TASK}/receipt`] = ok(receiptOf(false));
    const { stdout, stderr, code } = await run("receipt", TASK);
    expect(code).toBe(75);
    expect(stdout).toMatch(/pending/);
    expect(stderr).toContain("ask again");
  });

  it("says which word is missing", async () => {
    expect(await run("receipt")).toMatchObject({ code: 64, stderr: expect.stringContaining("which task") });
  });
});

describe("valetkey offboard", () => {
  it("asks for a yes before it asks the service for anything", async () => {
    expect(await run("offboard", "reports")).toMatchObject({ code: 64, stderr: expect.stringContaining("--yes") });
    expect(valetkey.seen).toEqual([]);
  });

  it("goes on until the report is complete", async () => {
    let reports = 0;
    valetkey.other = ({ method }) =>
      method === "POST"
        ? { status: 202, body: {} }
        : ok({
            report: {
              tasks: [{ task: "k7f3m2q9x4ab.", status: "revoked", leases: [{ name: "aws-0", status: "unknown" }] }],
              secrets: {
                entries: [
                  { secret: "reports/login", status: "pending_rotation" },
                  { secret: "reports/key", status: "not_rotated" },
                ],
              },
            },
            ...(++reports > 1 ? { sha256: "5e0f" } : {}),
          });
    const { code, stdout, stderr } = await run("offboard", "reports", "--yes");
    expect(code).toBe(0);
    // Nobody waits for what is left to a person.
    expect(stderr).toContain("2 of its tasks, leases, bindings and secrets are open still");
    expect(stdout).toMatch(/secret +reports\/key +not_rotated/);
    expect(stdout).toMatch(/task +k7f3m2q9x4ab\. +revoked/);
    expect(stdout).toContain("complete");
    expect(valetkey.seen.filter(({ method }) => method === "POST")).toHaveLength(2);
  });

  it("says that it is not, by its exit code, where it does not wait so long", async () => {
    valetkey.other = ({ method }) =>
      method === "POST" ? { status: 202, body: {} } : ok({ report: { complete: true } });
    expect(await run("offboard", "reports", "--yes", "--wait", "0")).toMatchObject({
      code: 75,
      stderr: expect.stringContaining("not everything has ended"),
    });
  });
});

describe("valetkey panic", () => {
  it.each([
    [["panic", "--reason", "stolen"], /say --yes/],
    [["panic", "--lift"], /say --yes/],
    [["panic", "--lift", "--reason", "x", "--yes"], /not both/],
  ])("does nothing on %j", async (args, sentence) => {
    expect(await run(...args)).toMatchObject({ code: 64, stderr: expect.stringMatching(sentence) });
    expect(valetkey.seen).toEqual([]);
  });
});

describe("valetkey apply", () => {
  const yaml = (text: string) => file("agents.yaml", text);
  const ONE = "- id: reports\n  name: Reports\n  owner: ann@acme.test\n  team: data\n";

  it("shows a plan, and changes nothing without a yes", async () => {
    answers["GET /v1/agents/reports"] = refused(404, "agent_not_found");
    const { stdout, stderr } = await run("apply", "-f", yaml(ONE));
    expect(stdout).toBe("+ reports: register\n");
    expect(stderr).toContain("say --yes");
    expect(asked()).toEqual(["GET /v1/agents/reports"]);
  });

  it("does it with a yes, and a second run changes nothing", async () => {
    answers["GET /v1/agents/reports"] = refused(404, "agent_not_found");
    answers["POST /v1/agents"] = { status: 201, body: AGENT };
    await run("apply", "-f", yaml(ONE), "--yes");
    expect(asked()).toContain("POST /v1/agents");
    answers["GET /v1/agents/reports"] = ok({ ...AGENT, limits: { live_tasks: 50 } });
    valetkey.seen.length = 0;
    expect((await run("apply", "-f", yaml(ONE), "--yes")).stdout).toBe("= reports: is as the file says\n");
    expect(asked()).toEqual(["GET /v1/agents/reports"]);
  });

  it("names what differs, and suspends where the file says so", async () => {
    answers["GET /v1/agents/reports"] = ok({ ...AGENT, owner: "bob@acme.test" });
    const { stdout } = await run("apply", "-f", yaml(`${ONE}  status: suspended\n`));
    expect(stdout).toBe("~ reports: change owner\n~ reports: suspend\n");
  });

  it("resumes nobody whom the file does not call active", async () => {
    answers["GET /v1/agents/reports"] = ok({ ...AGENT, status: "suspended" });
    expect((await run("apply", "-f", yaml(ONE), "--yes")).stdout).toBe("= reports: is as the file says\n");
    expect(asked()).toEqual(["GET /v1/agents/reports"]);
    const { stdout } = await run("apply", "-f", yaml(`${ONE}  status: active\n`));
    expect(stdout).toBe("~ reports: resume\n");
  });

  it("registers an agent that is to be suspended, and suspends it", async () => {
    answers["GET /v1/agents/reports"] = refused(404, "agent_not_found");
    answers["POST /v1/agents"] = { status: 201, body: AGENT };
    answers["POST /v1/agents/reports/suspend"] = ok(AGENT);
    const { stdout } = await run("apply", "-f", yaml(`${ONE}  status: suspended\n`), "--yes");
    expect(stdout).toBe("+ reports: register\n~ reports: suspend\n");
    expect(asked().slice(1)).toEqual(["POST /v1/agents", "POST /v1/agents/reports/suspend"]);
  });

  it("sends what differs and no more", async () => {
    const bindings = [{ issuer: "github", claims: { repository_id: "1" } }];
    answers["GET /v1/agents/reports"] = ok({ ...AGENT, owner: "bob@acme.test", bindings });
    answers["POST /v1/agents/reports"] = ok(AGENT);
    await run("apply", "-f", yaml(`${ONE}  bindings: ${JSON.stringify(bindings)}\n`), "--yes");
    const sent = valetkey.of("POST", "/v1/agents/reports").at(-1);
    expect(JSON.parse(sent?.body ?? "")).toEqual({ owner: "ann@acme.test" });
  });

  it("prints nothing that a terminal would obey: no line of the plan can hide another", async () => {
    answers["GET /v1/agents/reports"] = ok(AGENT);
    const { stdout } = await run("apply", "-f", yaml(`${ONE}  "x\\e[1A\\e[2Ky": 1\n`));
    expect(stdout).toBe("~ reports: change x [1A [2Ky\n");
  });

  it("never brings back an agent that was offboarded", async () => {
    answers["GET /v1/agents/reports"] = ok({ ...AGENT, status: "offboarded" });
    expect(await run("apply", "-f", yaml(ONE), "--yes")).toMatchObject({
      code: 64,
      stdout: expect.stringMatching(/^! reports: is offboarded/),
    });
  });

  it.each([
    ["no YAML", "- id: [", /line 1, column/],
    ["no list", "id: reports", /must hold a list/],
    ["an agent without an id", "- name: x", /each with an id/],
    ["an agent twice", `${ONE}${ONE}`, /names reports twice/],
    ["a status that is none", `${ONE}  status: actve\n`, /a status other than active and suspended/],
  ])("refuses %s", async (_, text, sentence) => {
    expect(await run("apply", "-f", yaml(text))).toMatchObject({ code: 64, stderr: expect.stringMatching(sentence) });
  });
});

describe("valetkey doctor", () => {
  it("finds nothing wrong where nothing is", async () => {
    answers["GET /.well-known/oauth-authorization-server"] = ok({
      issuer: valetkey.url,
      audiences: { exchange: "aud" },
    });
    answers["GET /v1/agents"] = ok({ agents: [AGENT] });
    const { code, stdout } = await run("doctor");
    expect(code).toBe(0);
    expect(stdout).toMatch(/operator +ok +may list agents/);
  });

  it("says what is wrong, and how to mend it, with exit code 1", async () => {
    answers["GET /.well-known/oauth-authorization-server"] = {
      status: 200,
      body: { issuer: "https://other.example.com" },
      headers: { date: "Thu, 01 Jan 2026 00:00:00 GMT" },
    };
    const { code, stdout } = await run("doctor", "--json");
    expect(code).toBe(1);
    const { findings } = JSON.parse(stdout) as { findings: { check: string; state: string; mend?: string }[] };
    expect(findings.filter(({ state }) => state === "bad").map(({ check }) => check)).toEqual(["address", "clock"]);
    for (const { state, mend } of findings) if (state === "bad") expect(mend).toBeTruthy();
    expect((await run("doctor")).stdout).toMatch(/^address +bad +calls itself .*\n {2}mend: use that as --url/m);
  });

  it("skips what it has no credentials for, and what only a checkout knows, and says what that takes", async () => {
    answers["GET /.well-known/oauth-authorization-server"] = ok({ issuer: valetkey.url });
    const args = ["doctor", "--config", join(folder, "none.json")];
    const { code, stdout } = await runClient(args, { VALETKEY_URL: valetkey.url, XDG_CONFIG_HOME: folder });
    expect(code).toBe(0);
    for (const line of [
      /^identity +skipped .*\n {2}mend: needed by agents/m,
      /^operator +skipped .*\n {2}mend: needed by operators/m,
      /^deployment +skipped +there is no .*\n {2}mend: operators: in the checkout/m,
    ])
      expect(stdout).toMatch(line);
  });
});

describe("valetkey completion", () => {
  it.each(["bash", "zsh", "fish"])("speaks %s", async (shell) => {
    expect((await run("completion", shell)).stdout).toContain("credential-process");
  });
});

describe("valetkey", () => {
  it.each(["exce", "tsks", "offbord"])("names the command that was meant by %s", async (typed) => {
    expect(await run(typed)).toMatchObject({ code: 64, stderr: expect.stringMatching(/did you mean valetkey/) });
  });

  it.each([
    "login",
    "logout",
    "agents",
    "tasks",
    "revoke",
    "receipt",
    "secrets",
    "offboard",
    "panic",
    "apply",
    "doctor",
    "serve",
    "env",
  ])("has help with an example for %s", async (command) => {
    const { stdout, code } = await run("help", command);
    expect(code).toBe(0);
    expect(stdout).toMatch(/Examples?\n +(eval .*)?"?(\$\()?valetkey /);
  });
});
