import { describe, expect, it } from "vitest";
import { momentsOf } from "../../../console/task/moments.ts";
import { statementsOf } from "../../../console/task/statements.ts";

const ID = "k7f3m2q9x4ab.";
const CHILD = `${ID}c1x9.`;
const at = (ms: number): string => new Date(Date.UTC(2026, 10, 27, 12) + ms).toISOString();
const task = (id: string, agent: string) => ({
  id,
  agent,
  purpose: "p",
  status: "active",
  opened_at: at(0),
  expires_at: at(900_000),
  authorization_details: [],
  leases: [],
});

describe("the life of a task", () => {
  const tree = {
    tasks: [task(ID, "planner"), task(CHILD, "linter"), task(`${CHILD}aaaa.`, "reader")],
    events: [
      { task: ID, n: 1, type: "task.opened", at: at(0) },
      { task: CHILD, n: 1, type: "task.opened", at: at(1_000) },
      { task: `${CHILD}aaaa.`, n: 1, type: "task.opened", at: at(2_000) },
      { task: ID, n: 2, type: "some.new_event", at: at(3_000) },
      { task: ID, n: 3, type: "task.ended", at: at(5_000), by: "staff|alice" },
    ],
    hidden: 0,
  };
  const lease = {
    name: "aws-0",
    type: "aws",
    account: "111122223333",
    role: "valetkey-task",
    fence_at: at(900_000),
    status: "written",
    milliseconds: 180,
    policy_written_at: at(5_180),
    observed: { status: "denied", denied_at: at(5_412), milliseconds: 412 },
  };
  const receipt = {
    task: ID,
    agent: "planner",
    status: "revoked",
    ended_at: at(5_000),
    leases: [lease],
    complete: true,
  };

  it("goes from its token to AWS's refusal, with its own sub-agents and no others", () => {
    expect(momentsOf(ID, tree, receipt).map(({ afterMs, says }) => [afterMs, says])).toEqual([
      [0, "The agent’s token was exchanged, and the task was opened"],
      [1_000, `The sub-agent linter started ${CHILD}`],
      [3_000, "some.new_event"],
      [5_000, "The task was ended, by staff|alice"],
      [5_180, "IAM had the policy that denies aws-0"],
      [5_412, "AWS was seen to refuse aws-0"],
    ]);
  });

  it("is shown as far as it is known", () => {
    expect(momentsOf(CHILD, tree, undefined).map(({ afterMs }) => afterMs)).toEqual([0, 1_000]);
    expect(momentsOf("nosuchtask00.", tree, undefined)).toEqual([]);
  });
});

describe("the policies behind a statement", () => {
  const permitted = (permits: readonly string[], forbids: readonly string[] = []) => ({ permits, forbids });
  const pairs = [
    { action: "s3:GetObject", target: "arn:aws:s3:::a/*", permitted: permitted(["reads"], ["not-at-night"]) },
    { action: "s3:PutObject", target: "arn:aws:s3:::a/x", permitted: permitted(["writes"]) },
    { action: "s3:PutObject", target: "arn:aws:s3:::b/x" },
  ];
  const traced = (...Statement: readonly object[]) =>
    statementsOf(JSON.stringify({ Statement }), pairs).map(({ policies }) => policies);

  it("are the permits of what it allows, and the forbids of what it denies", () => {
    expect(
      traced(
        { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::a/*" },
        { Effect: "Allow", Action: ["s3:GetObject", "s3:PutObject"], Resource: ["arn:aws:s3:::a/*"] },
        { Effect: "Deny", Action: "s3:GetObject", Resource: "arn:aws:s3:::a/secret/*" },
      ),
    ).toEqual([["reads"], ["reads", "writes"], ["not-at-night"]]);
  });

  it("are none of a statement that every session has", () => {
    expect(
      traced(
        { Effect: "Deny", Action: "*", Resource: "*", Condition: {} },
        { Effect: "Deny", NotAction: "s3:*", Resource: "*" },
        { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::other/*" },
      ),
    ).toEqual([[], [], []]);
    expect(statementsOf("{}", pairs)).toEqual([]);
  });
});
