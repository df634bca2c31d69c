import { spanIn, TIME_FORMS } from "../../../contract/decision/moment.ts";
import type { ReadAnswer } from "../../../contract/operations.ts";
import { defined } from "../../../functions/core/defined.ts";
import { ClientError } from "../../exit-codes.ts";
import type { OperatorApi } from "../operator-api.ts";

/** Task as the service lists it. */
export type ListedTask = ReadAnswer<"GET /v1/tasks">["tasks"][number];

/** Age of an ended task from which CloudTrail has surely delivered its calls; milliseconds. */
export const DELIVERED_MS = 3_600_000;

/** Most ended tasks that one command reads of an agent. */
const MOST = 5_000;

/** Ended tasks of an agent. */
export interface EndedTasks {
  /** The latest first. */
  readonly tasks: readonly ListedTask[];
  /** False where there are more than one command reads. */
  readonly isWhole: boolean;
}

/** Reads an agent's tasks that ended at a moment or later, the latest first. @param sinceMs epoch milliseconds. */
export async function endedTasks(api: OperatorApi, agent: string, sinceMs: number): Promise<EndedTasks> {
  const tasks: ListedTask[] = [];
  let after: string | undefined;
  do {
    const page = await api.call("GET /v1/tasks", { query: { agent, ended: "true", ...defined({ after }) } });
    const listed = page.tasks;
    const wanted = listed.filter(({ ended_at: at }) => Date.parse(String(at)) >= sinceMs);
    tasks.push(...wanted);
    if (wanted.length < listed.length) return { tasks, isWhole: true };
    if (tasks.length >= MOST) return { tasks, isWhole: page.next === undefined };
    after = page.next;
  } while (after !== undefined);
  return { tasks, isWhole: true };
}

/**
 * Reads the time of `--since`: `90m`, `24h` or `7d` ago, the beginning of a day in UTC, or an instant.
 * @returns epoch milliseconds.
 * @throws {ClientError} usage
 */
export function sinceMsOf(text: string): number {
  const span = spanIn(text, Date.now());
  if (!span) throw new ClientError("usage", "usage", `--since takes ${TIME_FORMS}`);
  return span.firstMs;
}
