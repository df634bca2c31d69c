import { sectionEntries } from "../../functions/connectors/sections.ts";
import { canSign } from "../../functions/core/deployment/can-step-up.ts";
import type { Deployment } from "../../functions/core/deployment/deployment.ts";
import type { Config } from "./schema.ts";

/** Returns the time from which production requires an accepted threat model, in epoch seconds; nothing where they never do. */
export function gateOf({ threatModels: mode = "require", ...config }: Config): Pick<Deployment, "threatModels"> {
  if (mode === "off" || !marksProduction(config)) return {};
  return { threatModels: { requiredFrom: mode === "require" ? 0 : Date.parse(mode.warnUntil) / 1_000 } };
}

/** True where an account, or an entry of a connector, is marked as production. */
const marksProduction = (config: Omit<Config, "threatModels">): boolean =>
  [
    ...config.accounts,
    ...Object.values(config.toolServers ?? {}),
    ...(config.secrets ?? []),
    ...sectionEntries(config),
  ].some(({ production }) => production);

/** Lists faults of the gate, with which nobody could accept a model, or the gate would guard nothing. */
export function threatModelFaults(config: Config, { issuers, threatModels: gate }: Deployment): readonly string[] {
  if (config.threatModels !== undefined && !marksProduction(config))
    return ['threatModels: nothing has "production": true, so no threat model would be required'];
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
