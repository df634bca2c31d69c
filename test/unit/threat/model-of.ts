import { ValiError } from "valibot";
import { deployedFrom, registrationIn } from "../../../client/threat/inputs.ts";
import { agentModel } from "../../../client/threat/model.ts";
import { renderAgent } from "../../../client/threat/render-agent.ts";
import { modelHashes } from "../../../functions/core/threat/model-hashes.ts";
import { Problem } from "../../../functions/policy/problem.ts";
import { deployedThreats } from "../../../functions/policy/reach/reach-parts.ts";
import type { Config } from "../../../infra/config/schema.ts";
import { policyFolder } from "../policy-tools/run-policy.ts";

export const REGISTRATION = {
  id: "reporter",
  name: "Reporter",
  owner: "staff|ann",
  team: "data",
  labels: ["deployer"],
  bindings: [
    { issuer: "github", claims: { repository_id: "42" } },
    { issuer: "mesh", claims: { sub: "reporter" } },
  ],
};

/** Model of an agent under a deployment. */
export interface ModelAfter {
  /** Text that a person reads, without its hashes. */
  readonly text: string;
  /** Hashes that the person accepts. */
  readonly hashes: string;
}

/** Makes an agent's model from a configuration and the text of policies. */
export function modelOf(config: Config, policies: string, registration: object = REGISTRATION): ModelAfter {
  const deployed = deployedFrom(config, folderOf(policies), "/nowhere/threat-baseline.json");
  const agent = registrationIn(registration, deployed.deployment);
  return {
    text: renderAgent(agentModel(agent, deployed)).replace(/[0-9a-f]{64}/g, ""),
    hashes: JSON.stringify(modelHashes(agent, deployedThreats(deployed.parts))),
  };
}

/** Runs work; undefined where the build refuses the configuration or the policies. */
export function orRefused<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof ValiError || error instanceof Problem) return undefined;
    throw error;
  }
}

const folders = new Map<string, string>();
function folderOf(policies: string): string {
  const folder = folders.get(policies) ?? policyFolder({ "a.cedar": policies });
  folders.set(policies, folder);
  return folder;
}
