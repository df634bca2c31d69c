import { randomBytes } from "node:crypto";
import { parentPort, workerData } from "node:worker_threads";
import { DynamoTable } from "../../../functions/adapters/dynamodb/table/dynamo-table.ts";
import type { TableClient } from "../../../functions/adapters/dynamodb/table/table-client.ts";
import { DynamoTasks } from "../../../functions/adapters/dynamodb/tasks/dynamo-tasks.ts";
import { poolIndex, rootPath } from "../../../functions/core/task-path.ts";
import { hashToken, makeToken } from "../../../functions/core/tasks/token.ts";
import { taskRoleName } from "../../../functions/hub-names.ts";
import { dynamoBackends } from "../../../local/emulator/dynamodb/dynamo-backends.ts";
import { aLease, aTask, aUse } from "../../fakes/samples/task.ts";
import { ACCOUNT } from "../policies/bench-policies.ts";
import type { SeededTask, SeedOf } from "./seeder.ts";

/** Thread of `Seeder`: writes one task for each message. */
const { account, tableName, agent, taskRoles, endpoint } = workerData as SeedOf;
const backend = dynamoBackends({ endpoint });

/** Client without signatures and idempotency tokens, which would take longer than the writes. */
const bareClient: TableClient = {
  send: async (operation, input) => {
    const answer = await backend.send(account, operation, input);
    if (answer.status !== 200) throw new Error(answer.body);
    return {};
  },
};

const tasks = new DynamoTasks(new DynamoTable(tableName, bareClient));

parentPort?.on("message", async (id: number) => {
  try {
    const path = rootPath(randomBytes(32));
    const token = makeToken("vk", path, randomBytes(32));
    const now = Math.floor(Date.now() / 1_000);
    const role = taskRoleName(poolIndex(path, taskRoles), {});
    const lease = aLease(0, { account: ACCOUNT, role, state: "issued", startedAt: now, fenceAt: now + 900 });
    const expiresAt = now + 900;
    const { task, event } = aTask({
      ...{ path, agent, leases: [lease], openedAt: now, expiresAt },
      tokens: [{ hash: hashToken(token) }],
    });
    await tasks.open(task, event, aUse({ expiresAt: now + 300 }), undefined);
    parentPort?.postMessage({ id, seeded: { path, token } satisfies SeededTask });
  } catch (error) {
    parentPort?.postMessage({ id, error: String(error) });
  }
});
