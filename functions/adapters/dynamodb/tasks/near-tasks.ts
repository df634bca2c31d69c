import { ancestorsOf, type TaskPath } from "../../../core/task-path.ts";
import type { NearTasks } from "../../../core/tasks/tasks.ts";
import { keys, taskPartition } from "../table/dynamo-keys.ts";
import type { DynamoTable } from "../table/dynamo-table.ts";
import { taskOf } from "./task-item.ts";

/**
 * Reads the tasks near a path. A tree that fits takes one query. In a larger tree, the tasks above and below the path
 * come before the others.
 */
export async function nearTasks(table: DynamoTable, path: TaskPath, most: number): Promise<NearTasks> {
  const partition = taskPartition(path);
  const [root = path] = ancestorsOf(path);
  const any = await table.first(partition, root, most);
  if (!any.more) return { tasks: any.items.map(taskOf), more: false };
  const [above, below] = await Promise.all([
    Promise.all(ancestorsOf(path).map((each) => table.get(keys.task(each)))),
    table.first(partition, path, most),
  ]);
  const read = [...above, ...below.items, ...any.items].filter((item) => item !== undefined).map(taskOf);
  const nearest = [...new Map(read.map((task) => [task.path, task])).values()].slice(0, most);
  return { tasks: nearest.sort((a, b) => (a.path < b.path ? -1 : 1)), more: true };
}
