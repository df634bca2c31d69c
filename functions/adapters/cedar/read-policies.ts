import { BrokenDeployment } from "../../core/deployment/broken-deployment.ts";
import type { PreparedPolicies } from "../../core/policy/prepared-policy.ts";
import type { Policies } from "../../core/policy/query.ts";
import type { DeploymentBundle } from "../files/shipped-files.ts";

/**
 * Reads the policies that were deployed with the function. An import of Cedar reads its module at once. Only a dynamic
 * import can fail without the failure of the whole function.
 * @throws {BrokenDeployment}
 */
export async function readPolicies(shipped: DeploymentBundle): Promise<Policies> {
  const prepared = readPrepared(shipped);
  const { CedarPolicies } = await cedar();
  try {
    const policies = new CedarPolicies({ ...prepared, hash: shipped.hash });
    policies.warm();
    return policies;
  } catch {
    // Drops Cedar's message, which quotes the policy.
    throw new BrokenDeployment("policies_refused", "policies.json");
  }
}

/** Reads the policies as the build wrote them. @throws {BrokenDeployment} */
export const readPrepared = (shipped: DeploymentBundle): Omit<PreparedPolicies, "hash"> =>
  JSON.parse(shipped.text("policies.json")) as Omit<PreparedPolicies, "hash">;

/**
 * Bytes of Cedar's code that V8 runs before it optimizes a function. With its default of 13 million, V8 optimizes most
 * of Cedar's parser within the first decision. The optimization takes 30 ms of CPU or more, while the request waits.
 * With this number a process takes less CPU up to its 1,000th decision, and equally much at its 4,000th
 * (docs/decisions/0049-starts-of-the-exchange.md).
 */
const TIERING_BYTES = 50_000_000;

async function cedar() {
  process.getBuiltinModule("node:v8").setFlagsFromString(`--wasm-tiering-budget=${TIERING_BYTES}`);
  try {
    return await import("./cedar-policies.ts");
  } catch {
    throw new BrokenDeployment("engine_unavailable", "cedar");
  }
}
