import type { Refused } from "../operation.ts";
import type { Arrange } from "../recording/call.ts";
import { whenPort } from "./outage.ts";

/** Refusals of any call with a task token. */
export const refusedHolders = (arrange: Arrange) =>
  ({
    task_token_invalid: async (world) => {
      const { bearer: _, ...call } = await arrange(world);
      return call;
    },
    store_unavailable: whenPort("tasks", "read", "store_unavailable", arrange),
  }) satisfies Refused;

/** Refusals of any call that ends a task. */
export const refusedEndings = (arrange: Arrange) =>
  ({
    contended: whenPort("tasks", "end", "contended", arrange),
    // Records of ended tasks are removed after some time.
    task_unknown: async (world) => {
      const call = await arrange(world);
      world.ports.tasks.before = (method) => {
        if (method === "end") world.ports.tasks.tasks.clear();
      };
      return call;
    },
  }) satisfies Refused;
