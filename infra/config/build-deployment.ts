import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ownSecrets } from "../../functions/connectors/own-secrets.ts";
import type { Catalogue } from "../../functions/core/catalogue/catalogue.ts";
import { withHeldActions } from "../../functions/core/ceiling/held-actions.ts";
import type { Deployment } from "../../functions/core/deployment/deployment.ts";
import { MANIFEST, type Manifest, manifestOf } from "../../functions/core/deployment/manifest.ts";
import { loadCatalogue, readCatalogue } from "../../functions/load-catalogue.ts";
import { deployedPolicies } from "../../functions/policy/prepare-policies.ts";
import { baselineFile, readBaseline, withProven } from "../../functions/policy/reach/baseline.ts";
import { deployedThreats, reachParts } from "../../functions/policy/reach/reach-parts.ts";
import type { ReadPolicy } from "../../functions/policy/read/parse-policies.ts";
import { deploymentOf, readConfig } from "./read-config.ts";
import type { Config } from "./schema.ts";
import { secretGuards } from "./secret-guards.ts";

export interface BuiltDeployment {
  readonly config: Config;
  readonly deployment: Deployment;
  /** Hash of the configuration, all policies and the catalogue, which each decision's record names. */
  readonly hash: string;
  /** Directory with `deployment.json`, `policies.json`, `catalogue.ndjson`, `threat.json` and `manifest.json`, shipped with each function that decides. */
  readonly dir: string;
}

/** Files of a deployment as a build makes them, and what they were made of. */
export interface DeploymentFiles extends Pick<BuiltDeployment, "config" | "deployment"> {
  readonly policies: readonly ReadPolicy[];
  readonly catalogue: Catalogue;
  /** Ids of the target accounts that are not retired. */
  readonly accounts: readonly string[];
  /** Content of each file, by its name. */
  readonly files: Readonly<Record<string, string>>;
  readonly manifest: Manifest;
}

/**
 * Makes the files that are deployed with the functions: the checked configuration, the prepared policies, the catalogue of actions, and the agents' reach by
 * these policies. Writes nothing.
 * @throws {Error} lists every fault of the configuration or of the policies.
 */
export function deploymentFiles({ configFile, policiesDir }: FilesFrom): DeploymentFiles {
  const config = readConfig(configFile);
  const catalogue = loadCatalogue();
  const deployment = withHeldActions(deploymentOf(config), catalogue);
  const guards = secretGuards(ownSecrets(deployment), config.hub.account);
  const { policies, claims } = deployedPolicies(policiesDir, catalogue, [guards], deployment);
  const prepared = { policies: policies.map(({ policy }) => policy), claims };
  const accounts = deployment.accounts.filter(({ retired }) => !retired).map(({ id }) => id);
  const reached = reachParts({ policies, catalogue, accounts }, deployment);
  const parts = withProven(reached.parts, readBaseline(baselineFile(configFile)));
  const files = {
    "deployment.json": JSON.stringify(deployment),
    "policies.json": JSON.stringify(prepared),
    "catalogue.ndjson": readCatalogue(),
    "threat.json": JSON.stringify(deployedThreats({ ...reached, parts })),
  };
  return { config, deployment, policies, catalogue, accounts, files, manifest: manifestOf(files) };
}

interface FilesFrom {
  readonly configFile: string;
  readonly policiesDir: string;
}

/** Builds the files that are deployed with the functions, and writes them to a folder. @throws {Error} as `deploymentFiles` does. */
export function buildDeployment({ outDir, ...from }: FilesFrom & { readonly outDir: string }): BuiltDeployment {
  const { config, deployment, files, manifest } = deploymentFiles(from);
  mkdirSync(outDir, { recursive: true });
  for (const [name, content] of Object.entries(files)) writeFileSync(join(outDir, name), content);
  // Written last, so that an incomplete directory has no manifest, or an older build's.
  writeFileSync(join(outDir, MANIFEST), JSON.stringify(manifest));
  return { config, deployment, hash: manifest.hash, dir: outDir };
}
