import { buildPorts } from "../adapters/wiring/build-ports.ts";
import { readEnv } from "../env.ts";
import type { PathsOf } from "../http/paths.ts";
import { serveLoaded } from "../http/serve-loaded.ts";
import { change, confirm, resume } from "./change-agent.ts";
import { ENV } from "./env.ts";
import { registerAgent } from "./register-agent.ts";

export const handler = serveLoaded(
  () => buildPorts(readEnv(ENV)),
  (ports): PathsOf<"register"> => ({
    "POST /v1/agents": (event) => registerAgent(event, ports),
    "POST /v1/agents/{agent}": (event) => change(event, ports),
    "POST /v1/agents/{agent}/resume": (event) => resume(event, ports),
    "POST /v1/agents/{agent}/confirm": (event) => confirm(event, ports),
  }),
);
