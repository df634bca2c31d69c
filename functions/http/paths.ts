import type { FunctionName } from "../../contract/names.ts";
import type { DEFAULT_ROUTE, RouteKey, RouteKeyOf } from "../routes.ts";
import type { HttpAnswer, HttpEvent } from "./event.ts";

export type Path = (event: HttpEvent) => Promise<HttpAnswer>;
/** A function's routes, each with the path that answers it. */
export type Paths = Readonly<Partial<Record<PathKey, Path>>>;
/** Route, or the one of all other requests. */
type PathKey = RouteKey | (typeof DEFAULT_ROUTE)["key"];
/** Path whose ports are yet to be built. */
export type PathOver<Ports> = (event: HttpEvent, ports: Ports) => Promise<HttpAnswer>;
/** A path for every route of a function, and for no other: its `PATHS`. */
export type PathsOf<F extends FunctionName, Ports> = Readonly<
  Record<
    RouteKeyOf<F> | (F extends (typeof DEFAULT_ROUTE)["function"] ? (typeof DEFAULT_ROUTE)["key"] : never),
    PathOver<Ports>
  >
>;
export type Handler = (event: HttpEvent, context: unknown) => Promise<HttpAnswer>;

/** Binds paths to their ports. */
export function pathsOver<Ports>(paths: Readonly<Partial<Record<PathKey, PathOver<Ports>>>>, ports: Ports): Paths {
  const over: Partial<Record<PathKey, Path>> = {};
  for (const [route, path] of Object.entries(paths)) over[route as PathKey] = (event) => path(event, ports);
  return over;
}
