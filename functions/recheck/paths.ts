import type { PathsOf } from "../http/paths.ts";
import { type RecheckRoutePorts, recheckCondition } from "./recheck-condition.ts";

/** Paths of `recheck`, by their routes. */
export const PATHS = {
  "POST /v1/conditions/{condition}/recheck": recheckCondition,
} as const satisfies PathsOf<"recheck", RecheckRoutePorts>;
