import type { RouteKey } from "../routes.ts";
import type { HttpAnswer, HttpEvent } from "./event.ts";

export type Path = (event: HttpEvent) => Promise<HttpAnswer>;
/** A function's routes, each with the path that answers it. */
export type Paths = Readonly<Partial<Record<RouteKey, Path>>>;
export type Handler = (event: HttpEvent, context: unknown) => Promise<HttpAnswer>;
