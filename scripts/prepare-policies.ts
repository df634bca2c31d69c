import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { PreparedPolicy } from "../functions/adapters/cedar-policies.ts";
import type { Catalogue } from "../functions/core/catalogue/catalogue.ts";
import { inspectPolicies, type PolicyFile } from "./inspect-policies.ts";

/**
 * Every policy of the folder, parsed, checked and validated.
 * @throws {Error} every fault at once, each with its file and policy.
 */
export function preparePolicies(
  folder: string,
  catalogue: Catalogue,
): { readonly policies: readonly PreparedPolicy[]; readonly claims: readonly string[] } {
  const schema = readFileSync(join(folder, "schema.cedarschema"), "utf8");
  const { policies, claims, faults } = inspectPolicies(policyFiles(folder), schema, catalogue);
  if (faults.length > 0)
    throw new Error(`the policies in ${folder} cannot be used:\n${faults.map(({ text }) => `  - ${text}`).join("\n")}`);
  return { policies: policies.map(({ policy }) => policy), claims };
}

/** The Cedar files that stand in the folder itself, by name; a folder inside it is another bundle. */
export const policyFiles = (folder: string): readonly PolicyFile[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".cedar"))
    .sort()
    .map((name) => ({ name, text: readFileSync(join(folder, name), "utf8") }));
