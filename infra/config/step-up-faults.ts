import { canStepUp } from "../../functions/core/deployment/can-step-up.ts";
import type { Deployment } from "../../functions/core/deployment/deployment.ts";
import type { Config } from "./schema.ts";

/** Lists faults of `stepUp`, with which nobody could vote for an act, and so nobody could perform one. */
export function stepUpFaults(config: Config, { stepUp, issuers, operators }: Deployment): readonly string[] {
  if (!stepUp) return [];
  const people = issuers.filter(({ kind }) => kind === "people");
  const first = new Set(operators.map(({ issuer }) => issuer));
  // First operators can act before any policy permits anybody.
  const used = first.size === 0 ? people : people.filter(({ name }) => first.has(name));
  const hasPage = (name: string) => config.issuers.some((issuer) => issuer.name === name && issuer.console);
  const canVote = used.some((issuer) => canStepUp(issuer) && hasPage(issuer.name));
  return [
    ...(config.console ? [] : ["stepUp: operators vote for an act on the console's page; write console.url"]),
    ...(canVote
      ? []
      : [
          `stepUp: no operator could vote for an act: ${used.map(({ name }) => `"${name}"`).join(", ") || "some people's issuer"} needs console, and approvals with freshness auth_time, or with acr, and tokenExchange browser`,
        ]),
  ];
}
