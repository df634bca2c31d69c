import type { Read } from "../../contract/operation.ts";
import type { TaskEvent, TaskList } from "../../contract/tasks.ts";

/** Tree of a task, without the tasks that the person may not see. Has the task's events, and the opening of each task directly below it. */
export type TreeAnswer = Read<TaskList & Required<Pick<TaskList, "events" | "hidden">>>;
export type EventAnswer = Read<TaskEvent>;
/** Lease that was about to be issued, with the hash of the session policy that AWS received. */
export type VendedLease = NonNullable<EventAnswer["leases"]>[number];
