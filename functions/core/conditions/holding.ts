import type { AgentId } from "../../../contract/agent-id.ts";

/** Agent for whom conditions hold. */
export interface AgentOfConditions {
  readonly id: AgentId | "";
  readonly team: string;
}

/** Conditions of the world that hold for one requester: facts such as `incident` or `change-freeze`. */
export interface Holding {
  /** Names that hold in every account: those of the hub, of the agent's team and of the agent itself. */
  readonly everywhere: readonly string[];
  /** Further names, by the account in which they hold. */
  readonly accounts: Readonly<Record<string, readonly string[]>>;
}

/** State of a world in which no condition holds. */
export const NOTHING_HOLDS: Holding = { everywhere: [], accounts: {} };

/**
 * Lists the conditions that hold for a pair, each once, in the order of the alphabet.
 * @param account account of the pair; undefined for a tool or a connector, which belong to none.
 */
export const holdingIn = ({ everywhere, accounts }: Holding, account?: string): readonly string[] =>
  [
    ...new Set([
      ...everywhere,
      ...(account !== undefined && Object.hasOwn(accounts, account) ? (accounts[account] ?? []) : []),
    ]),
  ].sort();

/** True where the same conditions hold in the same accounts. */
export const isSameHolding = (one: Holding, other: Holding): boolean =>
  [...new Set([undefined, ...Object.keys(one.accounts), ...Object.keys(other.accounts)])].every(
    (account) => holdingIn(one, account).join() === holdingIn(other, account).join(),
  );
