import { buildPorts } from "../adapters/wiring/build-ports.ts";
import { readEnv } from "../env.ts";
import { pathsOver } from "../http/paths.ts";
import { serveLoaded } from "../http/serve-loaded.ts";
import { ENV } from "./env.ts";
import { PATHS } from "./paths.ts";

export const handler = serveLoaded(
  () => buildPorts("register", readEnv(ENV)),
  (ports) => pathsOver(PATHS, ports),
);
