import { RENEWS_HEADER } from "../../contract/names.ts";
import type { Ports, SealingPorts } from "../core/ports.ts";
import { Refusal } from "../core/refusal.ts";
import { answerRefusal } from "../http/answer.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import type { PathsOf } from "../http/paths.ts";
import { metadata } from "./metadata.ts";
import { renew } from "./renew.ts";
import { tokenEndpoint } from "./token-endpoint.ts";

/** Paths of `exchange`, by their routes. */
export const PATHS = {
  "GET /.well-known/oauth-authorization-server": async (_, ports) => metadata(ports),
  "POST /v1/token": (event, ports) => tokenEndpoint(event, { ...ports, ...renewsOf(event) }),
  "GET /v1/self": async (event, ports) => (await import("./self/read-self.ts")).readSelf(event, ports),
  "POST /v1/decide": async (event, ports) => (await import("./self/decide-only.ts")).decideOnly(event, ports),
  "GET /v1/tasks/{task}/credentials/{lease}": (event, ports) => renew(event, { ...ports, ...renewsOf(event) }),
  "POST /v1/approvals/{approval}/review": async (event, ports) =>
    (await import("./approvals/review-glass.ts")).reviewGlass(event, ports),
  "POST /v1/agents/{agent}/threat-model": async (event, ports) =>
    (await import("./threat/accept-threat-model.ts")).acceptThreatModel(event, ports),
  $default: answerUnrouted,
  "POST /v1/consents": async (event, ports) => (await import("./consents/give-consent.ts")).giveConsent(event, ports),
} as const satisfies PathsOf<"exchange", SealingPorts>;

/** Returns whether the client renews its sessions by itself. */
const renewsOf = ({ headers }: Pick<HttpEvent, "headers">): Pick<SealingPorts, "renews"> =>
  headers[RENEWS_HEADER] === "1" ? { renews: true } : {};

const METADATA = "/.well-known/oauth-authorization-server";

/**
 * Answers a request that matches no route. 405 with `Allow` if the path has other methods (RFC 9110, section 15.5.6), 404 otherwise.
 * HEAD on the public metadata is answered like GET, without the body (RFC 9110, section 9.1).
 */
async function answerUnrouted(
  { rawPath = "", requestContext }: HttpEvent,
  ports: Pick<Ports, "deployment" | "connectors">,
): Promise<HttpAnswer> {
  const isMetadata = rawPath === METADATA;
  if (isMetadata && requestContext.http.method === "HEAD") return { ...metadata(ports), body: "" };
  // Loaded by the first request of this kind: the table brings the library for schemas, which no other request needs.
  const { patternOf, ROUTES } = await import("../routes.ts");
  const methods = ROUTES.filter(({ path }) => patternOf(path).test(rawPath)).map(({ method }) => String(method));
  if (methods.length === 0) return answerRefusal(new Refusal("not_found"));
  const { headers, ...rest } = answerRefusal(new Refusal("method_not_allowed"));
  return { ...rest, headers: { ...headers, allow: [...methods, ...(isMetadata ? ["HEAD"] : [])].sort().join(", ") } };
}
