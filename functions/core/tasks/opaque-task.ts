import { createHash } from "node:crypto";
import type { TaskPath } from "../task-path.ts";

/**
 * `opaqueTask(path: TaskPath, whom: string): string`
 *
 * Derives the task's name at a connector's provider: 32 lower-case hexadecimal characters that do not reveal the task's
 * path. A path has some 60 random bits: the hash cannot be reversed within a task's life, at most twelve hours.
 *
 * @param whom name of the connector, so that each provider sees another name of one task.
 */
export const opaqueTask = (path: TaskPath, whom: string): string =>
  createHash("sha256").update(`valetkey/opaque-task/v1\n${whom}\n${path}`).digest("hex").slice(0, 32);
