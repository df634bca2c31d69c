import { describe, expect, it } from "vitest";
import { answers, asked, ok, refused, run, setOperatorStage } from "../operator-stage.ts";
import { answerLedgers, aRow } from "./ledger-answers.ts";
import { TASK } from "./task-changes-fixture.ts";

const CHILD = `${TASK}c1x9.`;
const printed = async () => {
  const { code, stdout, stderr } = await run("tasks", "changes", TASK);
  expect([code, stderr]).toEqual([0, ""]);
  return stdout;
};
const json = async () => JSON.parse((await run("tasks", "changes", TASK, "--json")).stdout);

describe("valetkey tasks changes", () => {
  setOperatorStage();

  it("prints what a task and its sub-agents changed, and not what they read or were denied", async () => {
    answerLedgers(
      [
        aRow({ used: 2, versions: ["v2", "v1"] }),
        aRow({ action: "s3:GetObject", effect: "read" }),
        aRow({ action: "s3:DeleteObject", used: 0, denied: 4 }),
        aRow({ action: "s3.amazonaws.com:Odd", resource: "*", effect: "unknown", first: 1_764_063_001 }),
      ],
      { below: { [CHILD]: [aRow({ first: 1_764_063_005, last: 1_764_063_040, versions: ["v3"] })] } },
    );
    expect(await printed()).toMatchInlineSnapshot(`
      "ACTION                                     RESOURCE                  CALLS  FIRST                     LAST                      TASKS
      s3.amazonaws.com:Odd (may only have read)  *                         1      2025-11-25T09:30:01.000Z  2025-11-25T09:30:20.000Z  k7f3m2q9x4ab.
      s3:PutObject                               arn:aws:s3:::acme-data/a  3      2025-11-25T09:30:05.000Z  2025-11-25T09:30:40.000Z  k7f3m2q9x4ab. k7f3m2q9x4ab.c1x9.

      NOT VISIBLE
      what AWS services did for the task, and what its changes set in motion  such calls have a key of the service's own
      "
    `);
    expect(await json()).toEqual({
      ...{ task: TASK, agent: "reports", opened_at: "2025-11-25T09:30:00.000Z", ended_at: "2025-11-25T09:31:00.000Z" },
      ...{ settled_at: "2025-11-25T10:31:00.000Z", settled: true, may_remove_versions: false },
      ...{ tasks_read: [TASK, CHILD], tasks_not_read: [], not_visible: [expect.anything()] },
      changes: [
        expect.objectContaining({ action: "s3.amazonaws.com:Odd", effect: "unknown", versions: [] }),
        {
          ...{ action: "s3:PutObject", resource: "arn:aws:s3:::acme-data/a", effect: "change", calls: 3 },
          ...{ first: 1_764_063_005, last: 1_764_063_040, tasks: [TASK, CHILD], versions: ["v2", "v1", "v3"] },
        },
      ],
    });
  });

  it("says that nothing is known of a task with an empty ledger, and what no ledger shows", async () => {
    answerLedgers([]);
    expect(await printed()).toMatch(
      /^No call that changes something is known\.\n\nNOT VISIBLE.*\nwhat AWS services did for/,
    );
  });

  it("names what was granted and is not seen, and what is no call to AWS", async () => {
    const authorization_details = [
      { type: "aws", account: "111122223333" },
      { type: "mcp", server: "crm", tools: ["update", "delete"] },
    ];
    answerLedgers(
      [
        aRow({ action: "dynamodb:PutItem", resource: "t", used: 0, visibility: "data_event_not_selected" }),
        aRow({ action: "dynamodb:GetItem", resource: "t", used: 0, visibility: "never_logged", effect: "read" }),
        aRow({ action: "s3:PutObject", used: 0 }),
        aRow({ action: "other", resource: "*", effect: "unknown" }),
      ],
      { task: { authorization_details } },
    );
    const { not_visible } = await json();
    expect(not_visible.map(({ what }: { what: string }) => what)).toEqual([
      "dynamodb:PutItem on t",
      "mcp crm update, delete",
      "calls beyond the rows of a ledger",
      "what AWS services did for the task, and what its changes set in motion",
    ]);
  });

  it.each([
    ["alive", { ended_at: undefined, expires_at: "2099-01-01T00:00:00Z" }, /\nThe task is alive: more may follow\./],
    [
      "over for less than an hour",
      { ended_at: new Date(Date.now() - 60_000).toISOString() },
      /\nCalls are reported until 20\S+Z: more may follow\.\n$/,
    ],
  ])("says that more may follow of a task that is %s", async (_, task, says) => {
    answerLedgers([aRow()], { task });
    expect(await printed()).toMatch(says);
    expect(await json()).toMatchObject({ settled: false });
  });

  it("takes a task past its time for ended, and one whose ledger is full for never fully reported", async () => {
    answerLedgers([aRow()], { task: { ended_at: undefined } });
    expect(await json()).toMatchObject({ settled: true, settled_at: "2025-11-25T11:30:00.000Z" });
    answerLedgers([aRow(), aRow({ action: "other", resource: "*", effect: "unknown" })]);
    expect(await json()).toMatchObject({ settled: false });
  });

  it("names the tasks below whose ledger it may not read, and is not settled without them", async () => {
    answerLedgers([aRow()], { below: { [CHILD]: [] } });
    answers[`GET /v1/tasks/${CHILD}/ledger`] = refused(403, "not_permitted");
    expect(await printed()).toContain(`The ledgers of 1 task below it were not read: ${CHILD}\n`);
    expect(await json()).toMatchObject({ settled: false, tasks_read: [TASK], tasks_not_read: [CHILD] });
  });

  it("reads a bounded number of ledgers, and names the tasks that it left out", async () => {
    const below = Object.fromEntries(Array.from({ length: 203 }, (_, n) => [`${TASK}c${n}.`, [aRow()]]));
    answerLedgers([], { below });
    expect((await json()).tasks_not_read).toEqual([`${TASK}c200.`, `${TASK}c201.`, `${TASK}c202.`]);
    expect(asked().filter((request) => request.endsWith("/ledger"))).toHaveLength(201);
  });

  it.each([
    ["actions of S3 by a pattern", ["s3:*"], true],
    ["actions of S3 by another pattern", ["s3:Delete?bject*"], true],
    ["the removal of versions", ["s3:GetObject", "s3:deleteobjectversion"], true],
    ["deletions alone", ["s3:DeleteObject"], false],
    ["another service", ["dynamodb:*"], false],
  ])("knows whether a task with %s could remove versions for good", async (_, actions, may) => {
    answerLedgers([], { task: { authorization_details: [{ type: "aws", account: "111122223333", actions }] } });
    expect(await json()).toMatchObject({ may_remove_versions: may });
  });

  it("says what to do: which task, that there is none, that the ledger may not be read", async () => {
    expect(await run("tasks", "changes")).toMatchObject({ code: 64, stderr: expect.stringContaining("which task") });
    answers[`GET /v1/tasks?task=${TASK}`] = ok({ tasks: [] });
    const unknown = await run("tasks", "changes", TASK);
    expect([unknown.code, unknown.stderr]).toEqual([65, expect.stringContaining("there is no such task")]);
    answerLedgers([aRow()]);
    answers[`GET /v1/tasks/${TASK}/ledger`] = refused(403, "not_permitted");
    const hidden = await run("tasks", "changes", TASK);
    expect([hidden.code, hidden.stdout, hidden.stderr]).toEqual([77, "", expect.stringContaining("not_permitted")]);
  });
});
