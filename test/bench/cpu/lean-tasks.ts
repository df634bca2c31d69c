import type { TaskPath } from "../../../functions/core/task-path.ts";
import type { Task } from "../../../functions/core/tasks/task.ts";
import type { Opened } from "../../../functions/core/tasks/tasks.ts";
import { FakeTasks } from "../../fakes/tasks/tasks.ts";

/** Fake record without deep copies, which protect tests and would count as the vend's time. */
export class LeanTasks extends FakeTasks {
  override async open(task: Task): Promise<Opened> {
    this.tasks.set(task.path, task);
    return { opened: true };
  }

  override async isAlive({ path }: Pick<Task, "path" | "agent" | "onBehalf">): Promise<boolean> {
    return this.tasks.has(path);
  }

  override async read(path: TaskPath): Promise<Task | undefined> {
    return this.tasks.get(path);
  }
}
