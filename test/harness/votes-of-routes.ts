import type { StepUp } from "../../contract/operation.ts";
import { keyOf, ROUTES } from "../../functions/routes.ts";

type OperatorRoute = Extract<(typeof ROUTES)[number], { readonly stepUp: StepUp }>;

/** Route of an operator: `"POST /v1/panic/lift"`. */
export type OperatorRouteKey = OperatorRoute extends infer R
  ? R extends { readonly method: infer M extends string; readonly path: infer P extends string }
    ? `${M} ${P}`
    : never
  : never;

/** Routes of operators, each with the vote that it takes. */
export const STEP_UP = Object.fromEntries(
  ROUTES.flatMap((route) => ("stepUp" in route ? [[keyOf(route), route.stepUp]] : [])),
) as Readonly<Record<OperatorRouteKey, StepUp>>;
