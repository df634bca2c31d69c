/** Routes of agents and tool servers: the protocol itself. */
export const PROTOCOL_ROUTES = [
  {
    method: "GET",
    path: "/.well-known/oauth-authorization-server",
    caller: "anybody",
    function: "exchange",
    summary: "Metadata (RFC 8414)",
  },
  {
    method: "POST",
    path: "/v1/token",
    caller: "agent",
    function: "exchange",
    summary: "Start a task, or exchange its token for a presentation or delegation token (RFC 8693, RFC 9396)",
  },
  {
    method: "GET",
    path: "/v1/tasks/{task}/credentials/{lease}",
    caller: "task",
    function: "exchange",
    summary: "Get fresh credentials for a live task (the AWS SDKs' container protocol)",
  },
  {
    method: "POST",
    path: "/v1/introspect",
    caller: "tool server",
    function: "tasks",
    summary: "Is this task alive, and what may it do here? (RFC 7662)",
  },
  {
    method: "POST",
    path: "/v1/revoke",
    caller: "task",
    function: "tasks",
    summary: "The holder ends its task, or a weaker token (RFC 7009)",
  },
] as const;
