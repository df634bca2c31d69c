import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aLease, aTask, aUse } from "../../fakes/sample-task.ts";
import { DynamoAgents } from "../../functions/adapters/dynamodb/dynamo-agents.ts";
import { DynamoTasks } from "../../functions/adapters/dynamodb/dynamo-tasks.ts";
import { takePlace } from "../../functions/exchange/vend/take-place.ts";
import { attempt } from "../../functions/steps/requests/attempt.ts";
import { withdrawTask } from "../../functions/steps/tasks/withdraw-task.ts";
import { type FaultyTable, startFaultyTable } from "../faults/faulty-table.ts";
import { patientTable } from "../harness/patient-table.ts";

const TABLE = "valetkey-limits";
let faulty: FaultyTable;

beforeAll(async () => {
  faulty = await startFaultyTable(TABLE);
});
afterAll(() => faulty.close());

/** What a vend does to the record, in a process of its own: whether the task was given. */
async function vend(agent: string, most: number): Promise<boolean> {
  const table = patientTable(TABLE);
  const [tasks, agents] = [new DynamoTasks(table), new DynamoAgents(table, {}, Date.now)];
  const ports = {
    tasks,
    // Stands still: however slow this machine is, nobody is given up as one that died.
    clock: { nowMs: () => 0 },
    random: { bytes: (count: number) => randomBytes(count) },
    pause: (ms: number) => sleep(ms),
  };
  const openedAt = Math.floor(Date.now() / 1_000);
  const { task, event } = aTask({ agent, openedAt, expiresAt: openedAt + 900 });
  await tasks.open(task, event, aUse(), undefined);
  const list = () => agents.liveTasks(agent);
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

describe("at the limit of live tasks, in DynamoDB", () => {
  it.each([
    [3, 5],
    [8, 12],
  ])("of a limit of %d, when %d processes ask at once", async (most, asking) => {
    for (let round = 0; round < 3; round += 1) {
      // Some writes and lists are slow, so that whoever came first is not the first to look.
      let seen = 0;
      const isSlow = (): boolean => {
        seen += 1;
        return Math.imul(seen, 2_654_435_761) % 3 === 0;
      };
      faulty.proxy.order({ where: isSlow }, { is: "delayed", ms: 15 });
      const agent = `agent-${most}-${asking}-${round}`;
      const given = await Promise.all(Array.from({ length: asking }, () => vend(agent, most)));
      expect(given.filter(Boolean)).toHaveLength(most);
      expect(await new DynamoAgents(patientTable(TABLE), {}, Date.now).liveTasks(agent)).toHaveLength(most);
      faulty.proxy.mend();
    }
  });
});
