import { describe, expect, it } from "vitest";
import { callClient } from "../call-client.ts";
import {
  AGENT,
  answers,
  asked,
  file,
  folder,
  ok,
  refused,
  run,
  setOperatorStage,
  TOKEN,
  valetkey,
} from "./operator-stage.ts";

setOperatorStage();

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

  it("prints when each was last used where requested, and nothing of an agent without that answer", async () => {
    answers["GET /v1/agents"] = ok({ agents: [AGENT] });
    answers["GET /v1/agents?inactive_days=30"] = ok({ agents: [AGENT, { ...AGENT, last_used_on: "2026-10-01" }] });
    expect((await run("agents")).stdout).not.toContain("LAST USED");
    const { stdout } = await run("agents", "--inactive-days", "30");
    expect(stdout).toMatch(/^AGENT .* LAST USED .*\nreports .* never\nreports .* 2026-10-01$/m);
  });

  it("lists who has to be confirmed, the next due first, with the last confirmation and by whom", async () => {
    const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
    const created_at = "2026-08-01T12:00:00Z";
    const agents = [
      { ...AGENT, id: "later", created_at, confirm_by: inDays(40.5), confirmed_at: "2026-11-01T12:00:00Z" },
      { ...AGENT, id: "gone", status: "offboarding", created_at },
      {
        ...AGENT,
        id: "soon",
        created_at,
        confirm_by: inDays(13.5),
        confirmed_at: created_at,
        confirmed_by: "staff|ann",
      },
      { ...AGENT, id: "over", status: "suspended", created_at, confirm_by: inDays(-0.5) },
    ];
    answers["GET /v1/agents"] = ok({ agents, next: "over" });
    answers["GET /v1/agents?after=over"] = ok({ agents: [] });
    const { code, stdout } = await run("agents", "due");
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^AGENT .*\nover +suspended .* overdue +never; registered 2026-08-01T12:00:00Z *\nsoon .* 13 d +2026-08-01T12:00:00Z +staff\|ann\nlater .* 40 d +2026-11-01T12:00:00Z *\n$/,
    );
    const { stdout: json } = await run("agents", "due", "--days", "14", "--json");
    expect(JSON.parse(json).agents).toMatchObject([
      { id: "over", days_left: -1 },
      { id: "soon", days_left: 13, confirmed_by: "staff|ann" },
    ]);
    answers["GET /v1/agents"] = ok({ agents: [{ ...AGENT, confirm_by: inDays(40) }] });
    expect((await run("agents", "due", "--days", "14")).stdout).toBe("No agent is due within that time.\n");
    answers["GET /v1/agents"] = ok({ agents: [AGENT] });
    expect((await run("agents", "due")).stdout).toContain("this deployment has no recertification, or no agents.");
  });

  it.each([
    [["agents", "due", "--days", "0"], "--days takes a number from 1 to 90"],
    [["agents", "list", "--days", "14"], "--days goes with agents advise and agents due"],
    [["agents", "due", "--policies", "p"], "--policies and --config go with agents advise"],
  ])("refuses %j", async (argv, sentence) => {
    const { code, stderr } = await run(...argv);
    expect([code, stderr]).toEqual([64, expect.stringContaining(sentence)]);
    expect(valetkey.seen).toEqual([]);
  });

  it("sends the operator's token, which it never prints", async () => {
    answers["GET /v1/agents/reports"] = ok(AGENT);
    const { stdout, stderr } = await run("agents", "show", "reports");
    expect(valetkey.seen[0]?.authorization).toBe(`Bearer ${TOKEN}`);
    expect(stdout + stderr).not.toContain("CANARY");
  });

  it.each(["suspend", "resume", "confirm"])("obeys its arguments: %s", async (verb) => {
    answers[`POST /v1/agents/reports/${verb}`] = ok({ ...AGENT, ended_tasks: 0, ended: [] });
    expect((await run("agents", verb, "reports")).code).toBe(0);
    expect(asked()).toEqual([`POST /v1/agents/reports/${verb}`]);
  });

  it("sends the reason of a resumption", async () => {
    answers["POST /v1/agents/reports/resume"] = ok(AGENT);
    expect((await run("agents", "resume", "reports", "--reason", "the key was rotated")).code).toBe(0);
    expect(JSON.parse(valetkey.of("POST", "/resume")[0]?.body ?? "")).toEqual({ reason: "the key was rotated" });
  });

  it("prints how long a resumed agent may still be refused", async () => {
    answers["POST /v1/agents/reports/resume"] = ok(AGENT);
    expect((await run("agents", "resume", "reports")).stderr).toMatch(/until 20\S+Z its requests may still be refused/);
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
    [["agents", "sing"], 64, /takes list, due, show/],
    [["agents", "register"], 64, /name the file/],
    [["agents", "--watch"], 64, /--watch is unknown/],
    [["agents", "show", "a", "b"], 64, /too many arguments/],
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
  ])("turns an answer of %d into exit code %d", async (status, code) => {
    answers["GET /v1/agents"] = refused(status, "some_code");
    expect(await run("agents")).toMatchObject({ code, stderr: expect.stringContaining("It is some_code.") });
  });
});

it("an operator who sent too much is shown the seconds to wait", async () => {
  const says = "This caller has sent too much; wait as long as Retry-After says.";
  const body = { code: "too_many_requests", error_description: says };
  answers["GET /v1/agents"] = { status: 429, body, headers: { "retry-after": "30" } };
  expect((await run("agents")).stderr).toBe("valetkey: This caller has sent too much; wait 30 s.\n");
});

describe("an operator without a token", () => {
  it("learns how to log in", async () => {
    const run = await callClient(["agents"], { VALETKEY_URL: valetkey.url, XDG_CONFIG_HOME: folder });
    expect(run).toMatchObject({ code: 66, stderr: expect.stringContaining("valetkey login --url") });
    expect(valetkey.seen).toEqual([]);
  });
});
