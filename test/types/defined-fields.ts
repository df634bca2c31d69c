/**
 * The result of `defined` has no field that is present and undefined, and claims none that may be absent. `npm run
 * check:types` is the test: a `@ts-expect-error` without an error fails it. Nothing here runs.
 */
import { defined } from "../../functions/core/defined.ts";

interface Listed {
  readonly agent: string;
  readonly next?: string;
}

declare const next: string | undefined;
declare const agent: string;

export const whole: readonly Listed[] = [{ agent, ...defined({ next }) }, { ...defined({ agent, next }) }];

export const wrong: readonly Listed[] = [
  // @ts-expect-error the field may be there and undefined
  { agent, next },
  // @ts-expect-error a required field may be absent
  { ...defined({ agent: next }) },
  // @ts-expect-error a field of another type
  { agent, ...defined({ next: 1 }) },
];
