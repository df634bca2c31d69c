import { readFileSync } from "node:fs";
import { ownSecrets } from "../../functions/connectors/own-secrets.ts";
import type { Catalogue } from "../../functions/core/catalogue/catalogue.ts";
import type { Deployment } from "../../functions/core/deployment/deployment.ts";
import type { Agent } from "../../functions/core/identity/agent.ts";
import { parseAgent } from "../../functions/core/identity/parse-agent.ts";
import { Refusal } from "../../functions/core/refusal.ts";
import { loadCatalogue } from "../../functions/load-catalogue.ts";
import { deployedPolicies } from "../../functions/policy/prepare-policies.ts";
import { Problem } from "../../functions/policy/problem.ts";
import { baselineFile, readBaseline, withProven } from "../../functions/policy/reach/baseline.ts";
import { type ReachParts, reachParts } from "../../functions/policy/reach/reach-parts.ts";
import type { ReadPolicy } from "../../functions/policy/read/parse-policies.ts";
import { deploymentOf, readConfig } from "../../infra/config/read-config.ts";
import type { Config } from "../../infra/config/schema.ts";
import { secretGuards } from "../../infra/config/secret-guards.ts";

/** Deployment that a model is about. */
export interface Deployed {
  readonly deployment: Deployment;
  readonly policies: readonly ReadPolicy[];
  readonly catalogue: Catalogue;
  /** Parts of the reach that a build would deploy, with what their hashes are of. */
  readonly parts: ReachParts;
  /** Publishers on the bus, as `valetkey.json` names them. */
  readonly publishers: readonly string[];
  /** True where a witness holds the checkpoints of the log. */
  readonly isAnchored: boolean;
}

/**
 * Reads the deployment that a build would make, with the same policies, guards included.
 * @throws {Problem} with every fault.
 */
export function readDeployed(configFile: string, policiesDir: string): Deployed {
  try {
    return deployedFrom(readConfig(configFile), policiesDir, baselineFile(configFile));
  } catch (error) {
    throw new Problem(error instanceof Error ? error.message : String(error));
  }
}

/** Makes the deployment of a checked configuration. @throws {Error} */
export function deployedFrom(config: Config, policiesDir: string, baseline: string): Deployed {
  const catalogue = loadCatalogue();
  const deployment = deploymentOf(config);
  const guards = secretGuards(ownSecrets(deployment), config.hub.account);
  const { policies } = deployedPolicies(policiesDir, catalogue, [guards], deployment);
  const reached = reachParts({ policies, catalogue, accounts: targetsOf(deployment) }, deployment);
  const parts = { ...reached, parts: withProven(reached.parts, readBaseline(baseline)) };
  return {
    deployment,
    policies,
    catalogue,
    parts,
    publishers: config.bus?.publishers ?? [],
    isAnchored: config.archive?.anchor !== undefined,
  };
}

/** Ids of the target accounts that are not retired. */
export const targetsOf = ({ accounts }: Pick<Deployment, "accounts">): readonly string[] =>
  accounts.filter(({ retired }) => !retired).map(({ id }) => id);

/** Fields of a registration. Further fields in the service's answer do not affect a decision. */
const FIELDS = ["id", "name", "owner", "contact", "team", "labels", "bindings", "ends_at", "limits"];

/**
 * Parses a registration, as `POST /v1/agents` takes it or `GET /v1/agents/{agent}` answers it.
 * @throws {Problem} where it is no registration.
 */
export function registrationIn(given: unknown, { issuers }: Deployment): Agent {
  if (typeof given !== "object" || given === null || Array.isArray(given))
    throw new Problem("the registration must be one agent, as a JSON object");
  const fields = Object.fromEntries(Object.entries(given).filter(([name]) => FIELDS.includes(name)));
  try {
    // Time 0 accepts an end that has passed, too.
    return parseAgent(fields, issuers, 0);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new Problem(`the registration cannot be used: ${error.detail.say ?? error.code}`);
  }
}

/** Parses the JSON of a file. @throws {Problem} */
export function jsonIn(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path === "-" ? 0 : path, "utf8"));
  } catch (error) {
    throw new Problem(`${path} ${error instanceof SyntaxError ? "is not JSON" : "cannot be read"}`);
  }
}
