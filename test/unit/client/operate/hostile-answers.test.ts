import { describe, expect, it } from "vitest";
import { answers, file, ok, run, setOperatorStage } from "./operator-stage.ts";

/** Text of a hub that somebody else controls: a second line, a colour, an erased line, a reversed line, a CI command. */
const HOSTILE = "a\nFORGED: all is well\r\u001b[31mred\u001b[2K\u009b31m\u202e\u2028b\n::set-output name=x::y";

/** Answers to one command, whose texts are all the given one. */
type Answers = (text: string) => Readonly<Record<string, unknown>>;

const agentOf = (text: string) => ({
  ...{ id: text, name: text, owner: text, team: text, status: text, labels: [text], ends_at: text, reason: text },
  bindings: [{ issuer: text, claims: { [text]: text } }],
  [`field ${text}`]: { inner: text },
});
const taskOf = (text: string) => ({
  ...{
    id: text,
    agent: text,
    status: text,
    purpose: text,
    expires_at: text,
    ended_at: text,
    ended_by: text,
    sub: text,
  },
  ...{ task: text, by: text, leases: [{ name: text, account: text, role: text, status: text, access_key_id: text }] },
});
const rowOf = (text: string) => ({ action: text, resource: text, visibility: text, used: 0, denied: 0 });
const secretOf = (text: string) => ({
  ...{ name: text, status: text, database: text, held_by: text, held_until: text },
  ...{ rotation: { kind: text, rotated_at: text, waits_until: text }, exposure: { since: text, tasks: [text] } },
});
const accountOf = (text: string) => ({
  ...{ account: text, region: text, halted: true, halted_at: text, halted_by: text, reason: text },
});

const COMMANDS: readonly (readonly [readonly string[], Answers])[] = [
  [["agents"], (text) => ({ "GET /v1/agents": { agents: [agentOf(text)] } })],
  [["agents", "show", "reports"], (text) => ({ "GET /v1/agents/reports": agentOf(text) })],
  [["agents", "confirm", "reports"], (text) => ({ "POST /v1/agents/reports/confirm": agentOf(text) })],
  [
    ["agents", "suspend", "reports"],
    (text) => ({ "POST /v1/agents/reports/suspend": { ...agentOf(text), ended: [text] } }),
  ],
  [["tasks", "--agent", "reports"], (text) => ({ "GET /v1/tasks?agent=reports": { tasks: [taskOf(text)] } })],
  [["revoke", "k7f3m2q9x4ab."], (text) => ({ "POST /v1/tasks/k7f3m2q9x4ab./end": taskOf(text) })],
  [
    ["tasks", "ledger", "k7f3m2q9x4ab."],
    (text) => ({
      "GET /v1/tasks/k7f3m2q9x4ab./ledger": {
        rows: [rowOf(text)],
        forwarded: [{ account: text, regions: [text] }],
      },
    }),
  ],
  [
    ["tasks", "changes", "k7f3m2q9x4ab."],
    (text) => ({
      "GET /v1/tasks?task=k7f3m2q9x4ab.": {
        tasks: [{ ...taskOf(text), id: "k7f3m2q9x4ab.", authorization_details: [{ type: text, tool: [text] }] }],
      },
      "GET /v1/tasks/k7f3m2q9x4ab./receipt": { below: [text] },
      "GET /v1/tasks/k7f3m2q9x4ab./ledger": {
        task: text,
        rows: [
          { ...rowOf(text), used: 1, effect: text, first: text, last: text },
          { ...rowOf(text), granted: true },
        ],
      },
    }),
  ],
  [["receipt", "k7f3m2q9x4ab."], (text) => ({ "GET /v1/tasks/k7f3m2q9x4ab./receipt": taskOf(text) })],
  [["secrets"], (text) => ({ "GET /v1/secrets": { secrets: [secretOf(text)] } })],
  [["secrets", "show", "crm"], (text) => ({ "GET /v1/secrets/crm": secretOf(text) })],
  [["accounts"], (text) => ({ "GET /v1/accounts": { accounts: [accountOf(text)] } })],
  [
    ["accounts", "halt", "111122223333", "--reason", "x", "--yes"],
    (text) => ({ "POST /v1/accounts/111122223333/halt": accountOf(text) }),
  ],
  [
    ["panic"],
    (text) => ({
      "GET /v1/panic": { halted: true, reason: text, declared_by: text, declared_at: text, lifted_by: text },
    }),
  ],
  [
    ["escalations"],
    (text) => ({
      "GET /v1/escalations": {
        escalations: [
          {
            found_at: "2099-01-01T00:00:00Z",
            rule: text,
            agent: text,
            task: text,
            action: text,
            resource: text,
            done: text,
          },
        ],
      },
    }),
  ],
  [
    ["approvals"],
    (text) => ({
      "GET /v1/approvals?status=pending": {
        approvals: [
          {
            ...{ id: text, agent: { name: text, id: text }, status: text, purpose: text, expires_at: text },
            ...{
              needed: [{ group: text, count: 1, have: 0 }],
              task: { id: text, live: true },
              you: { may_vote: true },
            },
          },
        ],
      },
    }),
  ],
  [
    ["approvals", "deny", "ap7f3m2q9x4ab567", "--reason", "no"],
    (text) => ({ "POST /v1/approvals/ap7f3m2q9x4ab567/decide": { status: text } }),
  ],
  [
    ["approvals", "withdraw", "ap7f3m2q9x4ab567"],
    (text) => ({ "POST /v1/approvals/ap7f3m2q9x4ab567/withdraw": { status: text } }),
  ],
  [
    ["consents"],
    (text) => ({
      "GET /v1/consents": { consents: [{ id: text, person: text, agent: text, expires_at: text, purpose: text }] },
    }),
  ],
  [["consents", "withdraw", "c1"], (text) => ({ "POST /v1/consents/c1/withdraw": { ended: [text] } })],
  [
    ["people", "end-tasks", "staff|ann"],
    (text) => ({ "POST /v1/people/staff%7Cann/end-tasks": { dead_until: text, ended: [text] } }),
  ],
];

describe("a hostile hub's texts", () => {
  setOperatorStage();

  it.each(COMMANDS)("begin no line and move no cursor: valetkey %j", async (words, answersOf) => {
    const printed = async (text: string) => {
      for (const [route, body] of Object.entries(answersOf(text))) answers[route] = ok(body);
      const { code, stdout, stderr } = await run(...words);
      return { code, stdout, stderr };
    };
    const [plain, hostile] = [await printed("x"), await printed(HOSTILE)];
    // The command printed the service's answer, and did not fail for another reason.
    expect(plain.stdout + plain.stderr).toContain("x");
    expect(plain.stdout).not.toBe("");
    expect(hostile.code).toBe(plain.code);
    expect(hostile.stdout.split("\n")).toHaveLength(plain.stdout.split("\n").length);
    expect(hostile.stdout).toContain("FORGED");
    expect(`${hostile.stdout}${hostile.stderr}`.replaceAll("\n", "")).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
    expect(hostile.stdout).not.toMatch(/^(FORGED|\s*::)/m);
  });

  it("in a file of agents neither", async () => {
    const agents = JSON.stringify([{ id: "reports", team: HOSTILE, owner: HOSTILE }]);
    const { stdout, stderr } = await run("apply", "-f", file("agents.json", agents));
    expect(`${stdout}${stderr}`.replaceAll("\n", "")).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
    expect(`${stdout}${stderr}`).not.toMatch(/^FORGED/m);
  });
});
