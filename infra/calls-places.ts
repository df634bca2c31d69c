import { forwardedRegions } from "../functions/core/deployment/forwarded-regions.ts";
import { nameIn, type Prefixed } from "../functions/hub-names.ts";
import type { Config } from "./config/schema.ts";

/** Further Region of an account whose calls are forwarded, beside the account's own Region. */
export interface CallsPlace {
  readonly account: string;
  readonly region: string;
  /** Name of its stack. */
  readonly stack: string;
}

/** Names the stack of a target account. */
export const targetStackOf = (account: string, hub: Prefixed): string => nameIn(hub, `target-${account}`);

/** Names the hub's stack. */
export const hubStackOf = (hub: Prefixed): string => nameIn(hub, "hub");

/** Lists the further Regions of accounts whose calls are forwarded by a stack of their own. */
export const callsPlaces = (
  config: Prefixed & { readonly accounts: readonly Config["accounts"][number][] },
): readonly CallsPlace[] =>
  config.accounts.flatMap((account) =>
    forwardedRegions(account)
      .filter((region) => region !== account.region)
      .map((region) => ({ account: account.id, region, stack: nameIn(config, `calls-${account.id}-${region}`) })),
  );
