import { CedarPolicies, type PreparedPolicies } from "./cedar-policies.ts";
import { readShipped } from "./read-deployment.ts";

/** The policies that were deployed with the function; apart from the rest, so that who decides nothing does not load Cedar. */
export const readPolicies = (folder: string): CedarPolicies =>
  new CedarPolicies(JSON.parse(readShipped(folder, "policies.json")) as PreparedPolicies);
