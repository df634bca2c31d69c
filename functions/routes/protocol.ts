/** Routes of agents and tool servers: the protocol itself. */
export const PROTOCOL_ROUTES = [
  {
    method: "GET",
    path: "/.well-known/oauth-authorization-server",
    accepts: "nothing",
    function: "exchange",
    summary: "Metadata (RFC 8414)",
  },
  {
    method: "POST",
    path: "/v1/token",
    accepts: "agent's OIDC token (+ delegation token), or task token",
    function: "exchange",
    summary: "Start a task, or exchange its token for a presentation or delegation token (RFC 8693, RFC 9396)",
  },
  {
    method: "GET",
    path: "/v1/tasks/{task}/credentials/{lease}",
    accepts: "task token",
    function: "exchange",
    summary: "Get fresh credentials for a live task (the AWS SDKs' container protocol)",
  },
  {
    method: "POST",
    path: "/v1/introspect",
    accepts: "presentation token + tool server's OIDC token",
    function: "tasks",
    summary: "Is this task alive, and what may it do here? (RFC 7662)",
  },
  {
    method: "POST",
    path: "/v1/revoke",
    accepts: "task token",
    function: "tasks",
    summary: "The holder ends its task, or a weaker token (RFC 7009)",
  },
  {
    method: "GET",
    path: "/v1/tasks/{task}",
    accepts: "task token",
    function: "tasks",
    summary: "Read the state of the task",
  },
  {
    method: "POST",
    path: "/v1/tasks/{task}/complete",
    accepts: "task token",
    function: "tasks",
    summary: "End the task with an outcome",
  },
] as const;
