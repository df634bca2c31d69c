import type { ROUTES } from "./routes.ts";

type Row = (typeof ROUTES)[number];

/** Routes with one of these values of `stepUp`. */
type RoutesWith<S> =
  Extract<Row, { readonly stepUp: S }> extends infer R
    ? R extends { readonly method: infer M extends string; readonly path: infer P extends string }
      ? `${M} ${P}`
      : never
    : never;

/** Route of an act that may need a vote where `stepUp` is on. */
export type ActRoute = RoutesWith<"always"> | RoutesWith<"where it gives">;

/** Route of an act that may need a vote. */
export type VotedRoute = ActRoute | RoutesWith<"in every deployment">;
