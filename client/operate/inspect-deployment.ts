import { type Finding, skipped } from "../../doctor/finding.ts";
import type { Inspected } from "../../doctor/inspected.ts";

/**
 * Checks the deployment by the checkout's files and the AWS credentials at hand. Loaded only where it exists: a package in an agent's image has
 * neither `valetkey.json` nor the AWS SDK for it.
 */
export async function inspectDeployment(
  inspected: Inspected,
  env: NodeJS.ProcessEnv,
  say: (what: string) => void,
): Promise<readonly Finding[]> {
  const checkout = await import("../../doctor/inspect.ts").catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ERR_MODULE_NOT_FOUND") throw error;
    return undefined;
  });
  if (!checkout)
    return [
      skipped(
        "deployment",
        "this is no checkout",
        "operators: npx valetkey doctor, in the checkout it is deployed from",
      ),
    ];
  return checkout.inspect(inspected, env, say);
}
