import { buildPorts } from "../adapters/wiring/build-ports.ts";
import { readEnv } from "../env.ts";
import type { PathsOf } from "../http/paths.ts";
import { serveLoaded } from "../http/serve-loaded.ts";
import { complete } from "./complete.ts";
import { ENV } from "./env.ts";
import { introspect } from "./introspect.ts";
import { readTask } from "./read-task.ts";
import { revoke } from "./revoke.ts";

const load = () => buildPorts(readEnv(ENV));

export const handler = serveLoaded(
  load,
  (ports): PathsOf<"tasks"> => ({
    "POST /v1/introspect": (event) => introspect(event, ports),
    "POST /v1/revoke": (event) => revoke(event, ports),
    "GET /v1/tasks/{task}": (event) => readTask(event, ports),
    "POST /v1/tasks/{task}/complete": (event) => complete(event, ports),
  }),
);
