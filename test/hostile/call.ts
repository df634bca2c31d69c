import type { SealingPorts } from "../../functions/core/ports.ts";
import { metadata } from "../../functions/exchange/metadata.ts";
import { renew } from "../../functions/exchange/renew.ts";
import { tokenEndpoint } from "../../functions/exchange/token-endpoint.ts";
import type { HttpAnswer, HttpEvent } from "../../functions/http/event.ts";
import { endAnyTask, listTasks } from "../../functions/operate/agent-tasks.ts";
import { listAgents } from "../../functions/operate/list-agents.ts";
import { offboard, readOffboarding } from "../../functions/operate/offboard.ts";
import { declarePanic, liftPanic, readPanic } from "../../functions/operate/panic.ts";
import { readAgent } from "../../functions/operate/read-agent.ts";
import { type ReceiptPorts, readReceipt } from "../../functions/operate/read-receipt.ts";
import { listSecrets, readSecret } from "../../functions/operate/read-secret.ts";
import { rotateSecret } from "../../functions/operate/rotate-secret.ts";
import type { SecretPorts } from "../../functions/operate/secret-ports.ts";
import { suspend } from "../../functions/operate/suspend.ts";
import { change, confirm, resume } from "../../functions/register/change-agent.ts";
import { registerAgent } from "../../functions/register/register-agent.ts";
import { keyOf, ROUTES, type RouteKey } from "../../functions/routes.ts";
import { complete } from "../../functions/tasks/complete.ts";
import { introspect } from "../../functions/tasks/introspect.ts";
import { readTask } from "../../functions/tasks/read-task.ts";
import { revoke } from "../../functions/tasks/revoke.ts";

type Path = (event: HttpEvent, ports: SealingPorts & SecretPorts & ReceiptPorts) => Promise<HttpAnswer>;

/** What stands behind each route; a route that is new has to be attacked too, or this does not compile. */
export const PATHS: Readonly<Record<RouteKey, Path>> = {
  "GET /.well-known/oauth-authorization-server": async (_, ports) => metadata(ports),
  "POST /v1/token": tokenEndpoint,
  "GET /v1/tasks/{task}/credentials/{lease}": renew,
  "POST /v1/introspect": introspect,
  "POST /v1/revoke": revoke,
  "GET /v1/tasks/{task}": readTask,
  "POST /v1/tasks/{task}/complete": complete,
  "POST /v1/agents": registerAgent,
  "GET /v1/agents": listAgents,
  "GET /v1/agents/{agent}": readAgent,
  "POST /v1/agents/{agent}": change,
  "POST /v1/agents/{agent}/suspend": suspend,
  "POST /v1/agents/{agent}/resume": resume,
  "POST /v1/agents/{agent}/confirm": confirm,
  "POST /v1/agents/{agent}/offboard": offboard,
  "GET /v1/agents/{agent}/offboarding": readOffboarding,
  "GET /v1/tasks": listTasks,
  "POST /v1/tasks/{task}/end": endAnyTask,
  "GET /v1/tasks/{task}/receipt": readReceipt,
  "POST /v1/panic": declarePanic,
  "POST /v1/panic/lift": liftPanic,
  "GET /v1/panic": readPanic,
  "GET /v1/secrets": listSecrets,
  "GET /v1/secrets/{secret}": readSecret,
  "POST /v1/secrets/{secret}/rotate": rotateSecret,
};

export const ROUTE_KEYS = ROUTES.map(keyOf);

/** What an HTTP request holds, beside its route. */
export interface Call {
  readonly authorization?: string;
  readonly form?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: string;
}

export function call(
  routeKey: RouteKey,
  ports: SealingPorts & SecretPorts & ReceiptPorts,
  { authorization, form, json, path, query }: Call = {},
) {
  const type = form ? "application/x-www-form-urlencoded" : json === undefined ? undefined : "application/json";
  return PATHS[routeKey](
    {
      routeKey,
      headers: { ...(authorization === undefined ? {} : { authorization }), ...(type ? { "content-type": type } : {}) },
      rawQueryString: query ?? "",
      pathParameters: path,
      body: form ? new URLSearchParams(form).toString() : json === undefined ? undefined : JSON.stringify(json),
      isBase64Encoded: false,
      requestContext: { requestId: "request-1", http: { sourceIp: "203.0.113.7" } },
    },
    ports,
  );
}
