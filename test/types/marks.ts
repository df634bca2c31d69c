/**
 * Marked nouns with a missing or an unknown field do not compile (I3: grants without their bound would bound no child).
 * `npm run check:types` is the test: a `@ts-expect-error` without an error fails it. Nothing here runs.
 */
import { made, type Unmarked } from "../../functions/core/brand.ts";
import type { AuthenticatedTask } from "../../functions/steps/tasks/authenticate-task.ts";
import type { BelievedTask } from "../../functions/steps/tasks/believe-task.ts";
import type { Grants } from "../../functions/steps/tasks/grants.ts";

declare const grants: Unmarked<Grants>;
declare const unbounded: Omit<Unmarked<Grants>, "bound">;
declare const held: Unmarked<AuthenticatedTask>;
declare const unsealed: Omit<Unmarked<BelievedTask>, "seal">;

export const whole: readonly unknown[] = [
  made<Grants>(grants),
  made<AuthenticatedTask>({ task: held.task }),
  made<BelievedTask>({ ...unsealed, seal: "" }),
];

export const wrong: readonly unknown[] = [
  // @ts-expect-error grants without their bound
  made<Grants>(unbounded),
  // @ts-expect-error no field at all
  made<AuthenticatedTask>({}),
  // @ts-expect-error a field that the noun does not have
  made<AuthenticatedTask>({ task: held.task, isNew: true }),
  // @ts-expect-error a task without its seal
  made<BelievedTask>(unsealed),
];
