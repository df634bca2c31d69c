import { Refusal } from "../core/refusal.ts";
import { patternOf, ROUTES, type RouteKey } from "../routes.ts";
import { answerRefusal } from "./answer.ts";
import type { HttpAnswer, HttpEvent } from "./event.ts";
import type { Paths } from "./paths.ts";

const METADATA = "/.well-known/oauth-authorization-server";

/**
 * Answers a request that matches no route. 405 with `Allow` if the path has other methods (RFC 9110, section 15.5.6), 404 otherwise.
 * HEAD on the public metadata is answered like GET, without the body (RFC 9110, section 9.1).
 */
export async function answerUnrouted(event: HttpEvent, paths: Paths): Promise<HttpAnswer> {
  const { rawPath = "", requestContext } = event;
  const metadata = paths[`GET ${METADATA}` satisfies RouteKey];
  const isMetadata = rawPath === METADATA && metadata !== undefined;
  if (isMetadata && requestContext.http.method === "HEAD") return { ...(await metadata(event)), body: "" };
  const methods = ROUTES.filter(({ path }) => patternOf(path).test(rawPath)).map(({ method }) => String(method));
  if (methods.length === 0) return answerRefusal(new Refusal("not_found"));
  const { headers, ...rest } = answerRefusal(new Refusal("method_not_allowed"));
  return { ...rest, headers: { ...headers, allow: [...methods, ...(isMetadata ? ["HEAD"] : [])].sort().join(", ") } };
}
