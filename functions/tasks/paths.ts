import type { Ports } from "../core/ports.ts";
import type { PathsOf } from "../http/paths.ts";
import { complete } from "./complete.ts";
import { introspect } from "./introspect.ts";
import { readTask } from "./read-task.ts";
import { revoke } from "./revoke.ts";

/** Paths of `tasks`, by their routes. */
export const PATHS = {
  "POST /v1/introspect": introspect,
  "POST /v1/revoke": revoke,
  "GET /v1/tasks/{task}": readTask,
  "POST /v1/tasks/{task}/complete": complete,
} as const satisfies PathsOf<"tasks", Ports>;
