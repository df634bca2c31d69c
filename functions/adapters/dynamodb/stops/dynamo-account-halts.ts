import type { AccountId } from "../../../core/deployment/account-id.ts";
import type { AccountHalt, AccountHalts, AccountLift } from "../../../core/escalation/account-halt.ts";
import type { SignIn } from "../../../core/identity/sign-in.ts";
import type { JournalEvent } from "../../../core/journal/event.ts";
import { actWrites, signInRefusal } from "../identity/sign-in-items.ts";
import { recordOf } from "../table/dynamo-item.ts";
import { ACCOUNT_HALTS, ACCOUNT_LIFTS, keys } from "../table/dynamo-keys.ts";
import type { DynamoTable, Write } from "../table/dynamo-table.ts";
import { eventWrite } from "../tasks/task-change.ts";

/** Halts of target accounts, one item each in one partition, and their latest lifts in another. */
export class DynamoAccountHalts implements AccountHalts {
  readonly #table: DynamoTable;

  constructor(table: DynamoTable) {
    this.#table = table;
  }

  async read(accounts: readonly AccountId[]): Promise<readonly AccountHalt[]> {
    const items = await Promise.all([...new Set(accounts)].map((id) => this.#table.get(keys.accountHalt(id))));
    return items.flatMap((item) => (item ? [recordOf<AccountHalt>(item)] : []));
  }

  async list() {
    const [halts, lifts] = await Promise.all([ACCOUNT_HALTS, ACCOUNT_LIFTS].map((pk) => this.#table.query(pk, "")));
    return {
      halts: (halts ?? []).map((item) => recordOf<AccountHalt>(item)),
      lifts: (lifts ?? []).map((item) => recordOf<AccountLift>(item)),
    };
  }

  async latestLift(account: AccountId): Promise<AccountLift | undefined> {
    const item = await this.#table.get(keys.accountLift(account));
    return item && recordOf<AccountLift>(item);
  }

  async halt(halt: AccountHalt, event?: JournalEvent): Promise<void> {
    if (!event) return this.#table.write(keys.accountHalt(halt.account), { ...halt });
    const put = this.#table.putWrite("halt", keys.accountHalt(halt.account), { ...halt }, "whatever");
    await this.#perform([put, eventWrite(this.#table, event)]);
  }

  async lift(halt: AccountHalt, lift: AccountLift, event: JournalEvent, signIn?: SignIn): Promise<void> {
    const { account, at, by } = halt;
    await this.#perform([
      this.#table.deleteWriteIf("halt", keys.accountHalt(account), {
        where: "#at = :at AND #by = :by",
        names: { at: "at", by: "by" },
        values: { at, by },
      }),
      this.#table.putWrite("lift", keys.accountLift(account), { ...lift }, "whatever"),
      eventWrite(this.#table, event),
      ...actWrites(this.#table, signIn),
    ]);
  }

  async #perform(writes: readonly Write[]): Promise<void> {
    const failed = await this.#table.transact(writes);
    if (failed.length > 0) throw signInRefusal(failed);
  }
}
