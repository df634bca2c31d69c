import { canSign } from "../functions/core/deployment/can-step-up.ts";
import type { Deployment } from "../functions/core/deployment/deployment.ts";
import type { Config } from "./schema.ts";

/** Returns the time from which production accounts require an accepted threat model, in epoch seconds; nothing where they never do. */
export function gateOf({
  accounts,
  threatModels: mode = "require",
}: Pick<Config, "accounts" | "threatModels">): Pick<Deployment, "threatModels"> {
  if (mode === "off" || !accounts.some(({ production }) => production)) return {};
  return { threatModels: { requiredFrom: mode === "require" ? 0 : Date.parse(mode.warnUntil) / 1_000 } };
}

/** Lists faults of the gate, with which nobody could accept a model, or the gate would guard nothing. */
export function threatModelFaults(config: Config, { issuers, threatModels: gate }: Deployment): readonly string[] {
  if (config.threatModels !== undefined && !config.accounts.some(({ production }) => production))
    return ['threatModels: no account has "production": true, so no threat model would be required'];
  if (gate === undefined) return [];
  // No time is later than NaN, so such a gate would never begin.
  if (Number.isNaN(gate.requiredFrom)) return ["threatModels.warnUntil: it is no moment of a calendar"];
  const hasPage = (name: string) => config.issuers.some((issuer) => issuer.name === name && issuer.console);
  return [
    ...(config.console
      ? []
      : ["threatModels: a person accepts a threat model on the console's page; write console.url"]),
    ...(issuers.some((issuer) => canSign(issuer) && hasPage(issuer.name))
      ? []
      : [
          "threatModels: nobody could accept a threat model: a people's issuer needs console, and approvals with freshness auth_time or with acr",
        ]),
  ];
}
