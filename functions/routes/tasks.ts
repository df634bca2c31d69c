/** Operators' routes of tasks. */
export const TASK_ROUTES = [
  {
    method: "GET",
    path: "/v1/overview",
    accepts: "operator's OIDC token",
    function: "operate",
    operation: "valetkey:ReadOverview",
    summary: "Read what is alive, what waits for people, what is halted, and how many escalations a day has had",
  },
  {
    method: "GET",
    path: "/v1/escalations",
    accepts: "operator's OIDC token",
    function: "operate",
    operation: "valetkey:ListEscalations",
    summary: "List the escalations, of all agents, of one (`?agent=`) or of a tree of tasks (`?tree=`)",
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
    summary:
      "Read a task's receipt: when it ended, when IAM had a policy against each of its keys, and when AWS was seen to refuse",
  },
  {
    method: "GET",
    path: "/v1/tasks/{task}/ledger",
    accepts: "operator's OIDC token",
    function: "operate",
    operation: "valetkey:ReadLedger",
    summary: "Read a task's ledger: what it was granted, what it used, what AWS denied, and which uses are not visible",
  },
] as const;
