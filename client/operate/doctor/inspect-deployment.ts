import type { PlacedProbes } from "../../doctor/aws/assumptions/run.ts";
import { type Finding, skipped } from "../../doctor/finding.ts";
import type { Inspected } from "../../doctor/inspected.ts";
import type { SignInTrial } from "../../doctor/try-sign-in.ts";
import { ClientError } from "../../exit-codes.ts";
import { ownCommand } from "../../own-command.ts";

/**
 * Checks the deployment by the checkout's files and the AWS credentials at hand. Loads the checks only where they exist: a package in an agent's image
 * has neither `valetkey.json` nor the AWS SDK for it.
 */
export async function inspectDeployment(
  inspected: Inspected,
  env: NodeJS.ProcessEnv,
  say: (what: string) => void,
): Promise<readonly Finding[]> {
  const checkout = await import("../../doctor/inspect.ts").catch(onlyMissing);
  if (!checkout)
    return [
      skipped(
        "deployment",
        "this is no folder of a deployment",
        `operators: ${ownCommand()} doctor, in the folder that it is deployed from`,
      ),
    ];
  return checkout.inspect(inspected, env, say);
}

/** Prepares the trial of an issuer's sign-in, by the checkout's `valetkey.json`. @throws {ClientError} usage */
export async function prepareTrial(configFile: string, issuer: string, env: NodeJS.ProcessEnv): Promise<SignInTrial> {
  const checkout = await import("../../doctor/try-sign-in.ts").catch(onlyMissing);
  if (!checkout)
    throw new ClientError("usage", "no_checkout", "--sign-in runs in the folder that the deployment is made from");
  try {
    return checkout.trySignIn(configFile, issuer, env.VALETKEY_APPROVALS_SECRET);
  } catch (error) {
    throw new ClientError("usage", "no_trial", error instanceof Error ? error.message : "valetkey.json cannot be used");
  }
}

/**
 * Prepares the probes of assumptions about AWS in the account of the credentials at hand, which must be one of the deployment's.
 * @throws {ClientError} usage where this is no checkout, or the account is another one.
 */
export async function loadAssumptions(configFile: string, env: NodeJS.ProcessEnv): Promise<PlacedProbes> {
  const checkout = await import("../../doctor/aws/assumptions/run.ts").catch(onlyMissing);
  if (!checkout)
    throw new ClientError(
      "usage",
      "no_checkout",
      "--assumptions runs in the checkout that the deployment is made from",
    );
  const found = await checkout.probesFor(configFile, env);
  if (typeof found === "string") throw new ClientError("usage", "no_probes", found);
  return found;
}

function onlyMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ERR_MODULE_NOT_FOUND") throw error;
  return undefined;
}
