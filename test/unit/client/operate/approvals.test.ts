import { describe, expect, it } from "vitest";
import { recordHash } from "../../../../functions/core/approvals/approval-record.ts";
import * as stage from "./operator-stage.ts";
import { asked, ok, refused, run, setOperatorStage, valetkey } from "./operator-stage.ts";

setOperatorStage();

const ID = "ap7f3m2q9x4ab567";
const RECORD = {
  ...{ version: 1, hub: "https://valetkey.example.com", id: ID, decision: "vend", nonce: "n", task: "k7f3m2q9x4ab." },
  agent: { id: "deployer", name: "Deployer", owner: "ann", team: "web" },
  ...{ chain: [], purpose: "deploy \u202egpj.exe\u001b[2J", authorization_details: [], session_policies: {} },
  grants: [{ type: "aws", account: "111122223333", actions: ["s3:PutObject"], resources: ["arn:aws:s3:::site/*"] }],
  ...{ accounts: ["111122223333"], ttl: 900, needed: [{ group: "sre", count: 2 }], bundle: "b" },
  ...{ created_at: 1_795_000_000, expires_at: 1_795_000_900 },
} as const;
/** The record of the hub under test, whose address is another in each test. */
const recordHere = () => ({ ...RECORD, hub: valetkey.url });
const WORDS = /Words: \w+( \w+){7}\n/;

/** The request as `approve` answers it. */
const shown = (changes: object = {}) =>
  ok({
    ...{
      record: recordHere(),
      hash: recordHash(recordHere() as never),
      status: "pending",
      needed: [{ group: "sre", count: 2, have: 1 }],
      votes: [],
      you: { may_vote: true, groups: ["sre"], has_voted: false },
    },
    ...changes,
  });

const METADATA = "GET /.well-known/oauth-authorization-server";

describe("valetkey approvals", () => {
  it("lists what waits, for whom, and whether the caller may vote", async () => {
    const listed = {
      id: ID,
      agent: { id: "deployer" },
      status: "pending",
      needed: [{ group: "sre", count: 2, have: 1 }],
    };
    stage.answers["GET /v1/approvals?group=sre&status=pending"] = ok({
      approvals: [
        {
          ...listed,
          may: "Call AWS in account 1: s3:PutObject",
          purpose: "deploy",
          expires_at: "2026-11-18T20:48:20Z",
          you: { may_vote: true },
        },
      ],
    });
    const { code, stdout } = await run("approvals", "list", "--group", "sre");
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /ap7f3m2q9x4ab567 +deployer +pending +sre \(1 of 2\) +2026-11-18T\S+Z +may vote +Call AWS in account 1: s3:PutObject +deploy/,
    );
  });

  it("prints which channels were notified, which were not, and where a message failed", async () => {
    const notices = [
      { channel: "ops", told: true },
      { channel: "mail", told: false },
      { channel: "sec", told: false, failed_at: "2026-11-18T10:00:00Z" },
    ];
    stage.answers[`GET /v1/approvals/${ID}`] = shown({ notices });
    const { stdout } = await run("approvals", "show", ID);
    expect(stdout).toMatch(
      /told +ops: yes\ntold +mail: not yet\ntold +sec: NO, the message at 2026-11-18T10:00:00Z failed/,
    );
  });

  it("names who voted, and who denied a request, when and why, with the reason escaped in one line", async () => {
    const votes = [
      { group: "sre", by: "staff|carol", cast_at: "2026-11-18T10:47:00Z", you: false },
      { group: "sre", by: "staff|gone", cast_at: "2026-11-18T10:47:30Z", you: false, void: true },
    ];
    const outcome = { decision: "denied", by: "staff|bob", at: "2026-11-18T10:48:00Z", reason: "freeze\u001b[2J" };
    stage.answers[`GET /v1/approvals/${ID}`] = shown({ status: "denied", votes, outcome });
    const { stdout } = await run("approvals", "show", ID);
    expect(stdout).toMatch(
      /voted +staff\|carol for sre at 2026-11-18T10:47:00Z\ndenied +by staff\|bob at 2026-11-18T10:48:00Z: "freeze\\u001b\[2J"\n/,
    );
    expect(stdout).not.toContain("staff|gone");
    // Nobody is waited for any more.
    expect(stdout).toMatch(/\nis +denied\n/);
    expect(stdout).not.toMatch(/^waits for/m);
    expect(stdout).toContain("\nIt was to get:\n");
  });

  it("says of an approved request that the agent has not fetched its key", async () => {
    stage.answers[`GET /v1/approvals/${ID}`] = shown({ status: "approved" });
    const { stdout } = await run("approvals", "show", ID);
    expect(stdout).toMatch(/\nkey +not fetched yet/);
    expect(stdout).toMatch(/^waits for \S/m);
  });

  it("counts the earlier requests for the same in one line, and lists them for programs", async () => {
    const requests = [
      { id: "ap7f3m2q9x4ab560", asked_at: "2026-11-17T10:00:00Z", outcome: "approved", by: ["staff|bob"] },
      { id: "ap7f3m2q9x4ab561", asked_at: "2026-11-16T10:00:00Z", outcome: "denied", by: ["staff|carol"] },
    ];
    const earlier = { since: "2026-10-19T00:00:00Z", cut: false, requests };
    stage.answers[`GET /v1/approvals/${ID}`] = shown();
    stage.answers[`GET /v1/approvals/${ID}/earlier`] = ok(earlier);
    const { stdout } = await run("approvals", "show", ID);
    expect(stdout).toMatch(/\nearlier +Asked 2 times before, within 30 days: 1 approved, 1 denied\.\n/);
    expect(JSON.parse((await run("approvals", "show", ID, "-o", "json")).stdout)).toMatchObject({
      hash: expect.any(String),
      earlier,
    });
  });

  it("shows a request whose earlier ones cannot be read", async () => {
    stage.answers[`GET /v1/approvals/${ID}`] = shown();
    stage.answers[`GET /v1/approvals/${ID}/earlier`] = refused(403, "operator_denied");
    const { code, stdout } = await run("approvals", "show", ID);
    expect(code).toBe(0);
    expect(stdout).toMatch(/\nearlier +could not be read\n/);
    expect(JSON.parse((await run("approvals", "show", ID, "-o", "json")).stdout)).not.toHaveProperty("earlier");
  });

  it("shows a hostile outcome of an earlier request escaped, in one line", async () => {
    const requests = [{ id: ID, asked_at: "x", outcome: "approved\u001b[2J\nWords: forged", by: [] }];
    stage.answers[`GET /v1/approvals/${ID}`] = shown();
    stage.answers[`GET /v1/approvals/${ID}/earlier`] = ok({ since: "x", cut: false, requests });
    const { stdout } = await run("approvals", "show", ID);
    expect(stdout).not.toContain("\u001b[2J");
    expect(stdout).not.toMatch(/^Words: forged/m);
  });

  it("I9f: shows a request by its record alone, with the agent's text escaped in one line", async () => {
    stage.answers[`GET /v1/approvals/${ID}`] = shown({ purpose: "something else", agent: { id: "other" } });
    const { code, stdout } = await run("approvals", "show", ID);
    expect(code).toBe(0);
    expect(stdout).toContain("Deployer (deployer), team web, owner ann");
    expect(stdout).toContain('  "deploy \\u{202E}gpj.exe\\u001b[2J"\n');
    expect(stdout).toContain(
      [
        "It would get:",
        "  Call AWS in account 111122223333",
        "    Actions  s3:PutObject",
        "    On       arn:aws:s3:::site/*  (every resource whose name begins with this)",
        "",
      ].join("\n"),
    );
    expect(stdout).toMatch(WORDS);
    expect(stdout).toContain(recordHash(recordHere() as never));
    expect(stdout).not.toContain("something else");
  });

  it.each([
    ["of another request", { id: "ap00000000000" }, "of another request"],
    ["of another hub", { hub: "https://other.example.com" }, "for another deployment"],
  ])("does not show the genuine record %s", async (_, changes, says) => {
    const record = { ...recordHere(), ...changes };
    stage.answers[`GET /v1/approvals/${ID}`] = shown({ record, hash: recordHash(record as never) });
    for (const act of ["show", "approve"]) {
      const { code, stdout, stderr } = await run("approvals", act, ID);
      expect([code, stdout]).toEqual([77, ""]);
      expect(stderr).toContain(says);
    }
  });

  it("I9f: prints every value of every grant, of unknown types, too, and hides no character", async () => {
    const grants = [
      { type: "github", repositories: ["acme/\u202esite"], permissions: { contents: "write" } },
      { type: "teleport", gate: "\u001b[2Jhell", also: { admin: true } },
    ];
    const record = { ...recordHere(), grants };
    stage.answers[`GET /v1/approvals/${ID}`] = shown({ record, hash: recordHash(record as never) });
    const { stdout } = await run("approvals", "show", ID);
    expect(stdout).toContain(
      [
        "It would get:",
        "  Work on repositories at GitHub",
        "    Repositories  acme/\\u{202E}site",
        "    Permissions   contents: write",
        "  A grant of the type teleport",
        "    gate  \\u{1B}[2Jhell",
        "    also  admin: true",
        "",
      ].join("\n"),
    );
  });

  it.each(["AP7F3M2Q9X4AB567", "ap7f3m2q9x4ab", "../ap7f3m2q9x4ab567", ""])(
    "reads and decides nothing for %j, which is no request's id",
    async (id) => {
      for (const words of [["show"], ["approve"], ["deny", "--reason", "no"], ["withdraw"]]) {
        const { code, stderr } = await run("approvals", ...words, id);
        expect([code, stderr]).toEqual([64, expect.stringContaining("16 to 64 of a-z and 0-9")]);
      }
      expect(valetkey.seen).toEqual([]);
    },
  );

  it("prints for how many keys the one approval is, without a further request", async () => {
    const record = { ...recordHere(), standing: { uses: 30, window: 2_592_000, shape: "s" } };
    stage.answers[`GET /v1/approvals/${ID}`] = shown({ record, hash: recordHash(record as never) });
    const { stdout } = await run("approvals", "show", ID);
    expect(stdout).toMatch(
      /uses +30 keys, each for 15 minutes, within 30 days \(until 2026-12-18T\S+Z\)\. Nobody is asked again\./,
    );
    stage.answers[`GET /v1/approvals/${ID}`] = shown();
    expect((await run("approvals", "show", ID)).stdout).toMatch(/uses +one: another key needs another approval/);
  });

  it("lists the standing approvals, with the uses that were made", async () => {
    const listed = { id: ID, agent: { id: "deployer" }, status: "standing", needed: [], purpose: "deploy", you: {} };
    stage.answers["GET /v1/approvals?status=standing"] = ok({
      approvals: [{ ...listed, standing: { used: 2, uses: 30, until: "2026-12-18T00:00:00Z" } }],
    });
    const { stdout } = await run("approvals", "list", "--standing");
    expect(stdout).toMatch(/ap7f3m2q9x4ab567 +deployer +standing \(2 of 30 used\) +2026-12-18T00:00:00Z/);
  });

  it("lists what the person approved, with the task that lives under it", async () => {
    const listed = {
      ...{ id: ID, agent: { id: "deployer", name: "Deployer", team: "web" }, status: "used", purpose: "Deploy" },
      ...{ needed: [{ group: "sre", count: 1, have: 1 }], expires_at: "2026-11-28T12:00:00Z" },
      ...{ task: { id: "k7f3m2q9x4ab.", live: true }, you: { may_vote: false, has_voted: true } },
    };
    stage.answers["GET /v1/approvals?status=decided"] = ok({ approvals: [listed] });
    const list = await run("approvals", "list", "--decided");
    expect(list.stdout).toMatch(/ap7f3m2q9x4ab567 +deployer +used, task k7f3m2q9x4ab\. lives/);
    stage.answers["GET /v1/approvals?status=decided"] = ok({ approvals: [] });
    expect((await run("approvals", "list", "--decided")).stdout).toBe(
      "You have approved nothing that you can still withdraw.\n",
    );
  });

  it("lists what the person decided, with when", async () => {
    const listed = {
      ...{ id: ID, agent: { id: "deployer", name: "Deployer", team: "web" }, status: "denied", purpose: "Deploy" },
      ...{ needed: [{ group: "sre", count: 1, have: 0 }], expires_at: "2026-11-28T12:00:00Z" },
      ...{ you: { may_vote: false, has_voted: false }, decided: { as: "denied", at: "2026-11-28T11:00:00Z" } },
    };
    stage.answers["GET /v1/approvals?status=mine"] = ok({ approvals: [listed] });
    const list = await run("approvals", "list", "--mine");
    expect(list.stdout).toMatch(/ap7f3m2q9x4ab567 +deployer +denied .*denied at 2026-11-28T11:00:00Z/);
    stage.answers["GET /v1/approvals?status=mine"] = ok({ approvals: [] });
    expect((await run("approvals", "list", "--mine")).stdout).toBe(
      "You have decided about no request within 30 days.\n",
    );
  });

  it("prints that one person may approve alone, and what is to be reviewed", async () => {
    const record = { ...recordHere(), break_glass: true };
    const use = { task: "k7f3m2q9x4ab_", usedAt: Date.UTC(2026, 10, 27, 12) / 1_000 };
    const review = { use, by: "staff|bob", due_at: "2026-11-28T12:00:00Z", done: false };
    stage.answers[`GET /v1/approvals/${ID}`] = shown({ record, hash: recordHash(record as never), review });
    const { stdout } = await run("approvals", "show", ID);
    expect(stdout).toMatch(/emergency +one person may approve it alone/);
    expect(stdout).toMatch(
      /glass +broken by staff\|bob at 2026-11-27T12:00:00\.000Z: to be reviewed until 2026-11-28T12:00:00Z\. What the task did: (npx )?valetkey tasks ledger k7f3m2q9x4ab_\n/,
    );
    const listed = {
      id: ID,
      agent: { id: "deployer" },
      status: "used",
      needed: [],
      purpose: "deploy",
      you: {},
      review,
    };
    stage.answers["GET /v1/approvals?status=review"] = ok({ approvals: [listed] });
    const list = await run("approvals", "list", "--review");
    expect(list.stdout).toMatch(/ap7f3m2q9x4ab567 +deployer +to be reviewed +2026-11-28T12:00:00Z/);
  });

  it.each([
    ["a field", { ...RECORD, also: { admin: true } }],
    ["a version", { ...RECORD, version: 2 }],
    ["a term of its uses", { ...RECORD, standing: { uses: 2, window: 3_600, shape: "s", also: 1 } }],
  ])("I9f: refuses a record with %s that it could not print", async (_, record) => {
    stage.answers[`GET /v1/approvals/${ID}`] = shown({ record, hash: recordHash(record as never) });
    expect(await run("approvals", "show", ID)).toMatchObject({
      code: 77,
      stdout: "",
      stderr: expect.stringMatching(/update valetkey/),
    });
  });

  it.each([
    ["another record", { record: { ...RECORD, ttl: 43_200 } }],
    ["another hash", { hash: recordHash({ ...RECORD, ttl: 43_200 } as never) }],
  ])("I9b: refuses to show %s than the hash covers, before anybody approves it", async (_, changes) => {
    stage.answers[`GET /v1/approvals/${ID}`] = shown(changes);
    stage.answers[METADATA] = ok({ console_uri: "https://console.example.com" });
    for (const act of ["show", "approve"])
      expect(await run("approvals", act, ID)).toMatchObject({
        code: 77,
        stdout: "",
        stderr: expect.stringMatching(/do not approve/),
      });
  });

  it("names the page to approve on, by the metadata, and votes by no means itself", async () => {
    stage.answers[`GET /v1/approvals/${ID}`] = shown({ url: "https://evil.example.com" });
    stage.answers[METADATA] = ok({ console_uri: "https://console.example.com" });
    const { stdout } = await run("approvals", "approve", ID);
    expect(stdout).toContain(`  https://console.example.com/approvals/${ID}\n`);
    expect(stdout).toMatch(WORDS);
    expect(stdout).not.toContain("evil");
    expect(asked()).toEqual([`GET /v1/approvals/${ID}`, METADATA]);
  });

  it("takes the address of a request's page in place of its id", async () => {
    stage.answers[`GET /v1/approvals/${ID}`] = shown();
    const address = `https://console.example.com/approvals/${ID}?from=chat#x`;
    expect((await run("approvals", "show", address)).stdout).toContain(`request   ${ID}\n`);
    expect((await run("approvals", "show", "https://console.example.com/tasks/x")).code).toBe(64);
  });

  it("tells a person whose vote would not count why, before any sign-in, and not where the glass may be broken", async () => {
    const you = { may_vote: false, groups: [], has_voted: false, why: "registered_agent" };
    stage.answers[`GET /v1/approvals/${ID}`] = shown({ you });
    stage.answers[METADATA] = ok({ console_uri: "https://console.example.com" });
    const { code, stdout, stderr } = await run("approvals", "approve", ID);
    expect({ code, stdout }).toEqual({ code: 77, stdout: "" });
    expect(stderr).toMatch(/You registered the agent, .* Somebody else of sre has to decide\./);
    expect((await run("approvals", "show", ID)).stdout).toMatch(/\nyou +You registered the agent/);
    const record = { ...recordHere(), break_glass: true };
    stage.answers[`GET /v1/approvals/${ID}`] = shown({ you, record, hash: recordHash(record as never) });
    expect((await run("approvals", "approve", ID)).stdout).toContain(`/approvals/${ID}\n`);
  });

  it.each([
    [{ may_vote: true, groups: ["sre"], has_voted: false }, "may vote for sre"],
    [{ may_vote: false, groups: ["sre"], has_voted: true, why: "has_voted" }, "have approved it"],
    [{ may_vote: false, groups: [], has_voted: false, why: "no_group" }, "You are in none of the groups that decide."],
  ])("shows %j in words", async (you, words) => {
    stage.answers[`GET /v1/approvals/${ID}`] = shown({ you });
    expect((await run("approvals", "show", ID)).stdout).toMatch(new RegExp(`\nyou +${words}`));
  });

  it("denies with a reason, and withdraws", async () => {
    stage.answers[`POST /v1/approvals/${ID}/decide`] = ok({ status: "denied" });
    expect((await run("approvals", "deny", ID, "--reason", "freeze")).stdout).toBe(`Request ${ID} is denied.\n`);
    expect(JSON.parse(valetkey.seen[0]?.body ?? "")).toEqual({ decision: "deny", reason: "freeze" });
    stage.answers[`POST /v1/approvals/${ID}/withdraw`] = refused(409, "already_used");
    expect(await run("approvals", "withdraw", ID)).toMatchObject({
      code: 65,
      stderr: expect.stringContaining("already_used"),
    });
  });

  const outcome = { decision: "denied", by: "staff|bob", at: "2026-11-18T10:48:00Z", reason: "freeze\u001b[2J" };
  const both = [{ group: "sre", count: 2, have: 2 }];
  const task = { id: "k7f3m2q9x4ab_", live: true };
  it.each([
    ["denied", 403, "approval_denied", { outcome }, 'is denied, by staff|bob at 2026-11-18T10:48:00Z: "freeze'],
    ["withdrawn", 403, "approval_denied", {}, "is withdrawn; nothing is left to decide"],
    ["expired", 403, "approval_expired", {}, /expired at 2026-11-18T11:21:40\S*Z, undecided; nothing is left/],
    ["expired", 403, "approval_expired", { needed: both }, "was approved, and the agent did not fetch its key"],
    ["cancelled", 410, "task_ended", {}, "its task has ended; nothing is left"],
    ["cancelled", 410, "task_ended", { ended_by: "condition:change-freeze" }, "has ended, by condition:change-freeze"],
    ["void", 403, "approval_void", {}, "has to make a new one"],
    ["used", 409, "already_used", { task }, /end the task: (npx )?valetkey revoke k7f3m2q9x4ab_\n/],
    ["used", 409, "already_used", { task: { ...task, live: false } }, "has ended, and the key with it"],
  ])("says to an approver that a request is %s (%i %s), and names no page", async (status, http, code, facts, says) => {
    stage.answers[`GET /v1/approvals/${ID}`] = shown({ status, ...facts });
    stage.answers[`POST /v1/approvals/${ID}/decide`] = refused(http, code);
    stage.answers[`POST /v1/approvals/${ID}/withdraw`] = refused(http, code);
    stage.answers[METADATA] = ok({ console_uri: "https://console.example.com" });
    for (const act of [["approve"], ["deny", "--reason", "no"], ["withdraw"]]) {
      const { code: exit, stdout, stderr } = await run("approvals", ...act, ID);
      expect([exit, stdout]).toEqual([77, ""]);
      expect(stderr).toContain(`request ${ID} `);
      expect(stderr).toMatch(says);
      expect(stderr).not.toContain("It is ");
      expect(stderr).not.toContain("\u001b");
    }
  });

  it("says to an approver that one with uses left is approved, and how to stop them", async () => {
    const standing = { used: 1, uses: 3, until: "2026-12-18T00:00:00Z" };
    stage.answers[`GET /v1/approvals/${ID}`] = shown({ status: "standing", standing, task });
    expect(await run("approvals", "approve", ID)).toMatchObject({
      code: 77,
      stderr: expect.stringContaining(`valetkey approvals deny ${ID} --reason`),
    });
  });

  it("repeats the hub's words where the request cannot be read, or is open", async () => {
    stage.answers[`POST /v1/approvals/${ID}/withdraw`] = refused(403, "approval_denied");
    const says = { code: 77, stderr: expect.stringContaining("It is approval_denied.") };
    expect(await run("approvals", "withdraw", ID)).toMatchObject(says);
    stage.answers[`GET /v1/approvals/${ID}`] = shown();
    expect(await run("approvals", "withdraw", ID)).toMatchObject(says);
  });

  it.each([
    [["deny", ID], /--reason is required/],
    [["grant", ID], /there is no approvals grant/],
    [["show"], /which request/],
  ])("refuses %j before it calls", async (args, sentence) => {
    expect(await run("approvals", ...args)).toMatchObject({ code: 64, stderr: expect.stringMatching(sentence) });
    expect(valetkey.seen).toEqual([]);
  });
});
