import type { Issuer } from "../../../functions/core/identity/issuer.ts";
import { ClientError } from "../../exit-codes.ts";

export type { WantedAgent } from "../../../infra/config/agent-faults.ts";
export type { Fault } from "../../../infra/config/fault.ts";

/** Loads the reader of agents' files, and the deployment's issuers where its `valetkey.json` is here. */
export async function loadAgentsReader({ url, configFile }: { readonly url: string; readonly configFile: string }) {
  const { readAgents } = await import("../../../infra/config/agent-faults.ts");
  return { readAgents, issuers: await knownIssuers(configFile, url) };
}

/** Reads the deployment's issuers; undefined in a package for an agent's image, which has no reader of `valetkey.json`. */
async function knownIssuers(configFile: string, url: string): Promise<readonly Issuer[] | undefined> {
  const checkout = await import("../../../infra/config/issuers-of.ts").catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ERR_MODULE_NOT_FOUND") throw error;
    return undefined;
  });
  return checkout?.issuersOf(configFile, url);
}

/** Loads the checks of a deployment's files. @throws {ClientError} usage where this is no checkout. */
export async function loadConfigCheck() {
  const [{ inOneLine }, { checkFiles }] = await Promise.all([
    import("../../../infra/config/fault.ts"),
    import("../../../infra/config/check-files.ts").catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ERR_MODULE_NOT_FOUND") throw error;
      throw new ClientError(
        "usage",
        "no_checkout",
        "valetkey.json is checked in the folder that a deployment is made from",
      );
    }),
  ]);
  return { checkFiles, inOneLine };
}
