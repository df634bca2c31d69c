import type { Refused } from "../operation.ts";
import type { Arrange } from "../recording/call.ts";
import { whenPort } from "./outage.ts";

/** What can happen to anybody who holds a task token. */
export const refusedHolders = (arrange: Arrange) =>
  ({
    task_token_invalid: async (world) => {
      const { bearer: _, ...call } = await arrange(world);
      return call;
    },
    store_unavailable: whenPort("tasks", "read", "store_unavailable", arrange),
  }) satisfies Refused;

/** What can happen to anybody whose request ends a task. */
export const refusedEndings = (arrange: Arrange) =>
  ({
    contended: whenPort("tasks", "end", "contended", arrange),
    // The record keeps ended tasks for a while only.
    task_unknown: async (world) => {
      const call = await arrange(world);
      world.ports.tasks.before = (method) => {
        if (method === "end") world.ports.tasks.tasks.clear();
      };
      return call;
    },
  }) satisfies Refused;
