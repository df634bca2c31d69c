import { buildPorts } from "../adapters/build-ports.ts";
import { reachProviders } from "../adapters/reach-providers.ts";
import { connectorsOf } from "../connectors/connectors.ts";
import { readEnv } from "../env.ts";
import { serveLoaded } from "../http/serve-loaded.ts";
import { ENV } from "./env.ts";
import { metadata } from "./metadata.ts";
import { renew } from "./renew.ts";
import { tokenEndpoint } from "./token-endpoint.ts";

const load = () => buildPorts(readEnv(ENV), (...deployed) => connectorsOf(reachProviders(...deployed)));

export const handler = serveLoaded(load, (ports) => ({
  "GET /.well-known/oauth-authorization-server": async () => metadata(ports),
  "POST /v1/token": (event) => tokenEndpoint(event, ports),
  "GET /v1/tasks/{task}/credentials/{lease}": (event) => renew(event, ports),
}));
