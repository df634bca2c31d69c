import type { Config } from "./config/schema.ts";

type Account = Config["accounts"][number];

/**
 * True for an account whose stack a StackSet deploys. An account with exceptions has a stack of its own, since the exceptions' ARNs are in its ceiling. So has the
 * hub's own account, whose ceiling names the hub's secrets.
 */
export const isInStackSet = (account: Account, { organization, hub }: Pick<Config, "organization" | "hub">): boolean =>
  organization?.stackSets === true && account.exceptions === undefined && account.id !== hub.account;

/** Lists the accounts that have a stack of their own in the app. */
export const accountsWithStacks = (config: Pick<Config, "accounts" | "organization" | "hub">): readonly Account[] =>
  config.accounts.filter((account) => !isInStackSet(account, config));
