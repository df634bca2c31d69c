import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { actIn } from "../../../../contract/decision/act-link.ts";
import { answers, asked, file, folder, ok, refused, run, setOperatorStage, valetkey } from "./operator-stage.ts";

setOperatorStage();

const ID = "111122223333";
const SERVED = { account: ID, region: "eu-central-1", halted: false };
const HALTED = {
  account: ID,
  region: "eu-central-1",
  halted: true,
  halted_at: "2026-11-24T12:00:00Z",
  halted_by: "escalation:E3:fK2w",
  reason: "a\u001b[2Jdrill",
};

describe("valetkey accounts", () => {
  it("lists them, with who halted which and why, and obeys no control character", async () => {
    answers["GET /v1/accounts"] = ok({ accounts: [HALTED, { ...SERVED, account: "222233334444", retired: true }] });
    const { code, stdout } = await run("accounts");
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /111122223333 {2}eu-central-1 {2}halted {3}2026-11-24T12:00:00Z {2}escalation:E3:fK2w {2}a \[2Jdrill/,
    );
    expect(stdout).toMatch(/222233334444 {2}eu-central-1 {2}retired/);
    const { stdout: json } = await run("accounts", "list", "--json");
    expect(JSON.parse(json)).toEqual({ accounts: [HALTED, { ...SERVED, account: "222233334444", retired: true }] });
  });

  it("halts one, with a reason", async () => {
    answers[`POST /v1/accounts/${ID}/halt`] = ok(HALTED);
    const { code, stdout } = await run("accounts", "halt", ID, "--reason", "a drill", "--yes");
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining(`${ID} is halted`) });
    expect(asked()).toEqual([`POST /v1/accounts/${ID}/halt`]);
  });

  it("lifts a halt, by a vote on the console's page where one is required", async () => {
    answers[`POST /v1/accounts/${ID}/lift`] = refused(401, "step_up_required");
    answers["GET /.well-known/oauth-authorization-server"] = ok({ console_uri: "https://console.example.com" });
    answers["GET /v1/accounts"] = ok({ accounts: [SERVED] });
    const { code, stdout, stderr } = await run("accounts", "lift", ID, "--yes");
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining(`${ID} is served`) });
    expect(stderr).toContain(`Lift the halt of the account ${ID}`);
    expect(actIn(/\/act(#[\w-]+)/.exec(stderr)?.[1] ?? "")).toEqual({ path: `/v1/accounts/${ID}/lift`, body: {} });
  });

  it("retires one, ends what is left, and notes in the lock when the service reports that nothing is alive", async () => {
    const lock = { format: "valetkey.lock/1", accounts: { [ID]: { taskRoles: 8 }, "222233334444": { taskRoles: 2 } } };
    const config = file("valetkey.json", "{}");
    const locked = file("valetkey.lock.json", JSON.stringify(lock));
    const argv = ["accounts", "retire", ID, "--reason", "closed", "--yes", "--config", config];
    const retiring = { ...HALTED, retires: true, dead_by: "2026-11-24T12:25:00Z", state: "retiring" };
    const route = `POST /v1/accounts/${ID}/halt`;
    const left = [
      { left: 3, ended_tasks: 24 },
      { left: 0, ended_tasks: 3 },
    ];
    valetkey.other = () => ok({ ...retiring, ...left.shift() });
    const first = await run(...argv);
    expect(first).toMatchObject({
      code: 75,
      stdout: expect.stringContaining("27 tasks ended"),
      stderr: expect.stringContaining("2026-11-24T12:25:00Z"),
    });
    expect(asked()).toEqual([route, route]);
    expect(JSON.parse(readFileSync(locked, "utf8"))).toEqual(lock);
    valetkey.other = () => ok({ ...retiring, state: "retired", left: 0, ended_tasks: 0 });
    const last = await run(...argv);
    expect(last).toMatchObject({ code: 0, stdout: expect.stringContaining(`remove ${ID} from valetkey.json`) });
    expect(JSON.parse(readFileSync(locked, "utf8"))).toEqual({
      ...lock,
      accounts: { ...lock.accounts, [ID]: { taskRoles: 8, retired: expect.any(String) } },
    });
    valetkey.other = () => ok(SERVED);
    await run("accounts", "lift", ID, "--yes", "--config", config);
    expect(JSON.parse(readFileSync(locked, "utf8"))).toEqual(lock);
  });

  it("retires one in a folder without a lock, and reports that none knows it", async () => {
    answers[`POST /v1/accounts/${ID}/halt`] = ok({
      ...HALTED,
      retires: true,
      state: "retired",
      left: 0,
      ended_tasks: 0,
    });
    const config = join(folder, "valetkey.json");
    const { code, stdout } = await run("accounts", "retire", ID, "--reason", "x", "--yes", "--config", config);
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining("No valetkey.lock.json") });
    expect(existsSync(join(folder, "valetkey.lock.json"))).toBe(false);
  });

  it.each([
    ["--yes", ["retire", ID, "--reason", "x"]],
    ["--reason", ["retire", ID, "--yes"]],
    ["--yes", ["halt", ID, "--reason", "x"]],
    ["--yes", ["lift", ID]],
    ["--reason", ["halt", ID, "--yes"]],
    ["12 digits", ["lift", "../panic", "--yes"]],
    ["which account", ["halt", "--reason", "x", "--yes"]],
    ["accounts takes list, halt, retire or lift", ["remove", ID]],
    ["goes with", ["lift", ID, "--reason", "x", "--yes"]],
    ["takes no account", ["list", ID]],
  ])("requests %s: %j", async (request, argv) => {
    const { code, stderr } = await run("accounts", ...argv);
    expect(code).toBe(64);
    expect(stderr).toContain(request);
    expect(asked()).toEqual([]);
  });
});
