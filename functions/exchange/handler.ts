import { buildPorts } from "../adapters/build-ports.ts";
import { readEnv } from "../env.ts";
import { serve } from "../http/serve.ts";
import { ENV } from "./env.ts";
import { metadata } from "./metadata.ts";
import { renew } from "./renew.ts";
import { tokenEndpoint } from "./token-endpoint.ts";

const ports = buildPorts(readEnv(ENV));

export const handler = serve({
  "GET /.well-known/oauth-authorization-server": async () => metadata(ports.deployment),
  "POST /v1/token": (event) => tokenEndpoint(event, ports),
  "GET /v1/tasks/{task}/credentials/{lease}": (event) => renew(event, ports),
});
