import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Catalogue } from "../core/catalogue/catalogue.ts";
import type { Deployment } from "../core/deployment/deployment.ts";
import type { PreparedPolicy } from "../core/policy/prepared-policy.ts";
import { errorsIn } from "./clauses/errors-in.ts";
import { EXIT, Problem } from "./problem.ts";
import { policyFiles } from "./read/files-in.ts";
import { type Finding, lineOf } from "./read/finding.ts";
import { type Inspected, inspectPolicies } from "./read/inspect-policies.ts";
import type { PolicyFile } from "./read/parse-policies.ts";

/**
 * Reads every policy of the folder and of the teams' folders in it, parsed, checked and validated.
 * @param generated further policies, made from the configuration.
 * @param config issuers, approvers and conditions of `valetkey.json`, which the policies may name. With `validate: "observe"`, policies that no proof reads are accepted.
 * With `organization`, a permit must name its accounts.
 * @throws {Error} every error of `valetkey policy check` at once, each as the line that it prints.
 */
export function preparePolicies(
  folder: string,
  catalogue: Catalogue,
  generated: readonly PolicyFile[] = [],
  config: DeployedConfig = {},
): { readonly policies: readonly PreparedPolicy[]; readonly claims: readonly string[] } {
  const { policies, claims } = deployedPolicies(folder, catalogue, generated, config);
  return { policies: policies.map(({ policy }) => policy), claims };
}

type DeployedConfig = Partial<Pick<Deployment, "issuers" | "approvers" | "conditions" | "validate" | "organization">>;

/** Reads the policies of `preparePolicies`, with their sources. @throws {Error} as `preparePolicies` does. */
export function deployedPolicies(
  folder: string,
  catalogue: Catalogue,
  generated: readonly PolicyFile[],
  { issuers, approvers = [], conditions = [], validate, organization }: DeployedConfig,
): Inspected {
  const path = join(folder, "schema.cedarschema");
  const inspected = inspectPolicies(
    [...policyFiles(folder), ...generated],
    { path, text: readFileSync(path, "utf8") },
    catalogue,
    { conditions, ...(issuers && { people: { issuers, approvers } }) },
  );
  const refuses = ({ code }: Finding) => code !== "not_provable" || validate !== "observe";
  const errors = errorsIn(inspected, catalogue, { organization }).filter(refuses);
  if (errors.length > 0)
    throw new Problem(
      `the policies in ${folder} cannot be used:\n${errors.map((each) => `  ${lineOf(each)}`).join("\n")}`,
      EXIT.bad,
    );
  return inspected;
}
