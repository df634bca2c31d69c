import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type IncidentFacts, verdictOf } from "../../../../client/operate/incident/incident-record.ts";
import type { ReadReceipt } from "../../../../client/operate/tasks/receipts.ts";
import type { Reply } from "../fake-valetkey.ts";
import { AGENT, answers, asked, folder, ok, refused, run, setOperatorStage } from "./operator-stage.ts";

setOperatorStage();

const ID = "k7f3m2q9x4ab.";
const SUSPENDED = {
  ...AGENT,
  status: "suspended",
  halted: { at: "2026-11-24T12:00:00Z", by: "staff|alice" },
  ended: [ID],
};
const receiptOf = (status: string, complete: boolean): ReadReceipt => ({
  ...{ task: ID, agent: "reports", status: "revoked", by: "staff|alice", below: [], complete },
  leases: [
    {
      name: "aws-0",
      type: "aws",
      role: "valetkey-task",
      access_key_id: "ASIAU6FTEXJRBMWY3BL4",
      account: "111122223333",
      status,
      fence_at: "2026-11-24T12:15:00Z",
      milliseconds: 812,
    },
  ],
});
const LEDGER = {
  task: ID,
  rows: [
    {
      action: "s3:GetObject",
      resource: "arn:aws:s3:::acme-data/a",
      granted: true,
      used: 3,
      denied: 0,
      last: 1_800_000_000,
    },
    {
      action: "iam:CreateUser",
      resource: "\u001b[2J*",
      granted: false,
      used: 0,
      denied: 1,
      source_ip: "198.51.100.7",
      last: 1_800_000_001,
    },
    { action: "s3:PutObject", resource: "*", granted: true, used: 0, denied: 0 },
  ],
};

/** The receipt of a key that IAM cannot deny. */
const inOutage = (receipt: ReturnType<typeof receiptOf>) => ({
  ...receipt,
  leases: receipt.leases.map((lease) => ({
    ...lease,
    dies_by: "2026-11-24T12:20:00Z",
    unwritable: { since: "2026-11-24T11:58:07Z" },
  })),
});

/** A service in which all goes well. */
function all(): void {
  answers["GET /v1/tasks?agent=reports"] = ok({ tasks: [] });
  answers["POST /v1/agents/reports/suspend"] = ok(SUSPENDED);
  answers["GET /v1/panic"] = ok({ halted: false });
  answers["GET /v1/tasks?agent=reports&ended=true"] = ok({ tasks: [] });
  answers[`GET /v1/tasks/${ID}/receipt`] = ok(receiptOf("written", true));
  answers[`GET /v1/tasks/${ID}/ledger`] = ok(LEDGER);
}
const incident = (...more: string[]) => run("incident", "reports", "--wait", "1", ...more);

describe("valetkey incident", () => {
  it("prints first that nothing can act, and shows calls that nothing granted before all others", async () => {
    all();
    const { code, stdout } = await incident();
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^NOTHING OF reports CAN ACT: it is suspended, no task of it is alive, and its one key is denied or over \(812 ms after its task's end\)\.$/m,
    );
    const uses = stdout.slice(stdout.indexOf("What they did (2)")).split("\n").slice(2, 4);
    expect(uses[0]).toMatch(/iam:CreateUser +\s*\[2J\* +NO +0 +1 +198\.51\.100\.7 /);
    expect(stdout).toMatch(/^k7f3m2q9x4ab\. +ASIAU6FTEXJRBMWY3BL4 +111122223333 +written/m);
    expect(uses[1]).toMatch(/s3:GetObject +\S+ +yes +3 +0/);
    expect(stdout).not.toContain("\u001b");
  });

  it.each<[string, string, Reply, RegExp]>([
    [
      "a key is not known to be denied",
      `GET /v1/tasks/${ID}/receipt`,
      ok(receiptOf("pending", false)),
      /^reports MAY STILL ACT: 1 of 1 key, of 1 task, is not known to be denied; the last is dead by 2026-11-24T12:15:00Z/,
    ],
    [
      "IAM cannot be written",
      `GET /v1/tasks/${ID}/receipt`,
      ok(inOutage(receiptOf("pending", false))),
      /^reports MAY STILL ACT: 1 of 1 key, of 1 task, is not known to be denied; IAM cannot be written since 2026-11-24T11:58:07Z; the last key dies by itself at 2026-11-24T12:20:00Z\.$/m,
    ],
    [
      "a receipt cannot be read",
      `GET /v1/tasks/${ID}/receipt`,
      refused(503, "store_unavailable"),
      /^IT IS UNKNOWN whether reports can still act/,
    ],
    [
      "its ended tasks cannot be listed",
      "GET /v1/tasks?agent=reports&ended=true",
      refused(503, "store_unavailable"),
      /^IT IS UNKNOWN/,
    ],
    [
      "its live tasks cannot be listed",
      "GET /v1/tasks?agent=reports",
      refused(403, "operator_denied"),
      /^IT IS UNKNOWN/,
    ],
    [
      "a task is alive all the same",
      "GET /v1/tasks?agent=reports",
      ok({ tasks: [{ id: ID, agent: "reports", status: "active" }] }),
      /^reports MAY STILL ACT: 1 of its tasks is alive/,
    ],
  ])("never prints that nothing can act where %s", async (_, route, reply, sentence) => {
    all();
    answers[route] = reply;
    const { code, stdout } = await incident();
    expect(stdout).toMatch(sentence);
    // A refused step stays refused, however often it is tried.
    expect(code).toBe(reply?.status === 403 ? 77 : 75);
  });

  it("reports that it is not suspended, by whom it may not be, and still gathers what it can", async () => {
    all();
    answers["POST /v1/agents/reports/suspend"] = refused(403, "operator_denied");
    answers["GET /v1/agents/reports"] = ok(AGENT);
    const { code, stdout } = await incident();
    expect(stdout).toMatch(/^reports CAN STILL ACT: it is not suspended/);
    expect(stdout).toContain("IT COULD NOT BE SUSPENDED: It is operator_denied.");
    expect(code).toBe(77);
    expect(asked()).toContain("GET /v1/tasks?agent=reports&ended=true");
  });

  it("takes a panic for a suspension", async () => {
    all();
    answers["POST /v1/agents/reports/suspend"] = refused(403, "operator_denied");
    answers["GET /v1/agents/reports"] = ok(AGENT);
    answers["GET /v1/panic"] = ok({ halted: true });
    expect((await incident()).stdout).toMatch(/^NOTHING OF reports CAN ACT: a panic is declared/);
  });

  it("lists a ledger that cannot be read, which does not change whether it can act", async () => {
    all();
    answers[`GET /v1/tasks/${ID}/ledger`] = refused(503, "store_unavailable");
    const { code, stdout } = await incident();
    expect([code, stdout]).toEqual([75, expect.stringContaining(`what ${ID} did could not be read`)]);
    expect(stdout).toMatch(/^NOTHING OF reports CAN ACT/);
  });

  it.each([
    ["of the service's failing", 503, "store_unavailable", 75, false],
    ["of the operator's rights", 403, "operator_denied", 77, true],
  ])(
    "names in its JSON each step that could not be done because %s, and exits so",
    async (_, status, error, exit, isRefused) => {
      all();
      answers[`GET /v1/tasks/${ID}/ledger`] = refused(status, error);
      answers["GET /v1/panic"] = refused(status, error);
      const { code, stdout, stderr } = await incident("--json");
      expect(code).toBe(exit);
      expect(JSON.parse(stdout)).toMatchObject({
        verdict: "nothing_can_act",
        undone: [
          { step: "read_panic", refused: isRefused, error: expect.any(String) },
          { step: "read_ledger", task: ID, refused: isRefused, error: expect.any(String) },
        ],
      });
      expect(stderr).toContain("Not done: read_panic, read_ledger.");
    },
  );

  it("prints and writes nothing that a terminal obeys, and no command with an id that is none, of a service in foreign hands", async () => {
    all();
    const odd = "x; rm -rf ~\u001b[2J\u009b\u202e\nNOTHING";
    answers["POST /v1/agents/reports/suspend"] = ok({
      ...SUSPENDED,
      id: odd,
      owner: odd,
      halted: { by: odd, reason: odd, at: odd },
    });
    answers[`GET /v1/tasks/${ID}/receipt`] = ok({ ...receiptOf(odd, true), agent: odd, by: odd });
    answers[`GET /v1/tasks/${ID}/ledger`] = ok({
      rows: [{ action: odd, resource: odd, used: 1, denied: 0, last: 1e300 }],
    });
    const { stdout } = await incident("--out", join(folder, "odd.json"));
    const [json, page] = ["odd.json", "odd.txt"].map((name) => readFileSync(join(folder, name), "utf8"));
    expect([stdout, JSON.parse(json ?? "").agent.id]).toEqual([page, odd]);
    expect(`${json}${page}`.replaceAll("\n", "")).not.toMatch(/\p{C}/u);
    expect(page).not.toMatch(/^NOTHING$|valetkey \w+ (\w+ )?x; rm/m);
  });

  it("has no undone step where all was done", async () => {
    all();
    const { code, stdout } = await incident("--json");
    expect([code, JSON.parse(stdout).undone]).toEqual([0, []]);
  });

  it("writes nothing over another file, and nothing is suspended then", async () => {
    all();
    const out = join(folder, "important.json");
    writeFileSync(out, "precious", { mode: 0o600 });
    expect(await incident("--out", out)).toMatchObject({ code: 64, stderr: expect.stringContaining("another --out") });
    expect(readFileSync(out, "utf8")).toBe("precious");
    expect(asked()).toEqual([]);
  });
});

describe("the verdict", () => {
  const facts = (more: Partial<IncidentFacts>): IncidentFacts => ({
    ...{
      agent: { id: "reports", status: "suspended" },
      isSuspended: true,
      isPanic: false,
      alive: [],
      tasks: [],
      unread: 0,
    },
    ...more,
  });

  it("is that nothing can act only where each of its reasons holds", () => {
    expect(verdictOf(facts({})).verdict).toBe("nothing_can_act");
    const others: readonly Partial<IncidentFacts>[] = [
      { isSuspended: false },
      { alive: undefined },
      { alive: [ID] },
      { unread: 1 },
      { tasks: [{ id: ID, receipt: receiptOf("pending", false) }] },
      { tasks: [{ id: ID, receipt: receiptOf("written", false) }] },
    ];
    for (const more of others) expect(verdictOf(facts(more)).verdict, JSON.stringify(more)).not.toBe("nothing_can_act");
  });
});
