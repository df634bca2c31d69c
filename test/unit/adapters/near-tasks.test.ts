import { describe, expect, it } from "vitest";
import { taskPartition } from "../../../functions/adapters/dynamodb/table/dynamo-keys.ts";
import { DynamoTable } from "../../../functions/adapters/dynamodb/table/dynamo-table.ts";
import { itemOf } from "../../../functions/adapters/dynamodb/table/raw-item.ts";
import type { TableClient, TableOutputs } from "../../../functions/adapters/dynamodb/table/table-client.ts";
import { nearTasks } from "../../../functions/adapters/dynamodb/tasks/near-tasks.ts";
import { itemOfTask } from "../../../functions/adapters/dynamodb/tasks/task-item.ts";
import { rootOf, type TaskPath, taskPath } from "../../../functions/core/task-path.ts";
import { aTask } from "../../fakes/samples/task.ts";

const ROOT = "k7f3m2q9x4ab.";
/** Tree of 5,000 tasks: 100 below the root, with 49 below each, less the root. */
const PATHS = Array.from({ length: 100 }, (_, n) => `${ROOT}${String(n).padStart(4, "0")}.`)
  .flatMap((path) => [path, ...Array.from({ length: 49 }, (_, n) => `${path}${String(n).padStart(4, "0")}.`)])
  .concat(ROOT)
  .sort()
  .flatMap((path) => taskPath(path) ?? []);

/** Table that holds the tree, and counts the items that it reads. */
function treeOf5000() {
  const read = { items: 0, requests: 0 };
  const itemAt = (path: TaskPath) =>
    itemOf({ pk: taskPartition(path), sk: path }, itemOfTask(aTask({ path, agent: "demo" }).task));
  const client = {
    async send(operation: string, input: Readonly<Record<string, unknown>>) {
      read.requests += 1;
      if (operation === "GetItem") {
        read.items += 1;
        return { Item: itemAt((input.Key as { sk: { S: TaskPath } }).sk.S) };
      }
      const { ":prefix": prefix } = input.ExpressionAttributeValues as { ":prefix": { S: string } };
      const found = PATHS.filter((path) => path.startsWith(prefix.S));
      const page = found.slice(0, (input.Limit as number | undefined) ?? found.length);
      read.items += page.length;
      const last = found.length > page.length ? { LastEvaluatedKey: { pk: { S: rootOf(ROOT as TaskPath) } } } : {};
      return { Items: page.map(itemAt), ...last } satisfies TableOutputs["Query"];
    },
  } as TableClient;
  return { table: new DynamoTable("valetkey", client), read };
}

describe("the tasks near one of a tree of 5,000", () => {
  it.each([
    ["its root", ROOT],
    ["a task of the first level", `${ROOT}0057.`],
    ["a task of the second level", `${ROOT}0057.0011.`],
  ])("are read in three steps and some 200 items, for %s", async (_, path) => {
    const { table, read } = treeOf5000();
    const { tasks, more } = await nearTasks(table, path as TaskPath, 100);
    expect([tasks.length, more]).toEqual([100, true]);
    expect(read.items).toBeLessThanOrEqual(212);
    expect(read.requests).toBeLessThanOrEqual(4);
    const shown = new Set<string>(tasks.map((task) => task.path));
    expect(shown).toContain(ROOT);
    expect(
      PATHS.filter((each) => each.startsWith(path))
        .slice(0, 99)
        .every((each) => shown.has(each)),
    ).toBe(true);
    expect([...shown]).toEqual([...shown].sort());
  });
});
