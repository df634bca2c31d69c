/**
 * Marked nouns with a missing or an unknown field do not compile (I3: grants without their bound would bound no child).
 * `npm run check:types` is the test: a `@ts-expect-error` without an error fails it. Nothing here runs.
 */
import { brand, type Unmarked } from "../../functions/core/brand.ts";
import type { AuthenticatedTask } from "../../functions/steps/tasks/authenticate-task.ts";
import type { BelievedTask } from "../../functions/steps/tasks/believe-task.ts";
import type { Grants } from "../../functions/steps/tasks/grants.ts";

declare const grants: Unmarked<Grants>;
declare const unbounded: Omit<Unmarked<Grants>, "bound">;
declare const held: Unmarked<AuthenticatedTask>;
declare const unsealed: Omit<Unmarked<BelievedTask>, "seal">;

export const whole: readonly unknown[] = [
  brand<Grants>(grants),
  brand<AuthenticatedTask>({ task: held.task }),
  brand<BelievedTask>({ ...unsealed, seal: "" }),
];

export const wrong: readonly unknown[] = [
  // @ts-expect-error grants without their bound
  brand<Grants>(unbounded),
  // @ts-expect-error no field at all
  brand<AuthenticatedTask>({}),
  // @ts-expect-error a field that the noun does not have
  brand<AuthenticatedTask>({ task: held.task, isNew: true }),
  // @ts-expect-error a task without its seal
  brand<BelievedTask>(unsealed),
];
