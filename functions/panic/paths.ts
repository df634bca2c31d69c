import type { Ports } from "../core/ports.ts";
import type { PathsOf } from "../http/paths.ts";
import { declarePanic } from "./declare-panic.ts";

/** Path of `panic`, by its route. */
export const PATHS = { "POST /v1/panic": declarePanic } as const satisfies PathsOf<"panic", Ports>;
