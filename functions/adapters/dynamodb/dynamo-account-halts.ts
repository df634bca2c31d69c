import type { AccountHalt, AccountHalts } from "../../core/escalation/account-halt.ts";
import { recordOf } from "./dynamo-item.ts";
import { ACCOUNT_HALTS, keys } from "./dynamo-keys.ts";
import type { DynamoTable } from "./dynamo-table.ts";

/** Halts of target accounts, one item each in one partition. */
export class DynamoAccountHalts implements AccountHalts {
  readonly #table: DynamoTable;

  constructor(table: DynamoTable) {
    this.#table = table;
  }

  async isAnyHalted(accounts: readonly string[]): Promise<boolean> {
    const items = await Promise.all(
      [...new Set(accounts)].map((account) => this.#table.get(keys.accountHalt(account))),
    );
    return items.some((item) => item !== undefined);
  }

  async list(): Promise<readonly AccountHalt[]> {
    return (await this.#table.query(ACCOUNT_HALTS, "")).map((item) => recordOf<AccountHalt>(item));
  }

  async halt(halt: AccountHalt): Promise<void> {
    await this.#table.insert(keys.accountHalt(halt.account), { ...halt });
  }
}
