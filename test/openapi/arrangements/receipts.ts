import type * as receipts from "../../../contract/receipts.ts";
import { taskPath } from "../../../functions/core/task-path.ts";
import { FakeService } from "../../fakes/world/service.ts";
import type { ArrangementsOf } from "../from-contract.ts";
import type { Arrange } from "../recording/call.ts";
import { startTask } from "../recording/story.ts";
import { refusedOperators } from "../refused/operator.ts";

/** Arranges the receipt of a task that an operator ended. */
const receipt: Arrange = async (world) => {
  const task = await startTask(world);
  const bearer = world.operatorToken();
  await new FakeService(world).endTask(task.id);
  return { route: "GET /v1/tasks/{task}/receipt", path: { task: task.id }, bearer };
};

/** Arranges the receipt of an ended task, after a policy write and an observation by a probe. */
const written: Arrange = async (world) => {
  const call = await receipt(world);
  const path = taskPath(call.path?.task ?? "");
  const task = path && (await world.ports.tasks.read(path));
  const [lease] = task?.leases ?? [];
  if (!task || !lease) throw new Error("the example's task has no lease");
  const snapshotAtMs = world.nowSeconds() * 1_000 + 120;
  const write = {
    snapshotAtMs,
    writtenAtMs: snapshotAtMs + 95,
    form: "list",
    characters: 190,
    endings: [task.path],
  } as const;
  await world.ports.policyWrites.note(lease, write);
  const endedAtMs = world.nowSeconds() * 1_000;
  await world.ports.observations.record(
    { path: task.path, account: lease.account, role: lease.role, agent: task.agent, endedAtMs },
    { status: "denied", answeredAtMs: endedAtMs + 3_930, deniedAtMs: endedAtMs + 4_190 },
  );
  return call;
};

const receiptAlone: Arrange = async (world) => ({ ...(await receipt(world)), query: { below: "false" } });

/** Calls of the operation on a task's receipt. */
export const RECEIPTS = {
  readReceipt: {
    examples: { complete: written, pending: receipt, alone: receiptAlone },
    refused: {
      ...refusedOperators(receipt),
      malformed_request: async (world) => ({ ...(await receipt(world)), path: { task: "no-task-id" } }),
      task_unknown: async (world) => ({ ...(await receipt(world)), path: { task: "nosuchtask00." } }),
    },
  },
} as const satisfies ArrangementsOf<typeof receipts>;
