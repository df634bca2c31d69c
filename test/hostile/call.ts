import { keyOf, ROUTES, type RouteKey } from "../../functions/routes.ts";
import { EVERY_PATH, type EveryPort } from "../fakes/world/every-path.ts";

export const ROUTE_KEYS = ROUTES.map(keyOf);

/** Parts of an HTTP request, beside its route. */
export interface Call {
  readonly authorization?: string;
  readonly form?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: string;
}

export function call(routeKey: RouteKey, ports: EveryPort, { authorization, form, json, path, query }: Call = {}) {
  const type = form ? "application/x-www-form-urlencoded" : json === undefined ? undefined : "application/json";
  return EVERY_PATH[routeKey](
    {
      routeKey,
      headers: { ...(authorization === undefined ? {} : { authorization }), ...(type ? { "content-type": type } : {}) },
      rawQueryString: query ?? "",
      pathParameters: path,
      body: form ? new URLSearchParams(form).toString() : json === undefined ? undefined : JSON.stringify(json),
      isBase64Encoded: false,
      requestContext: { requestId: "request-1", http: { sourceIp: "203.0.113.7" } },
    },
    ports,
  );
}
