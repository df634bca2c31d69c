import { createHash } from "node:crypto";
import type { TaskPath } from "./path.ts";

/**
 * `opaqueTask(path: TaskPath, whom: string): string`
 *
 * The name under which a connector's provider meets a task: 32 lower-case hexadecimal characters, derived from the task's path and not telling it. A path
 * has 60 random bits, so a hash of it is not reversed within a task's life of twelve hours.
 *
 * @param whom the connector: each has names of its own.
 */
export const opaqueTask = (path: TaskPath, whom: string): string =>
  createHash("sha256").update(`valetkey/opaque-task/v1\n${whom}\n${path}`).digest("hex").slice(0, 32);
