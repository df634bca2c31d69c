/** Operators' routes of tasks. */
export const TASK_ROUTES = [
  {
    method: "GET",
    path: "/v1/tasks",
    caller: "operator",
    function: "operate",
    permission: "valetkey:ListTasks",
    stepUp: "never",
    summary: "List the live tasks, of all agents or of one (`?agent=`)",
  },
  {
    method: "POST",
    path: "/v1/tasks/{task}/end",
    caller: "operator",
    function: "operate",
    permission: "valetkey:EndTask",
    stepUp: "never",
    summary: "End any task",
  },
  {
    method: "GET",
    path: "/v1/tasks/{task}/receipt",
    caller: "operator",
    function: "operate",
    permission: "valetkey:ReadReceipt",
    stepUp: "never",
    summary:
      "Read a task's receipt: when it ended, when IAM had a policy against each of its keys, and when AWS was seen to refuse",
  },
] as const;
