import type { RouteKey } from "../routes.ts";
import type { HttpAnswer, HttpEvent } from "./event.ts";

export type Path = (event: HttpEvent) => Promise<HttpAnswer>;
/** One path for each of a function's routes. */
export type Paths = Readonly<Partial<Record<RouteKey, Path>>>;
export type Handler = (event: HttpEvent, context: unknown) => Promise<HttpAnswer>;
