import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { agentId } from "../../contract/agent-id.ts";
import { DynamoAgents } from "../../functions/adapters/dynamodb/identity/dynamo-agents.ts";
import { DynamoTasks } from "../../functions/adapters/dynamodb/tasks/dynamo-tasks.ts";
import { takePlace } from "../../functions/exchange/vend/take-place.ts";
import { attempt } from "../../functions/steps/requests/attempt.ts";
import { withdrawTask } from "../../functions/steps/tasks/withdraw-task.ts";
import { aLease, aTask, aUse } from "../fakes/samples/task.ts";
import { type FaultyTable, startFaultyTable } from "../faults/faulty-table.ts";
import { patientTable } from "../harness/patient-table.ts";

const TABLE = "valetkey-limits";
let faulty: FaultyTable;

beforeAll(async () => {
  faulty = await startFaultyTable(TABLE);
});
afterAll(() => faulty.close());

/** Writes a vend to the record as a process of its own. True where the task was opened. */
async function vend(agent: string, most: number): Promise<boolean> {
  const table = patientTable(TABLE);
  const [tasks, agents] = [new DynamoTasks(table), new DynamoAgents(table, {}, Date.now)];
  const ports = {
    tasks,
    // A stopped clock: however slow this machine is, no process is treated as dead.
    clock: { nowMs: () => 0 },
    random: { bytes: (count: number) => randomBytes(count) },
    pause: (ms: number) => sleep(ms),
  };
  const openedAt = Math.floor(Date.now() / 1_000);
  const { task, event } = aTask({ agent, openedAt, expiresAt: openedAt + 900 });
  await tasks.open(task, event, aUse(), undefined);
  const list = () => agents.liveTasks(agentId(agent));
  const placed = await attempt(async () =>
    takePlace(task, { most, code: "too_many_tasks", list }, await list(), ports),
  );
  if ("refusal" in placed) {
    await withdrawTask(task, ports);
    return false;
  }
  await tasks.confirm(task.path, [aLease(0, { state: "issued", accessKeyId: "ASIAEXAMPLE" })]);
  return true;
}

describe("the limit of live tasks, in DynamoDB", () => {
  it.each([
    [3, 5],
    [8, 12],
  ])("opens exactly %d tasks when %d processes request at once", async (most, asking) => {
    for (let round = 0; round < 3; round += 1) {
      // Some writes and lists are slow, so that the first to come is not always the first to read.
      let seen = 0;
      const isSlow = (): boolean => {
        seen += 1;
        return Math.imul(seen, 2_654_435_761) % 3 === 0;
      };
      faulty.proxy.order({ where: isSlow }, { is: "delayed", ms: 15 });
      const agent = agentId(`agent-${most}-${asking}-${round}`);
      const given = await Promise.all(Array.from({ length: asking }, () => vend(agent, most)));
      expect(given.filter(Boolean)).toHaveLength(most);
      expect(await new DynamoAgents(patientTable(TABLE), {}, Date.now).liveTasks(agent)).toHaveLength(most);
      faulty.proxy.mend();
    }
  });
});
