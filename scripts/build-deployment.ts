import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Catalogue } from "../functions/core/catalogue/catalogue.ts";
import type { Deployment } from "../functions/core/deployment.ts";
import type { Config } from "./config-schema.ts";
import { preparePolicies } from "./prepare-policies.ts";
import { deploymentOf, readConfig } from "./read-config.ts";

const CATALOGUE = fileURLToPath(new URL("../functions/core/catalogue/catalogue.ndjson", import.meta.url));

export interface BuiltDeployment {
  readonly config: Config;
  readonly deployment: Deployment;
  /** Of the configuration and every policy: in each decision's record. */
  readonly hash: string;
  /** Where `deployment.json`, `policies.json` and `catalogue.ndjson` are now; shipped beside each function that decides. */
  readonly dir: string;
}

/**
 * What the functions are deployed with: the checked configuration, the prepared policies and the catalogue of actions.
 * @throws {Error} with every fault of the configuration or of the policies.
 */
export function buildDeployment(from: {
  readonly configFile: string;
  readonly policiesDir: string;
  readonly outDir: string;
}): BuiltDeployment {
  const config = readConfig(from.configFile);
  const deployment = deploymentOf(config);
  const catalogueText = readFileSync(CATALOGUE, "utf8");
  const prepared = preparePolicies(from.policiesDir, Catalogue.from(catalogueText));
  const hash = createHash("sha256")
    .update(JSON.stringify([deployment, prepared]))
    .digest("hex");
  mkdirSync(from.outDir, { recursive: true });
  writeFileSync(join(from.outDir, "deployment.json"), JSON.stringify(deployment));
  writeFileSync(join(from.outDir, "policies.json"), JSON.stringify({ ...prepared, hash }));
  writeFileSync(join(from.outDir, "catalogue.ndjson"), catalogueText);
  return { config, deployment, hash, dir: from.outDir };
}
