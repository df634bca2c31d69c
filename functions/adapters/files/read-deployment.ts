import { Catalogue } from "../../core/catalogue/catalogue.ts";
import type { Deployment } from "../../core/deployment/deployment.ts";
import type { DeployedThreats } from "../../core/threat/deployed-threats.ts";
import type { DeploymentBundle } from "./shipped-files.ts";

/** @throws {BrokenDeployment} */
export const readDeployment = (shipped: DeploymentBundle): Deployment =>
  JSON.parse(shipped.text("deployment.json")) as Deployment;

/** @throws {BrokenDeployment} */
export const readCatalogue = (shipped: DeploymentBundle): Catalogue => Catalogue.from(shipped.text("catalogue.ndjson"));

/** @throws {BrokenDeployment} */
export const readThreats = (shipped: DeploymentBundle): DeployedThreats =>
  JSON.parse(shipped.text("threat.json")) as DeployedThreats;
