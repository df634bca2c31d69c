import type { FunctionName } from "../contract/names.ts";
import type { Operation } from "../contract/operation.ts";
import { OPERATIONS, type OperationKey } from "../contract/operations.ts";

/** Route of an operation of the contract. */
export type Route = Operation;

/** Every route. The stack, the local server and docs/reference/routes.md use this table, and a test compares them. */
export const ROUTES = OPERATIONS;

/** Route of transmitters' Security Event Tokens (RFC 8935). Exists only where `valetkey.json` names a transmitter, and is not in `ROUTES`. */
export const SIGNALS_ROUTE = { method: "POST", path: "/v1/signals", function: "signals" } as const satisfies {
  readonly method: "POST";
  readonly path: string;
  readonly function: FunctionName;
};

/** Route of all other requests, so that they too are answered with an OAuth error and a sentence. */
export const DEFAULT_ROUTE = { key: "$default", function: "exchange" } as const satisfies {
  key: string;
  function: FunctionName;
};

/** CORS settings of the gateway for pages of the console's origin. Pages of other origins may send and read nothing. */
export const CORS = {
  allowMethods: ["GET", "POST"],
  allowHeaders: ["authorization", "content-type", "if-none-match"],
  exposeHeaders: ["date", "etag", "retry-after"],
  maxAgeSeconds: 600,
} as const;

/** Makes the expression that matches a whole address of the path, with the parameters as groups, in order. */
export const patternOf = (path: string): RegExp =>
  new RegExp(`^${path.replaceAll(".", "\\.").replaceAll(/\{\w+\}/g, "([^/]+)")}$`);

/** Name of a route in API Gateway's event: `"POST /v1/token"`. */
export type RouteKey = OperationKey;

/** Routes of one function. A map of its paths that lacks a route, or has another function's, does not compile. */
export type RouteKeyOf<F extends FunctionName> = KeyOf<Extract<(typeof ROUTES)[number], { readonly function: F }>>;

type KeyOf<R> = R extends { readonly method: infer M extends string; readonly path: infer P extends string }
  ? `${M} ${P}`
  : never;

export const keyOf = ({ method, path }: (typeof ROUTES)[number]): RouteKey => `${method} ${path}` as RouteKey;
