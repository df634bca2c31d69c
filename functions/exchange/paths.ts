import type { SealingPorts } from "../core/ports.ts";
import type { PathsOf } from "../http/paths.ts";
import { answerUnrouted } from "./answer-unrouted.ts";
import { metadata } from "./metadata.ts";
import { renew } from "./renew.ts";
import { tokenEndpoint } from "./token-endpoint.ts";

/** Paths of `exchange`, by their routes. */
export const PATHS = {
  "GET /.well-known/oauth-authorization-server": async (_, ports) => metadata(ports),
  "POST /v1/token": tokenEndpoint,
  "GET /v1/tasks/{task}/credentials/{lease}": renew,
  "POST /v1/approvals/{approval}/review": async (event, ports) =>
    (await import("./approvals/review-glass.ts")).reviewGlass(event, ports),
  "POST /v1/agents/{agent}/threat-model": async (event, ports) =>
    (await import("./threat/accept-threat-model.ts")).acceptThreatModel(event, ports),
  $default: answerUnrouted,
  "POST /v1/consents": async (event, ports) => (await import("./consents/give-consent.ts")).giveConsent(event, ports),
} as const satisfies PathsOf<"exchange", SealingPorts>;
