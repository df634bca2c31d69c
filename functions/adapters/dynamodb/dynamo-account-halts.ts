import type { AccountHalt, AccountHalts } from "../../core/escalation/account-halt.ts";
import { recordOf } from "./dynamo-item.ts";
import { keys } from "./dynamo-keys.ts";
import type { DynamoTable } from "./dynamo-table.ts";

/** Halts of target accounts, one item each in one partition. */
export class DynamoAccountHalts implements AccountHalts {
  readonly #table: DynamoTable;

  constructor(table: DynamoTable) {
    this.#table = table;
  }

  async read(accounts: readonly string[]): Promise<readonly AccountHalt[]> {
    const items = await Promise.all([...new Set(accounts)].map((id) => this.#table.get(keys.accountHalt(id))));
    return items.flatMap((item) => (item ? [recordOf<AccountHalt>(item)] : []));
  }

  halt(halt: AccountHalt): Promise<void> {
    return this.#table.write(keys.accountHalt(halt.account), { ...halt });
  }
}
