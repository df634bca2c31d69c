/** Operators' routes of tasks. */
export const TASK_ROUTES = [
  {
    method: "GET",
    path: "/v1/overview",
    accepts: "operator's OIDC token",
    function: "operate",
    operation: "valetkey:ReadOverview",
    summary: "What is alive, what waits for people, and what is halted",
  },
  {
    method: "GET",
    path: "/v1/tasks",
    accepts: "operator's OIDC token",
    function: "operate",
    operation: "valetkey:ListTasks",
    summary: "List the live tasks, of all agents or of one (`?agent=`)",
  },
  {
    method: "POST",
    path: "/v1/tasks/{task}/end",
    accepts: "operator's OIDC token",
    function: "operate",
    operation: "valetkey:EndTask",
    summary: "End any task",
  },
  {
    method: "GET",
    path: "/v1/tasks/{task}/receipt",
    accepts: "operator's OIDC token",
    function: "operate",
    operation: "valetkey:ReadReceipt",
    summary: "When a task ended, when AWS was told for each of its keys, and when it was seen to refuse",
  },
  {
    method: "GET",
    path: "/v1/tasks/{task}/ledger",
    accepts: "operator's OIDC token",
    function: "operate",
    operation: "valetkey:ReadLedger",
    summary: "What a task was granted, what it used, what AWS denied it, and what nobody can see",
  },
] as const;
