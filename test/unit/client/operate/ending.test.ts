import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { describe, expect, it } from "vitest";
import { DeploymentsFile } from "../../../../client/deployments/deployments-file.ts";
import { AGENT, answers, asked, folder, ok, refused, run, setOperatorStage, valetkey } from "./operator-stage.ts";

setOperatorStage();

/** Makes a report on an offboarding, with the parts that the command reads. */
const reported = (parts: Readonly<Record<string, unknown>>) => ({
  bindings: [],
  tasks: [],
  secrets: { entries: [] },
  ...parts,
});

describe("valetkey offboard", () => {
  it("requires a yes before it requests anything of the service", async () => {
    expect(await run("offboard", "reports")).toMatchObject({ code: 64, stderr: expect.stringContaining("--yes") });
    expect(valetkey.seen).toEqual([]);
  });

  it("requires a reason, unless the offboarding has begun", async () => {
    answers["GET /v1/agents/reports"] = ok(AGENT);
    const { code, stderr } = await run("offboard", "reports", "--yes");
    expect([code, stderr]).toEqual([64, expect.stringContaining('say why reports is offboarded: --reason "the')]);
    expect(asked()).toEqual(["GET /v1/agents/reports"]);
    const bodies: string[] = [];
    valetkey.other = ({ method, path, body }) => {
      if (method === "POST") bodies.push(body);
      if (method === "POST") return ok({ ended: [] });
      if (path.startsWith("/v1/tasks?")) return ok({ tasks: [] });
      if (path === "/v1/agents/reports") return ok({ ...AGENT, status: "offboarded" });
      const step = { step: "agent.offboarding", at: "2026-11-24T12:00:00Z", reason: "project\nended" };
      return ok({ report: reported({ steps: [step] }), sha256: "5e0f" });
    };
    const again = await run("offboard", "reports", "--yes");
    expect([again.code, bodies]).toEqual([0, ["{}"]]);
    expect(again.stdout).toMatch(/^reason: project ended$/m);
    await run("offboard", "reports", "--yes", "--reason", "project ended");
    expect(bodies[1]).toBe('{"reason":"project ended"}');
  });

  it("prints every key of the agent, those whose fence had passed before too", async () => {
    const ended = (id: string, fence_at: string) => ({
      id,
      agent: "reports",
      status: "completed",
      ended_at: "2026-11-24T11:00:00Z",
      leases: [
        { name: "aws-0", type: "aws", account: "111122223333", role: "r", fence_at, access_key_id: "ASIAOLD" },
        { name: "github-0", type: "github", state: "revoked", expires_at: fence_at },
      ],
    });
    const listed = [
      ended("m7f3m2q9x4ab.", "2026-11-24T11:15:00Z"),
      ended("n7f3m2q9x4ab.", "2099-11-24T11:15:00Z"),
      ended(TASK, "2026-11-24T11:15:00Z"),
    ];
    valetkey.other = ({ method, path }) => {
      if (method === "POST") return ok({ ended: [], halted: { at: "2026-11-24T12:00:00Z" } });
      if (path.startsWith("/v1/tasks?")) return ok({ tasks: listed });
      return ok({ report: reported({ tasks: [{ task: TASK, status: "revoked", leases: [] }] }), sha256: "5e0f" });
    };
    const argv = ["offboard", "reports", "--yes", "--reason", "project ended"];
    const { stdout } = await run(...argv);
    expect(stdout).toMatch(/lease +m7f3m2q9x4ab\. aws-0 +expired +2026-11-24T11:15:00Z/);
    expect(stdout).toMatch(/lease +n7f3m2q9x4ab\. aws-0 +unknown/);
    expect(stdout.match(/aws-0/g)).toHaveLength(2);
    const answer = JSON.parse((await run(...argv, "--json")).stdout);
    expect(answer).toMatchObject({ earlier_keys_whole: true, earlier_keys: [{ access_key_id: "ASIAOLD" }, {}] });
    expect(valetkey.seen.filter(({ path }) => path.endsWith("/receipt"))).toEqual([]);
  });

  it("prints the report alone for whoever may read agents, and ends nothing", async () => {
    let sha256: object = {};
    valetkey.other = ({ path }) => {
      if (path.startsWith("/v1/tasks?")) return ok({ tasks: [] });
      const leases = [{ ...SESSION, status: "unknown", denied: { policy_written_at: "2026-11-24T12:00:01Z" } }];
      return ok({ report: reported({ tasks: [{ task: TASK, status: "revoked", leases }] }), ...sha256 });
    };
    const open = await run("offboard", "reports", "--report");
    expect([open.code, open.stdout]).toEqual([0, expect.stringContaining("nothing of it can act; the report is not")]);
    expect(open.stdout).toMatch(/aws-0 +denied/);
    sha256 = { sha256: "5e0f" };
    expect((await run("offboard", "reports", "--report")).stdout).toContain("complete  sha256 5e0f");
    expect(JSON.parse((await run("offboard", "reports", "--report", "--json")).stdout)).toMatchObject({
      sha256: "5e0f",
      earlier_keys: [],
      earlier_keys_whole: true,
    });
    expect(new Set(valetkey.seen.map(({ method }) => method))).toEqual(new Set(["GET"]));
  });

  it("prints what it waits for once", async () => {
    denying(4);
    const { stderr } = await run("offboard", "reports", "--yes", "--reason", "project ended", "--wait", "20");
    expect(stderr.match(/are not denied yet/g)).toHaveLength(1);
  });

  it("goes on until the report is complete", async () => {
    let reports = 0;
    valetkey.other = ({ method, path }) => {
      if (method === "POST") return { status: 202, body: { ended: [] } };
      if (path.startsWith("/v1/tasks?")) return ok({ tasks: [] });
      return ok({
        report: reported({
          tasks: [{ task: "k7f3m2q9x4ab.", status: "revoked", leases: [{ name: "aws-0", status: "unknown" }] }],
          secrets: {
            entries: [
              { secret: "reports/login", status: "pending_rotation" },
              { secret: "reports/key", status: "not_rotated" },
            ],
          },
        }),
        ...(++reports > 1 ? { sha256: "5e0f" } : {}),
      });
    };
    const { code, stdout, stderr } = await run("offboard", "reports", "--yes", "--reason", "project ended");
    expect(code).toBe(0);
    // Nobody waits for what is left to a person.
    expect(stderr).toContain("2 of its tasks, leases, bindings and secrets are open still");
    expect(stdout).toMatch(/secret +reports\/key +not_rotated/);
    expect(stdout).toMatch(/task +k7f3m2q9x4ab\. +revoked/);
    expect(stdout).toContain("complete");
    expect(valetkey.seen.filter(({ method }) => method === "POST")).toHaveLength(2);
  });

  const TASK = "k7f3m2q9x4ab.";
  const SESSION = { name: "aws-0", fence_at: "2099-11-24T12:00:00Z" };
  const CLOSES_AT = "2099-11-24T12:20:00Z";
  /**
   * Service that offboards an agent with one task, whose key is denied from reading number `reading` of its receipt on.
   */
  function denying(reading: number, status = "revoked") {
    let [receipts, posts] = [0, 0];
    valetkey.other = ({ method, path }) => {
      if (method === "POST") {
        posts += 1;
        return { status: 202, body: { ended: posts === 1 ? [TASK] : [], closes_at: CLOSES_AT } };
      }
      if (path.startsWith("/v1/tasks?")) return ok({ tasks: [] });
      if (!path.endsWith("/receipt"))
        // The report waits for the fence of a session.
        return ok({
          report: reported({ tasks: [{ task: TASK, status, leases: [{ ...SESSION, status: "unknown" }] }] }),
        });
      receipts += 1;
      const complete = receipts >= reading;
      const lease = { name: "aws-0", account: "111122223333", status: complete ? "written" : "pending" };
      return ok({ task: TASK, agent: "reports", status: "revoked", below: [], complete, leases: [lease] });
    };
  }

  it("is over once AWS denies every key, and prints from when on the report can be signed", async () => {
    denying(2);
    const { code, stdout, stderr } = await run(
      "offboard",
      "reports",
      "--yes",
      "--reason",
      "project ended",
      "--wait",
      "20",
      "--json",
    );
    expect(stderr).toContain("1 of its keys are not denied yet");
    expect([code, JSON.parse(stdout)]).toMatchObject([
      0,
      { denied: true, ended: [TASK], receipts: [{ complete: true }], closes_at: CLOSES_AT },
    ]);
    expect(JSON.parse(stdout)).not.toHaveProperty("sha256");
    denying(1);
    const output = (await run("offboard", "reports", "--yes", "--reason", "project ended")).stdout;
    expect(output).toContain("Run it again for the signed report; its report can be signed from 2099-11-24T12:20:00Z.");
    expect(output).toContain("nothing of it can act; the report is not signed yet");
    expect(output).not.toContain("not complete");
  });

  it("prints of a key what its receipt knows, and of no key that it is unknown where AWS refused it", async () => {
    const observed = { status: "at_most", denied_at: "2026-11-24T12:00:02Z", milliseconds: 2_211 };
    const denied = { policy_written_at: "2026-11-24T12:00:01Z", milliseconds: 900, observed };
    const leases = [
      { ...SESSION, status: "unknown", denied },
      { ...SESSION, name: "aws-1", status: "unknown" },
    ];
    valetkey.other = ({ method, path }) => {
      if (method === "POST") return { status: 202, body: { ended: [], closes_at: CLOSES_AT } };
      if (path.startsWith("/v1/tasks?")) return ok({ tasks: [] });
      return ok({ report: reported({ tasks: [{ task: TASK, status: "revoked", leases }] }) });
    };
    const { code, stdout } = await run("offboard", "reports", "--yes", "--reason", "project ended", "--wait", "0");
    expect(code).toBe(0);
    expect(stdout).toMatch(/aws-0 +denied +2026-11-24T12:00:01Z +within 2211 ms/);
    expect(stdout).toMatch(/aws-1 +unknown/);
    // No heading of a table without a row, and no word of a list that is empty.
    expect(stdout).not.toContain("SINCE  BY");
  });

  it.each([
    ["a key is not denied", 1_000, "revoked"],
    ["something else of it is open, though every key is denied", 1, "pending"],
  ])("is not over where %s", async (_, reading, status) => {
    denying(reading, status);
    const { code, stderr } = await run("offboard", "reports", "--yes", "--reason", "project ended", "--wait", "0");
    expect([code, stderr]).toEqual([75, expect.stringContaining("not everything has ended")]);
  });

  it("reports by its exit code that it is not, where it does not wait so long", async () => {
    valetkey.other = ({ method, path }) => {
      if (method === "POST") return { status: 202, body: { ended: [] } };
      if (path.startsWith("/v1/tasks?")) return ok({ tasks: [] });
      return ok({ report: reported({ tasks: [{ task: TASK, status: "unknown", leases: [] }] }) });
    };
    expect(await run("offboard", "reports", "--yes", "--reason", "project ended", "--wait", "0")).toMatchObject({
      code: 75,
      stderr: expect.stringContaining("not everything has ended"),
    });
  });
});

describe("valetkey panic", () => {
  it.each([
    [["panic", "--reason", "stolen"], /give --yes/],
    [["panic", "--lift"], /give --yes/],
    [["panic", "--lift", "--reason", "x", "--yes"], /not both/],
  ])("does nothing on %j", async (args, sentence) => {
    expect(await run(...args)).toMatchObject({ code: 64, stderr: expect.stringMatching(sentence) });
    expect(valetkey.seen).toEqual([]);
  });
});

describe("valetkey panic, while IAM cannot be written", () => {
  const DECLARED = { halted: true, reason: "stolen", declared_by: "staff|alice", declared_at: "2026-11-24T12:00:00Z" };
  const unwritable = {
    since: "2026-11-24T11:58:07Z",
    last_key_dies_by: "2026-11-24T12:14:00Z",
    accounts: ["111122223333"],
  };

  it("tells, right after the declaration, by when the last key is dead", async () => {
    answers["POST /v1/panic"] = ok(DECLARED);
    answers["GET /v1/panic"] = ok({ ...DECLARED, unwritable });
    const { stdout, code } = await run("panic", "--reason", "stolen", "--yes");
    expect(code).toBe(0);
    expect(stdout).toContain(
      "IAM cannot be written since 2026-11-24T11:58:07Z; the last key dies by itself at 2026-11-24T12:14:00Z (111122223333).",
    );
  });

  it("prints the panic alone to a person who may declare it and not read it", async () => {
    answers["POST /v1/panic"] = ok(DECLARED);
    answers["GET /v1/panic"] = refused(403, "operator_denied");
    const { stdout, code } = await run("panic", "--reason", "stolen", "--yes");
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^Panic is declared: .*lifts it\.\n$/)]);
  });

  it("tells it of no panic, too", async () => {
    answers["GET /v1/panic"] = ok({ halted: false, unwritable: { accounts: [] } });
    expect((await run("panic")).stdout).toBe("No panic is declared.\nIAM cannot be written; no key can be alive ().\n");
  });
});

describe("the deployment that a command is about to touch", () => {
  it.each([
    ["POST /v1/panic", ["panic", "--reason", "stolen", "--yes"]],
    ["POST /v1/agents/reports/offboard", ["offboard", "reports", "--yes", "--reason", "r", "--wait", "0"]],
    ["POST /v1/agents/reports/suspend", ["agents", "suspend", "reports"]],
    ["POST /v1/tasks/k7f3m2q9x4ab./end", ["revoke", "k7f3m2q9x4ab."]],
    ["POST /v1/accounts/111122223333/halt", ["accounts", "halt", "111122223333", "--reason", "r", "--yes"]],
  ])("is printed first, by its name: %s", async (act, argv) => {
    const { path } = new DeploymentsFile({ XDG_CONFIG_HOME: folder });
    mkdirSync(dirname(path), { mode: 0o700 });
    const deployments = { prod: { url: valetkey.url }, trial: { url: "https://trial.example.com" } };
    writeFileSync(path, JSON.stringify({ current: "trial", deployments }), { mode: 0o600 });
    answers[act] = refused(403, "policy_denied");
    const { stderr } = await run(...argv);
    expect(stderr.split("\n")[0]).toBe(`valetkey: on prod (${valetkey.url})`);
    expect(asked()[0]).toBe(act);
    expect((await run(...argv, "--quiet")).stderr).not.toContain("on prod");
  });

  it("is its address where it has no name, and is in the question for a yes", async () => {
    answers["POST /v1/panic"] = refused(403, "policy_denied");
    expect((await run("panic", "--reason", "x", "--yes")).stderr).toContain(`valetkey: on ${valetkey.url}\n`);
    expect((await run("panic", "--reason", "x")).stderr).toContain(`every agent of ${valetkey.url} stops working`);
    expect((await run("offboard", "reports")).stderr).toContain(`offboarding reports of ${valetkey.url} cannot`);
  });

  it("is not printed by commands that only read", async () => {
    answers["GET /v1/panic"] = ok({ halted: false });
    expect((await run("panic")).stderr).toBe("");
  });
});
