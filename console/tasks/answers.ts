import type { Read } from "../../contract/operation.ts";
import type { Receipt } from "../../contract/receipts.ts";
import type { ShownTask, TaskList } from "../../contract/tasks.ts";

/** Task as operators read it. Purpose and names were written by others. */
export type TaskAnswer = Read<ShownTask>;
/** Page of tasks. */
export type TaskPage = Read<TaskList>;
/** Receipt of a task, as of now. */
export type ReceiptAnswer = Read<Receipt>;
