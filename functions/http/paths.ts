import type { FunctionName } from "../names.ts";
import type { RouteKey, RouteKeyOf } from "../routes.ts";
import type { HttpAnswer, HttpEvent } from "./event.ts";

export type Path = (event: HttpEvent) => Promise<HttpAnswer>;
/** A function's routes, each with the path that answers it. */
export type Paths = Readonly<Partial<Record<RouteKey, Path>>>;
/** A path for every route of a function, and for no other. */
export type PathsOf<F extends FunctionName> = Readonly<Record<RouteKeyOf<F>, Path>>;
export type Handler = (event: HttpEvent, context: unknown) => Promise<HttpAnswer>;
