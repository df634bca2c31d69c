import { existsSync } from "node:fs";
import type { Issuer } from "../../functions/core/identity/issuer.ts";
import { ConfigProblem } from "./config-problem.ts";
import { deploymentOf, readConfig } from "./read-config.ts";

/** Returns the issuers of the deployment at an address; undefined where the file is missing, cannot be used, or is of another deployment. */
export function issuersOf(configFile: string, url: string): readonly Issuer[] | undefined {
  if (!existsSync(configFile)) return undefined;
  try {
    const deployment = deploymentOf(readConfig(configFile));
    return deployment.url === url ? deployment.issuers : undefined;
  } catch (error) {
    if (error instanceof ConfigProblem) return undefined;
    throw error;
  }
}
