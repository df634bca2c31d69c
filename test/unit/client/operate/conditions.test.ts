import { describe, expect, it } from "vitest";
import { actIn } from "../../../../contract/decision/act-link.ts";
import { answers, asked, ok, refused, run, setOperatorStage, valetkey } from "./operator-stage.ts";

setOperatorStage();

const SET = { scope: "hub", until: "2026-11-26T12:00:00Z", set_at: "2026-11-24T12:00:00Z", set_by: "staff|alice" };
const KIND = { scopes: ["hub"], longest_seconds: 259_200 };
const FREEZE = {
  condition: "change-freeze",
  kind: "restricts",
  ...KIND,
  holds: [{ ...SET, reason: "a\u001b[2Jdrill" }],
};
const NO_FREEZE = { ...FREEZE, holds: [] };
const RESPONDING = { condition: "responding", kind: "permits", ...KIND, holds: [] };

const list = (...conditions: readonly object[]) => {
  answers["GET /v1/conditions"] = ok({ conditions });
};
const RECHECK = "POST /v1/conditions/change-freeze/recheck";
const rechecked = (...tasks: readonly string[]) => ({
  ...{ condition: "change-freeze", scope: "hub", dry_run: false, decided: 7 },
  tasks: tasks.map((task) => ({ task, agent: "demo", reason: "condition:change-freeze" })),
});
const TIGHTEN = "POST /v1/conditions/change-freeze/tighten";
const set = ["conditions", "set", "change-freeze", "--scope", "hub", "--for", "2d", "--reason", "a drill"];

const RECHECKING = ["conditions", "recheck", "change-freeze", "--scope", "hub"];

describe("valetkey conditions", () => {
  it("lists them with where each holds, and obeys no control character", async () => {
    list(FREEZE, RESPONDING);
    const { code, stdout } = await run("conditions");
    expect(code).toBe(0);
    expect(stdout).toMatch(/change-freeze {2}restricts {2}hub {8}2026-11-26T12:00:00Z {2}staff\|alice {2}a \[2Jdrill/);
    expect(stdout).toMatch(/responding {5}permits {4}nobody/);
    const { stdout: json } = await run("conditions", "list", "--json");
    expect(JSON.parse(json)).toEqual({ conditions: [FREEZE, RESPONDING] });
  });

  it("sets one that restricts, without a vote", async () => {
    list(NO_FREEZE);
    answers[TIGHTEN] = ok(FREEZE);
    answers[RECHECK] = ok(rechecked());
    const { code, stdout } = await run(...set, "--yes");
    expect(code).toBe(0);
    expect(stdout).toBe(
      "change-freeze holds for hub until 2026-11-26T12:00:00Z.\nDecided anew: 7. Ended by this command: 0.\n",
    );
    expect(asked()).toEqual(["GET /v1/conditions", TIGHTEN, RECHECK]);
    expect(JSON.parse(valetkey.seen.at(-2)?.body ?? "")).toEqual({ scope: "hub", reason: "a drill", seconds: 172_800 });
  });

  it("lifts one that restricts, by a vote on the console's page where one is required", async () => {
    list(FREEZE);
    answers["POST /v1/conditions/change-freeze/loosen"] = refused(401, "step_up_required");
    answers["GET /.well-known/oauth-authorization-server"] = ok({ console_uri: "https://console.example.com" });
    const lifted = setTimeout(() => list(NO_FREEZE), 300);
    const { code, stdout, stderr } = await run(
      ...["conditions", "lift", "change-freeze"],
      ...set.slice(3, 5),
      ...["--reason", "over", "--yes"],
    );
    expect({ code, stdout }).toEqual({ code: 0, stdout: "change-freeze does not hold for hub.\n" });
    clearTimeout(lifted);
    expect(stderr).toContain("Lift the condition change-freeze");
    expect(actIn(/\/act(#[\w-]+)/.exec(stderr)?.[1] ?? "")).toEqual({
      path: "/v1/conditions/change-freeze/loosen",
      body: { scope: "hub", reason: "over" },
    });
  });

  it("sets one that permits by the act that takes a vote, and ends it without one", async () => {
    list(RESPONDING);
    const held = { ...RESPONDING, holds: [{ ...SET, reason: "a drill" }] };
    answers["POST /v1/conditions/responding/loosen"] = ok(held);
    answers["POST /v1/conditions/responding/tighten"] = ok(RESPONDING);
    answers["POST /v1/conditions/responding/recheck"] = ok(rechecked());
    const of = (verb: string) => ["conditions", verb, "responding", "--scope", "hub", "--reason", "a drill", "--yes"];
    expect((await run(...of("set"), "--for", "4h")).stdout).toContain("responding holds for hub");
    expect((await run(...of("lift"))).stdout).toContain("responding does not hold for hub");
    expect(asked().filter((each) => each.startsWith("POST"))).toEqual([
      "POST /v1/conditions/responding/loosen",
      "POST /v1/conditions/responding/tighten",
      "POST /v1/conditions/responding/recheck",
    ]);
  });

  it("lists what a tightening would end, and changes nothing", async () => {
    answers[RECHECK] = ok({ ...rechecked("k7f3m2q9x4ab_"), dry_run: true });
    const { code, stdout } = await run(...RECHECKING, "--dry-run");
    expect(code).toBe(0);
    expect(stdout).toContain("Decided anew: 7. Would end: 1.\n");
    expect(stdout).toMatch(/k7f3m2q9x4ab_ {2}demo {3}condition:change-freeze/);
    expect(asked()).toEqual([RECHECK]);
    expect(JSON.parse(valetkey.seen[0]?.body ?? "")).toEqual({ scope: "hub", dry_run: true });
  });

  it("asks again from where a request has stopped, and adds up", async () => {
    let sent = 0;
    Object.defineProperty(answers, RECHECK, {
      get() {
        sent += 1;
        return ok(sent === 1 ? { ...rechecked("k7f3m2q9x4ab_"), next: "reporter" } : rechecked("b2c3d4e5f6g7_"));
      },
    });
    const { stdout } = await run(...RECHECKING, "--json");
    expect(JSON.parse(stdout)).toMatchObject({
      decided: 14,
      tasks: [{ task: "k7f3m2q9x4ab_" }, { task: "b2c3d4e5f6g7_" }],
    });
    expect(JSON.parse(valetkey.seen[1]?.body ?? "")).toEqual({ scope: "hub", after: "reporter" });
  });

  it.each([
    [set, "give --yes"],
    [[...set, "--dry-run"], "npx valetkey conditions recheck change-freeze --scope"],
    [[...RECHECKING, "--yes"], "recheck takes --scope and --dry-run alone"],
    [[...RECHECKING, "--for", "2d"], "--for goes with conditions set"],
    [["conditions", "recheck", "change-freeze"], "--scope is required"],
    [
      ["conditions", "set", "change-freeze", "--scope", "here", "--for", "2d", "--reason", "r", "--yes"],
      "--scope is required: hub",
    ],
    [["conditions", "set", "change-freeze", "--scope", "hub", "--reason", "r", "--yes"], "--for is required"],
    [
      ["conditions", "set", "change-freeze", "--scope", "hub", "--for", "soon", "--reason", "r", "--yes"],
      "--for is required",
    ],
    [["conditions", "set", "change-freeze", "--scope", "hub", "--for", "2d", "--yes"], "--reason is required"],
    [
      ["conditions", "lift", "change-freeze", "--scope", "hub", "--for", "2d", "--reason", "r", "--yes"],
      "--for goes with",
    ],
    [["conditions", "list", "change-freeze"], "list takes no name"],
    [["conditions", "end", "change-freeze"], "takes list, set, lift, recheck"],
    [
      ["conditions", "set", "change-freze", "--scope", "hub", "--for", "2d", "--reason", "r", "--yes"],
      "did you mean change-freeze?",
    ],
    [
      ["conditions", "set", "frost", "--scope", "hub", "--for", "2d", "--reason", "r", "--yes"],
      "valetkey.json defines change-freeze",
    ],
  ])("refuses %j, and sends nothing that changes", async (argv, say) => {
    list(FREEZE);
    const { code, stderr } = await run(...argv);
    expect(code).toBe(64);
    expect(stderr).toContain(say);
    expect(asked().filter((each) => each.startsWith("POST"))).toEqual([]);
  });
});
