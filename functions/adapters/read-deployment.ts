import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Catalogue } from "../core/catalogue/catalogue.ts";
import type { Deployment } from "../core/deployment.ts";

export const readDeployment = (folder: string): Deployment =>
  JSON.parse(readShipped(folder, "deployment.json")) as Deployment;

export const readCatalogue = (folder: string): Catalogue => Catalogue.from(readShipped(folder, "catalogue.ndjson"));

/** What was deployed with the function, from its own bundle: no network call, and nobody can change it without a deployment. */
export const readShipped = (folder: string, file: string): string => readFileSync(join(folder, file), "utf8");
