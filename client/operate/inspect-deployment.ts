import { type Finding, skipped } from "../../doctor/finding.ts";
import type { Inspected } from "../../doctor/inspected.ts";

/**
 * What the checkout knows of its deployment, and its operators' AWS credentials can see. It is loaded when it is there and only then: a package
 * in an agent's image has neither `valetkey.json` nor an AWS SDK for it.
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
