import type { FunctionName } from "../../contract/names.ts";
import type { RouteKey, RouteKeyOf } from "../routes.ts";
import type { HttpAnswer, HttpEvent } from "./event.ts";

export type Path = (event: HttpEvent) => Promise<HttpAnswer>;
/** A function's routes, each with the path that answers it. */
export type Paths = Readonly<Partial<Record<RouteKey, Path>>>;
/** Path whose ports are yet to be built. */
export type PathOver<Ports> = (event: HttpEvent, ports: Ports) => Promise<HttpAnswer>;
/** A path for every route of a function, and for no other: its `PATHS`. */
export type PathsOf<F extends FunctionName, Ports> = Readonly<Record<RouteKeyOf<F>, PathOver<Ports>>>;
export type Handler = (event: HttpEvent, context: unknown) => Promise<HttpAnswer>;

/** Binds paths to their ports. */
export function pathsOver<Ports>(paths: Readonly<Partial<Record<RouteKey, PathOver<Ports>>>>, ports: Ports): Paths {
  const over: Partial<Record<RouteKey, Path>> = {};
  for (const [route, path] of Object.entries(paths)) over[route as RouteKey] = (event) => path(event, ports);
  return over;
}
