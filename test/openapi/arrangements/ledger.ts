import type * as ledgers from "../../../contract/ledger.ts";
import { regionNamed } from "../../../functions/core/deployment/region.ts";
import { taskPath } from "../../../functions/core/task-path.ts";
import type { ArrangementsOf } from "../from-contract.ts";
import type { Arrange } from "../recording/call.ts";
import { startTask } from "../recording/story.ts";
import { refusedOperators } from "../refused/operator.ts";

/** Arranges a task that read one report, and was denied a table outside of its grants. */
const ledger: Arrange = async (world) => {
  const task = await startTask(world);
  const path = taskPath(task.id);
  if (!path) throw new Error("the example's task has no path");
  const at = world.nowSeconds();
  const row = { isMapped: true, first: at, last: at, region: regionNamed("eu-central-1"), sourceIp: "203.0.113.7" };
  await world.ports.ledger.add(
    path,
    ["e1", "e2", "e3"],
    [
      { ...row, action: "s3:GetObject", resource: "arn:aws:s3:::acme-data/reports/weekly.csv", used: 3, denied: 0 },
      {
        ...row,
        action: "s3:PutObject",
        resource: "arn:aws:s3:::acme-data/reports/summary.csv",
        used: 1,
        denied: 0,
        versions: ["3sL4kqtJlcpXroDTDmJ.rmSpXd3dIbrHY"],
      },
      {
        ...row,
        action: "dynamodb:ListTables",
        resource: "*",
        used: 0,
        denied: 1,
        errorCode: "AccessDeniedException",
      },
    ],
    3,
  );
  return { route: "GET /v1/tasks/{task}/ledger", path: { task: task.id }, bearer: world.operatorToken() };
};

/** Calls of the operation on a task's ledger. */
export const LEDGER = {
  readLedger: {
    examples: { ledger },
    refused: {
      ...refusedOperators(ledger),
      malformed_request: async (world) => ({ ...(await ledger(world)), path: { task: "no-task-id" } }),
      task_unknown: async (world) => ({ ...(await ledger(world)), path: { task: "nosuchtask00." } }),
    },
  },
} as const satisfies ArrangementsOf<typeof ledgers>;
