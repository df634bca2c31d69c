import type { Config } from "../config/schema.ts";
import { forwardedRegions } from "../functions/core/deployment/forwarded-regions.ts";

/** Account and Region, beside the account's own, whose calls are forwarded. */
export interface CallsPlace {
  readonly account: string;
  readonly region: string;
  /** Stack that goes there. */
  readonly stack: string;
}

/** Names the stack of a target account. */
export const targetStackOf = (account: string): string => `valetkey-target-${account}`;

/** Lists the accounts and Regions, beside each account's own, whose calls are forwarded by a stack of their own. */
export const callsPlaces = ({
  accounts,
}: {
  readonly accounts: readonly Config["accounts"][number][];
}): readonly CallsPlace[] =>
  accounts.flatMap((account) =>
    forwardedRegions(account)
      .filter((region) => region !== account.region)
      .map((region) => ({ account: account.id, region, stack: `valetkey-calls-${account.id}-${region}` })),
  );
