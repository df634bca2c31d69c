import { accountOf, type Deployment } from "../deployment/deployment.ts";
import { forwardedRegions } from "../deployment/forwarded-regions.ts";
import type { Seen } from "./ledger-view.ts";

/** Returns which calls of an account reach the hub: none of an account that has left the deployment. */
export function seenIn(deployment: Pick<Deployment, "accounts">, id: string): Seen {
  const account = accountOf(deployment, id);
  return account
    ? { dataEvents: account.dataEvents ?? [], regions: forwardedRegions(account) }
    : { dataEvents: [], regions: [] };
}
