import { buildPorts } from "../adapters/wiring/build-ports.ts";
import { readEnv } from "../env.ts";
import { pathsOver } from "../http/paths.ts";
import { serveLoaded } from "../http/serve-loaded.ts";
import { ENV } from "./env.ts";
import { PATHS } from "./paths.ts";

const load = () => buildPorts("tasks", readEnv(ENV));

export const handler = serveLoaded(load, (ports) => pathsOver(PATHS, ports));
