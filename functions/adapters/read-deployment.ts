import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Catalogue } from "../core/catalogue/catalogue.ts";
import type { Deployment } from "../core/deployment.ts";
import { CedarPolicies, type PreparedPolicies } from "./cedar-policies.ts";

export const readDeployment = (folder: string): Deployment => JSON.parse(read(folder, "deployment.json")) as Deployment;

export const readPolicies = (folder: string): CedarPolicies =>
  new CedarPolicies(JSON.parse(read(folder, "policies.json")) as PreparedPolicies);

export const readCatalogue = (folder: string): Catalogue => Catalogue.from(read(folder, "catalogue.ndjson"));

/** What was deployed with the function, from its own bundle: no network call, and nobody can change it without a deployment. */
const read = (folder: string, file: string): string => readFileSync(join(folder, file), "utf8");
