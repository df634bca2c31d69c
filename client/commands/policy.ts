import { ClientError } from "../exit-codes.ts";
import { inForm } from "./in-form.ts";

/**
 * Runs `valetkey policy <argv>` and returns its exit code. Loads the policy tools only here, since an agent's image with `valetkey exec` lacks the
 * modules that they need: the compiler, the catalogue, Cedar.
 */
export async function runPolicy(argv: readonly string[]): Promise<number> {
  const { policy } = await import("../policy/main.ts").catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new ClientError(
      "usage",
      "no_workbench",
      `the workbench for policies is in @valetkey/deploy: run npx valetkey in the folder of the deployment (\`valetkey init\` makes one)`,
    );
  });
  return inForm(argv, false, policy);
}
