import type { Change, TaskChanges } from "../../../../../client/operate/tasks/task-changes.ts";

/** First second of the task's life; epoch. */
export const BEGAN = 1_764_063_000;
export const TASK = "k7f3m2q9x4ab.";

/** Makes the changes of a task that is over and fully reported; change what the test is about. */
export const aFound = (changes: readonly Change[], over: Partial<TaskChanges> = {}): TaskChanges => ({
  ...{ task: TASK, agent: "reports", opened_at: at(0), ended_at: at(60), settled_at: at(3_660), settled: true },
  ...{ may_remove_versions: false, tasks_read: [TASK], tasks_not_read: [], changes, not_visible: [] },
  ...over,
});

/** Makes the calls of an action on an object, some seconds after the task's beginning. */
export const aChange = (key: string, versions: readonly string[], over: Partial<Change> = {}): Change => ({
  ...{ action: "s3:PutObject", resource: `arn:aws:s3:::acme-data/${key}`, effect: "change", tasks: [TASK] },
  ...{ calls: versions.length, first: BEGAN + 10, last: BEGAN + 20, versions },
  ...over,
});

export const at = (seconds: number): string => new Date((BEGAN + seconds) * 1_000).toISOString();
